/** Lists the ways into the cluster that lead to a Service: Ingress, Route, HTTPRoute, load balancer, node port. */
import { gatewayParents } from "../../plan/gateway-api.ts";
import {
  addressesIn,
  type EndpointKind,
  endpointKinds,
  type LiveAccess,
  type ServiceObject,
  serviceOf,
} from "./access.ts";

/** One way into the cluster that leads to an endpoint. */
export interface Way {
  /** The object that opens it, e.g. `Ingress authn`, `node port of Service authn`. */
  readonly source: string;
  readonly kind: "route" | "ingress" | "httpRoute" | "loadBalancer" | "nodePort";
  readonly scheme: "http" | "https";
  /** Hosts under which it is reached, the best first; empty while a load balancer has no address. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** Where the host name has to lead: addresses of the ingress controller, router or Gateway. */
  readonly addresses: readonly string[];
}

/** An endpoint with all ways to it, and what the browser is told of it. */
export interface Endpoint extends EndpointKind {
  /** Undefined when it is not installed. */
  readonly service?: ServiceObject;
  readonly ways: readonly Way[];
  readonly configured: readonly ConfiguredUrl[];
}

/** One URL in the frontend's config.json. */
export interface ConfiguredUrl {
  readonly key: string;
  /** As it stands there; undefined when the key is missing. */
  readonly url?: string;
  /** The way that it names; undefined when it names none that is there. */
  readonly way?: Way;
}

/** The four endpoints of a live installation. */
export function endpointsOf(live: LiveAccess): Endpoint[] {
  return endpointKinds.map((kind) => {
    const service = serviceOf(live.services, kind.chart);
    const ways = service ? waysTo(service, live) : [];
    const configured = kind.keys.map((key): ConfiguredUrl => {
      const url = live.config?.api[key];
      return { key, url, way: ways.find((way) => url !== undefined && leadsThrough(url, way)) };
    });
    return { ...kind, service, ways, configured };
  });
}

/** Whether a host is the machine that the browser runs on, whichever that is. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

/** The parts of an http or https URL; undefined for anything else. */
export function urlParts(text: string): { scheme: "http" | "https"; host: string; port: number } | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  const scheme = protocol === "https:" ? "https" : "http";
  return { scheme, host: hostname.toLowerCase(), port: Number(port) || (scheme === "https" ? 443 : 80) };
}

