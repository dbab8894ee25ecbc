import type {
  IngressObject,
  LiveAccess,
  RouteObject,
  ServiceObject,
} from "../../../cluster/access/access.ts";
import type { Gateway, HttpRoute } from "../../../plan/gateway-api.ts";

const metadata = (name: string) => ({ name, namespace: "krateo-system", uid: `uid-${name}` });

/** Default ports of the four Services. */
export const servicePorts = {
  frontend: 8080,
  authn: 8082,
  snowplow: 8081,
  "events-presenter": 8083,
} as const;
export type ServiceName = keyof typeof servicePorts;
export const serviceNames = Object.keys(servicePorts) as ServiceName[];

type ServicePart = Omit<Partial<NonNullable<ServiceObject["spec"]>>, "ports"> & { nodePort?: number };

/** A Service as its chart makes it, of a type, with node port or load balancer's address. */
export function service(
  name: ServiceName,
  { nodePort, ...spec }: ServicePart = {},
  addresses: readonly { ip?: string; hostname?: string }[] = [],
): ServiceObject {
  return {
    metadata: metadata(name),
    spec: {
      type: "ClusterIP",
      selector: { "app.kubernetes.io/name": name },
      ports: [{ port: servicePorts[name], targetPort: "http", ...(nodePort && { nodePort }) }],
      ...spec,
    },
    status: { loadBalancer: { ingress: addresses } },
  };
}

/** An Ingress of one host to the Service of its name. */
export function ingress(
  name: string,
  host: string,
  {
    tls = false,
    addresses = [],
  }: { tls?: boolean; addresses?: readonly { ip?: string; hostname?: string }[] } = {},
): IngressObject {
  return {
    metadata: metadata(name),
    spec: {
      rules: [{ host, http: { paths: [{ backend: { service: { name } } }] } }],
      ...(tls && { tls: [{ hosts: [host] }] }),
    },
    status: { loadBalancer: { ingress: addresses } },
  };
}

/** An OpenShift Route to the Service of its name, with edge TLS. */
export function route(name: string, host: string, router?: string): RouteObject {
  return {
    metadata: metadata(name),
    spec: { host, to: { name }, tls: { termination: "edge" } },
    status: { ingress: [{ host, ...(router && { routerCanonicalHostname: router }) }] },
  };
}

/** An HTTPRoute of one host to the Service of its name, at the Gateway `gateways/shared`. */
export function httpRoute(name: string, host: string, sectionName?: string): HttpRoute {
  return {
    metadata: metadata(name),
    spec: {
      hostnames: [host],
      parentRefs: [{ name: "shared", namespace: "gateways", ...(sectionName && { sectionName }) }],
      rules: [{ backendRefs: [{ name }] }],
    },
  };
}

/** An HTTPRoute for calls within the cluster: it names a Service in a Gateway's place. */
export function meshRoute(name: string): HttpRoute {
  const { metadata, spec } = httpRoute(name, "authn.example.org");
  return { metadata, spec: { ...spec, parentRefs: [{ kind: "Service", name }] } };
}

/** That Gateway, with a listener in clear and one with TLS. */
export function sharedGateway(...addresses: string[]): ReadonlyMap<string, Gateway> {
  const gateway: Gateway = {
    metadata: { name: "shared", namespace: "gateways" },
    spec: {
      listeners: [
        { name: "http", protocol: "HTTP", port: 8080 },
        { name: "https", protocol: "HTTPS", port: 443 },
      ],
    },
    status: { addresses: addresses.map((value) => ({ value })) },
  };
  return new Map([["gateways/shared", gateway]]);
}

/** config.json's `api` for these base URLs. */
export function apiOf(authn: string, snowplow: string, events: string): Record<string, string> {
  return {
    AUTHN_API_BASE_URL: authn,
    SNOWPLOW_API_BASE_URL: snowplow,
    EVENTS_API_BASE_URL: events,
    EVENTS_PUSH_API_BASE_URL: events,
  };
}

/** A live installation with nothing in it but what is given. */
export function live(given: Partial<LiveAccess> & { api?: Record<string, string> } = {}): LiveAccess {
  const { api, ...rest } = given;
  return {
    namespace: "krateo-system",
    services: [],
    ingresses: [],
    routes: [],
    httpRoutes: [],
    gateways: new Map(),
    nodeAddresses: [],
    controllerAddresses: [],
    ...(api && { config: { source: "ConfigMap frontend-config-vars", api } }),
    ...rest,
  };
}
