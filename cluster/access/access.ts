/** Reads from the cluster where the services are that a browser calls. */
import { adminPassword } from "../../components/portal-defaults.ts";
import { browserServices, outputName, pageService } from "../../configuration/exposure/exposed-services.ts";
import { gatewayApi } from "../../configuration/exposure/http-routes.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { type Gateway, gatewayParents, type HttpRoute } from "../../plan/gateway-api.ts";
import { get, type KubeObject, list, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import { readReleases } from "../client/releases.ts";

/** One of the services that a browser talks to. */
export interface EndpointKind {
  /** As the stack's outputs have it. */
  readonly name: string;
  /** Name of its chart, and of its Service unless Helm was told another one. */
  readonly chart: string;
  readonly role: "page" | "api";
  /** Keys of the page's config.json that tell the browser where it is. */
  readonly keys: readonly string[];
  /** Answers without a login, as the pod's own readiness probe expects. */
  readonly healthPath: string;
}

export const endpointKinds: readonly EndpointKind[] = browserServices.map(
  ({ name, role, urlKeys: keys = [], healthPath }) => ({
    name: outputName(name),
    chart: name,
    role: role as EndpointKind["role"],
    keys,
    healthPath: healthPath as string,
  }),
);

export interface ServiceObject extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly port: number;
      readonly nodePort?: number;
      readonly targetPort?: number | string;
    }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerAddress[] } };
}

export interface LoadBalancerAddress {
  readonly ip?: string;
  readonly hostname?: string;
}

export interface IngressObject extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths?: readonly { readonly backend?: { readonly service?: { readonly name?: string } } }[];
      };
    }[];
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerAddress[] } };
}

export interface RouteObject extends KubeObject {
  readonly spec?: {
    readonly host?: string;
    readonly to?: { readonly name?: string };
    readonly tls?: object;
  };
  readonly status?: {
    readonly ingress?: readonly { readonly host?: string; readonly routerCanonicalHostname?: string }[];
  };
}