/** `http://host:port` without a port that the scheme implies. */
export function urlText(scheme: "http" | "https", host: string, port: number): string {
  const bare = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const implied = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${bare}${implied ? "" : `:${port}`}`;
}

/**
 * Whether a URL goes in by that way. Scheme and port of an Ingress, Route or HTTPRoute are left to the probe: controllers
 * may encrypt by default, or listen at other ports, and no object in the namespace says so.
 */
function leadsThrough(url: string, way: Way): boolean {
  const parts = urlParts(url);
  if (!parts) return false;
  const known = way.hosts.some((host) => host.toLowerCase() === parts.host.replaceAll(/[[\]]/g, ""));
  if (servesHosts(way)) return known;
  if (parts.port !== way.port) return false;
  // kind and the like map the nodes' ports to the machine that they run on.
  return known || (way.kind === "nodePort" && isLoopback(parts.host));
}

/** Whether something in front of the Services tells them apart by host. */
export function servesHosts({ kind }: Way): boolean {
  return kind === "ingress" || kind === "route" || kind === "httpRoute";
}

function waysTo(service: ServiceObject, live: LiveAccess): Way[] {
  const twins = live.services.filter((other) => other === service || sameSelector(other, service));
  const names = new Set(twins.map(({ metadata }) => metadata.name));
  return [
    ...routesTo(names, live),
    ...ingressesTo(names, live),
    ...httpRoutesTo(names, live),
    ...twins.flatMap(loadBalancerOf),
    ...twins.flatMap((twin) => nodePortOf(twin, live)),
  ];
}

/** A second Service before the same pods: the way to annotate a load balancer where a chart does not let one. */
function sameSelector(one: ServiceObject, other: ServiceObject): boolean {
  const text = ({ spec }: ServiceObject) => JSON.stringify(Object.entries(spec?.selector ?? {}).sort());
  return one.spec?.selector !== undefined && text(one) === text(other);
}

function routesTo(names: ReadonlySet<string>, { routes }: LiveAccess): Way[] {
  return routes
    .filter(({ spec }) => names.has(spec?.to?.name ?? ""))
    .map(({ metadata, spec, status }): Way => {
      const scheme = spec?.tls ? "https" : "http";
      const host = spec?.host ?? status?.ingress?.[0]?.host;
      return {
        source: `Route ${metadata.name}`,
        kind: "route",
        scheme,
        hosts: host ? [host] : [],
        port: scheme === "https" ? 443 : 80,
        addresses: (status?.ingress ?? []).flatMap(
          ({ routerCanonicalHostname }) => routerCanonicalHostname ?? [],
        ),
      };
    });
}

function ingressesTo(names: ReadonlySet<string>, { ingresses, controllerAddresses }: LiveAccess): Way[] {
  return ingresses.flatMap(({ metadata, spec, status }) => {
    const own = addressesIn(status?.loadBalancer?.ingress);
    return (spec?.rules ?? [])
      .filter(({ http }) => http?.paths?.some(({ backend }) => names.has(backend?.service?.name ?? "")))
      .flatMap(({ host }): Way[] => {
        if (!host) return [];
        const encrypted = spec?.tls?.some(({ hosts }) => hosts?.includes(host)) ?? false;
        return [
          {
            source: `Ingress ${metadata.name}`,
            kind: "ingress",
            scheme: encrypted ? "https" : "http",
            hosts: [host],
            port: encrypted ? 443 : 80,
            addresses: own.length > 0 ? own : controllerAddresses,
          },
        ];
      });
  });
}

/** By the listener with TLS where there is one; by a Gateway that may not be read, in clear. */
function httpRoutesTo(names: ReadonlySet<string>, { httpRoutes, gateways }: LiveAccess): Way[] {
  return httpRoutes
    .filter(({ spec }) =>
      spec?.rules?.some(({ backendRefs }) => backendRefs?.some(({ name }) => names.has(name))),
    )
    .flatMap((route) => {
      const { metadata, spec } = route;
      return gatewayParents(route).map(({ name, namespace = metadata.namespace, sectionName }): Way => {
        const gateway = gateways.get(`${namespace}/${name}`);
        const listeners = (gateway?.spec?.listeners ?? []).filter(
          (listener) => sectionName === undefined || listener.name === sectionName,
        );
        const secure = listeners.find(({ protocol }) => protocol === "HTTPS");
        return {
          source: `HTTPRoute ${metadata.name}`,
          kind: "httpRoute",
          scheme: secure ? "https" : "http",
          hosts: spec?.hostnames ?? [],
          port: (secure ?? listeners[0])?.port ?? 80,
          addresses: (gateway?.status?.addresses ?? []).map(({ value }) => value),
        };
      });
    });
}

function loadBalancerOf({ metadata, spec, status }: ServiceObject): Way[] {
  const port = spec?.ports?.[0]?.port;
  if (spec?.type !== "LoadBalancer" || port === undefined) return [];
  return [
    {
      source: `load balancer of Service ${metadata.name}`,
      kind: "loadBalancer",
      scheme: "http",
      hosts: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) =>
        [hostname ?? [], ip ?? []].flat(),
      ),
      port,
      addresses: [],
    },
  ];
}

function nodePortOf({ metadata, spec }: ServiceObject, { nodeAddresses }: LiveAccess): Way[] {
  const port = spec?.ports?.[0]?.nodePort;
  if (port === undefined) return [];
  return [
    {
      source: `node port of Service ${metadata.name}`,
      kind: "nodePort",
      scheme: "http",
      hosts: nodeAddresses,
      port,
      addresses: [],
    },
  ];
}
