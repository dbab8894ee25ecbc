import {
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  ListWatch,
  Watch,
} from "@kubernetes/client-node";
import { get, pathOf } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";

/** A kind of object that the simulation looks at. */
interface Kind {
  apiVersion: string;
  plural: string;
}

const gatewayGroup = "gateway.networking.k8s.io";

/** Everything the rules look at, by a short name. Kinds that a chart brings are not there at first. */
const kinds = {
  pods: { apiVersion: "v1", plural: "pods" },
  services: { apiVersion: "v1", plural: "services" },
  secrets: { apiVersion: "v1", plural: "secrets" },
  configMaps: { apiVersion: "v1", plural: "configmaps" },
  serviceAccounts: { apiVersion: "v1", plural: "serviceaccounts" },
  claims: { apiVersion: "v1", plural: "persistentvolumeclaims" },
  volumes: { apiVersion: "v1", plural: "persistentvolumes" },
  deployments: { apiVersion: "apps/v1", plural: "deployments" },
  jobs: { apiVersion: "batch/v1", plural: "jobs" },
  roles: { apiVersion: "rbac.authorization.k8s.io/v1", plural: "roles" },
  mutatingWebhooks: {
    apiVersion: "admissionregistration.k8s.io/v1",
    plural: "mutatingwebhookconfigurations",
  },
  validatingWebhooks: {
    apiVersion: "admissionregistration.k8s.io/v1",
    plural: "validatingwebhookconfigurations",
  },
  clusters: { apiVersion: "postgresql.cnpg.io/v1", plural: "clusters" },
  databases: { apiVersion: "postgresql.cnpg.io/v1", plural: "databases" },
  platforms: { apiVersion: "krateo.io/v1alpha1", plural: "krateoplatformops" },
  notebooks: { apiVersion: "finops.krateo.io/v1", plural: "notebooks" },
  routes: { apiVersion: "route.openshift.io/v1", plural: "routes" },
  namespaces: { apiVersion: "v1", plural: "namespaces" },
  gatewayClasses: { apiVersion: `${gatewayGroup}/v1`, plural: "gatewayclasses" },
  gateways: { apiVersion: `${gatewayGroup}/v1`, plural: "gateways" },
  httpRoutes: { apiVersion: `${gatewayGroup}/v1`, plural: "httproutes" },
  referenceGrants: {
    apiVersion: `${gatewayGroup}/v1beta1`,
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

/**
 * Follows all kinds for as long as the process lives, and calls `changed` after every change.
 *
 * @param connection To the same cluster. It lists the kinds: some are not there for minutes, and `config` would make a connection
 *   for each time that one is looked for.
 */
export function watchWorld(config: KubeConfig, connection: Connection, changed: () => void): World {
  const watches = new Map<KindName, ListWatch<KubernetesObject>>();
  for (const [name, kind] of Object.entries(kinds) as [KindName, Kind][]) {
    const path = pathOf(kind.apiVersion, kind.plural);
    const list = async () => {
      const found = await get<KubernetesListObject<KubernetesObject>>(connection, path, {
        timeoutSeconds: 1,
      });
      if (!found) throw new Error(`the cluster serves no ${kind.plural} of ${kind.apiVersion}`);
      return found;
    };
    const watch = new ListWatch(path, new Watch(config), list, false);
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
