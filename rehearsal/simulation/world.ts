import {
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  KubernetesObjectApi,
  ListWatch,
  Watch,
} from "@kubernetes/client-node";

/** A kind of object that the simulation looks at. */
interface Kind {
  apiVersion: string;
  kind: string;
  plural: string;
}

const gatewayGroup = "gateway.networking.k8s.io";

/** Everything the rules look at, by a short name. Kinds that a chart brings are not there at first. */
const kinds = {
  pods: { apiVersion: "v1", kind: "Pod", plural: "pods" },
  services: { apiVersion: "v1", kind: "Service", plural: "services" },
  secrets: { apiVersion: "v1", kind: "Secret", plural: "secrets" },
  configMaps: { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" },
  serviceAccounts: { apiVersion: "v1", kind: "ServiceAccount", plural: "serviceaccounts" },
  claims: { apiVersion: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims" },
  volumes: { apiVersion: "v1", kind: "PersistentVolume", plural: "persistentvolumes" },
  deployments: { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" },
  jobs: { apiVersion: "batch/v1", kind: "Job", plural: "jobs" },
  roles: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", plural: "roles" },
  mutatingWebhooks: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    plural: "mutatingwebhookconfigurations",
  },
  validatingWebhooks: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    plural: "validatingwebhookconfigurations",
  },
  clusters: { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", plural: "clusters" },
  databases: { apiVersion: "postgresql.cnpg.io/v1", kind: "Database", plural: "databases" },
  platforms: { apiVersion: "krateo.io/v1alpha1", kind: "KrateoPlatformOps", plural: "krateoplatformops" },
  notebooks: { apiVersion: "finops.krateo.io/v1", kind: "Notebook", plural: "notebooks" },
  routes: { apiVersion: "route.openshift.io/v1", kind: "Route", plural: "routes" },
  namespaces: { apiVersion: "v1", kind: "Namespace", plural: "namespaces" },
  gatewayClasses: { apiVersion: `${gatewayGroup}/v1`, kind: "GatewayClass", plural: "gatewayclasses" },
  gateways: { apiVersion: `${gatewayGroup}/v1`, kind: "Gateway", plural: "gateways" },
  httpRoutes: { apiVersion: `${gatewayGroup}/v1`, kind: "HTTPRoute", plural: "httproutes" },
  referenceGrants: {
    apiVersion: `${gatewayGroup}/v1beta1`,
    kind: "ReferenceGrant",
    plural: "referencegrants",
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

/** An object with whatever its kind holds. */
// biome-ignore lint/suspicious/noExplicitAny: the rules read many kinds, some of them defined by charts
export type Item = KubernetesObject & Record<string, any>;

/** The cluster's objects as last seen. */
export interface World {
  list(kind: KindName): Item[];
}

/** How long to wait before looking again for a kind that is not served yet, or after a lost connection. */
const retryMilliseconds = 500;

/** Follows all kinds for as long as the process lives, and calls `changed` after every change. */
export function watchWorld(config: KubeConfig, changed: () => void): World {
  const api = KubernetesObjectApi.makeApiClient(config);
  const watches = new Map<KindName, ListWatch<KubernetesObject>>();
  for (const [name, kind] of Object.entries(kinds) as [KindName, Kind][]) {
    const root = kind.apiVersion.includes("/") ? "/apis" : "/api";
    const list = async () =>
      (await api.list(kind.apiVersion, kind.kind)) as KubernetesListObject<KubernetesObject>;
    const watch = new ListWatch(`${root}/${kind.apiVersion}/${kind.plural}`, new Watch(config), list, false);
    watch.on("change", changed);
    // A kind whose definition is missing is looked for again, quietly: charts come and go.
    watch.on("error", () => setTimeout(() => void watch.start(), retryMilliseconds));
    void watch.start();
    watches.set(name, watch);
  }
  return { list: (kind) => (watches.get(kind)?.list() ?? []) as Item[] };
}

/** The API address of an object, for patches. */
export function kindOf(name: KindName): Kind {
  return kinds[name];
}