interface NodeObject extends KubeObject {
  readonly status?: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

/** What the frontend tells the browser. */
export interface FrontendConfig {
  /** Where it was read, as the user would name it. */
  readonly source: string;
  /** `config.json`'s `api`, as far as it is text. */
  readonly api: Readonly<Record<string, string>>;
}

/** All that says how an installation is reached, as the cluster holds it now. */
export interface LiveAccess {
  readonly namespace: string;
  readonly services: readonly ServiceObject[];
  readonly ingresses: readonly IngressObject[];
  readonly routes: readonly RouteObject[];
  /** None where the user may not read them: few installations have any. */
  readonly httpRoutes: readonly HttpRoute[];
  /** The Gateways that they name, as far as the user may read them, by `NAMESPACE/NAME`. */
  readonly gateways: ReadonlyMap<string, Gateway>;
  /** External addresses of nodes before internal ones before names; empty when the user may not list nodes. */
  readonly nodeAddresses: readonly string[];
  /** Addresses of the cluster's ingress controllers, for Ingresses that do not say theirs. */
  readonly controllerAddresses: readonly string[];
  readonly config?: FrontendConfig;
  /** Whether Secret admin-password exists; undefined when the user may not read it. */
  readonly adminPassword?: boolean;
}

/** Controllers whose Services are known by this label; both are in docs/exposure.md. */
const controllers = "app.kubernetes.io/name in (ingress-nginx,traefik)";

/** An object's metadata without its contents: the password does not even travel. */
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/**
 * Reads, in parallel, how the installation in a namespace is exposed, whoever installed it.
 *
 * @throws UnreachableError; ConfigurationError when the user may not read Services, Ingresses, Routes,
 *   or the frontend's ConfigMap
 */
export async function readAccess(connection: Connection, namespace: string): Promise<LiveAccess> {
  const [services, ingresses, routes, httpRoutes, nodes, admin] = await Promise.all([
    list<ServiceObject>(connection, pathOf("v1", "services", namespace)),
    list<IngressObject>(connection, pathOf("networking.k8s.io/v1", "ingresses", namespace)),
    list<RouteObject>(connection, pathOf("route.openshift.io/v1", "routes", namespace)),
    permitted(list<HttpRoute>(connection, pathOf(gatewayApi, "httproutes", namespace))).then(
      (all) => all ?? [],
    ),
    permitted(list<NodeObject>(connection, pathOf("v1", "nodes"))),
    permitted(
      get(connection, pathOf("v1", "secrets", namespace, adminPassword), { accept: metadataOnly }).then(
        (secret) => secret !== undefined,
      ),
    ),
  ]);
  const page = serviceOf(services, pageService.name)?.metadata.name ?? pageService.name;
  const silent = ingresses.some(({ status }) => !status?.loadBalancer?.ingress?.length);
  const [config, gateways, controllerServices] = await Promise.all([
    readConfig(connection, namespace, page),
    readGateways(connection, namespace, httpRoutes),
    silent
      ? permitted(
          list<ServiceObject>(connection, pathOf("v1", "services"), {
            query: { labelSelector: controllers },
          }),
        )
      : [],
  ]);
  return {
    namespace,
    services,
    ingresses,
    routes,
    httpRoutes,
    gateways,
    nodeAddresses: nodeAddressesOf(nodes ?? []),
    controllerAddresses: (controllerServices ?? []).flatMap(({ status }) =>
      addressesIn(status?.loadBalancer?.ingress),
    ),
    ...(config && { config }),
    ...(admin !== undefined && { adminPassword: admin }),
  };
}

/** The Service that a chart made: of its name, else the one that Helm labelled with it. */
export function serviceOf(services: readonly ServiceObject[], chart: string): ServiceObject | undefined {
  return (
    services.find(({ metadata }) => metadata.name === chart) ??
    services.find(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === chart)
  );
}

/** IP addresses and host names of a load balancer. */
export function addressesIn(ingress: readonly LoadBalancerAddress[] | undefined): string[] {
  return (ingress ?? []).flatMap(({ ip, hostname }) => hostname ?? ip ?? []);
}

/** Gateways may be in namespaces of others. */
async function readGateways(
  connection: Connection,
  namespace: string,
  routes: readonly HttpRoute[],
): Promise<Map<string, Gateway>> {
  const named = routes.flatMap((route) =>
    gatewayParents(route).map(({ name, namespace: home = namespace }) => `${home}/${name}`),
  );
  const found = await Promise.all(
    [...new Set(named)].map(async (key) => {
      const [home, name] = key.split("/");
      const gateway = await permitted(get<Gateway>(connection, pathOf(gatewayApi, "gateways", home, name)));
      return gateway ? [[key, gateway] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** The ConfigMap is what the page is served; the release's values are the next best. */
async function readConfig(
  connection: Connection,
  namespace: string,
  frontend: string,
): Promise<FrontendConfig | undefined> {
  const name = `${frontend}-config-vars`;
  const map = await get<{ data?: Readonly<Record<string, string>> }>(
    connection,
    pathOf("v1", "configmaps", namespace, name),
  );
  const text = map?.data?.["config.json"];
  if (text !== undefined) {
    try {
      return { source: `ConfigMap ${name}`, api: textsIn((JSON.parse(text) as { api?: unknown }).api) };
    } catch {
      return { source: `ConfigMap ${name}, whose config.json is no JSON`, api: {} };
    }
  }
  const found = await permitted(readReleases(connection, namespace));
  const release = found?.releases.get(frontend);
  const values = release?.config?.["config"];
  return release && { source: `values of Helm release ${frontend}`, api: textsIn(values) };
}

function textsIn(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as object).filter(([, item]) => typeof item === "string"),
  );
}

/** What the user may not read is left out: the rest is worth showing without it. */
async function permitted<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

const addressTypes = ["ExternalIP", "ExternalDNS", "InternalIP", "InternalDNS", "Hostname"];

function nodeAddressesOf(nodes: readonly NodeObject[]): string[] {
  const all = nodes.flatMap(({ status }) => status?.addresses ?? []);
  return addressTypes.flatMap((wanted) =>
    all.filter(({ type }) => type === wanted).map(({ address }) => address),
  );
}
