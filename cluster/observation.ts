/** Reads everything from the cluster that `verify` needs. */
import { knownChartSteps } from "../components/catalogue.ts";
import { postgresGroup } from "../components/cnpg.ts";
import { secretNames } from "../components/secrets.ts";
import { gatewayApi, isOwnGateway, isOwnHttpRoute } from "../configuration/exposure/http-routes.ts";
import type { DamagedRecord } from "../model/helm-record.ts";
import { type SecretContent, secretContent } from "../model/secret-content.ts";
import type { ChartStep, Settings } from "../model/settings.ts";
import type { Gateway, HttpRoute } from "../plan/gateway-api.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { type Route, routeApi } from "../plan/route.ts";
import { get, type KubeObject, list, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { HelmRelease } from "./client/helm-release.ts";
import { readReleases } from "./client/releases.ts";
import type { PostgresCluster, PostgresDatabase } from "./database.ts";
import { waitedKinds, waitedResources } from "./diagnose/workload.ts";
import { type InstallationObject, readInstallation } from "./installation.ts";
import { type Outdated, readOutdated } from "./outdated-pods.ts";

/** What `verify` judges, as it is in the cluster. Namespaced things are keyed `NAMESPACE/NAME`. */
export interface Observation {
  readonly installation: InstallationObject | undefined;
  readonly releases: ReadonlyMap<string, HelmRelease>;
  /** Records of Helm's that cannot be read; absent when there are none. */
  readonly damaged?: readonly DamagedRecord[];
  /** Objects of the kinds that Helm waits for, keyed `KIND/NAMESPACE/NAME`. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** The Secrets that the platform cannot do without: those that exist. */
  readonly secrets: ReadonlyMap<string, SecretContent>;
  readonly clusters: ReadonlyMap<string, PostgresCluster>;
  readonly databases: readonly PostgresDatabase[];
  /** Host names that Ingresses serve, by the Ingress's `NAMESPACE/NAME`. */
  readonly ingressHosts: ReadonlyMap<string, readonly string[]>;
  /** OpenShift Routes; none where the cluster has no such kind. */
  readonly routes: ReadonlyMap<string, Route>;
  /** HTTPRoutes and Gateways; none where no step makes one of our own. */
  readonly httpRoutes: ReadonlyMap<string, HttpRoute>;
  readonly gateways: ReadonlyMap<string, Gateway>;
  /** Workloads with pods that are older than their configuration. */
  readonly outdated: readonly Outdated[];
}

/** Made by containers and charts at run time, beside the three that are there before. */
const madeSecrets = knownChartSteps.flatMap(({ chart }) =>
  (chart.makesSecrets ?? []).map(({ name }) => name),
);

interface IngressObject extends KubeObject {
  readonly spec?: { readonly rules?: readonly { readonly host?: string }[] };
}

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Reads from the cluster, in parallel, everything that says whether the installation is whole.
 *
 * @throws as `get` in api.ts
 */
export async function observe(connection: Connection, settings: Settings): Promise<Observation> {
  const { namespace, steps } = settings;
  // Without such a step, rights on the Gateway API are not needed.
  const none = new Map<string, never>();
  const namespaces = [...new Set([namespace, ...chartSteps(settings).map((step) => step.release.namespace)])];
  const everywhere = async <T extends KubeObject>(
    apiVersion: string,
    plural: string,
  ): Promise<Map<string, T>> => {
    const lists = await Promise.all(
      namespaces.map((one) => list<T>(connection, pathOf(apiVersion, plural, one))),
    );
    return new Map(lists.flat().map((object) => [keyOf(object), object]));
  };
  const [
    installation,
    releases,
    objects,
    secrets,
    clusters,
    databases,
    ingresses,
    routes,
    httpRoutes,
    gateways,
    outdated,
  ] = await Promise.all([
    readInstallation(connection, namespace),
    Promise.all(namespaces.map((one) => readReleases(connection, one))),
    Promise.all(
      waitedKinds.map(async (kind) => {
        const { apiVersion, plural } = waitedResources[kind];
        const found = await everywhere(apiVersion, plural);
        return [...found].map(([key, object]) => [`${kind}/${key}`, object] as const);
      }),
    ),
    Promise.all(
      [...secretNames, ...madeSecrets].map((name) =>
        get<SecretObject>(connection, pathOf("v1", "secrets", namespace, name)),
      ),
    ),
    everywhere<PostgresCluster>(`${postgresGroup}/v1`, "clusters"),
    everywhere<PostgresDatabase>(`${postgresGroup}/v1`, "databases"),
    everywhere<IngressObject>("networking.k8s.io/v1", "ingresses"),
    everywhere<Route & KubeObject>(routeApi, "routes"),
    steps.some(isOwnHttpRoute) ? everywhere<HttpRoute & KubeObject>(gatewayApi, "httproutes") : none,
    steps.some(isOwnGateway) ? everywhere<Gateway & KubeObject>(gatewayApi, "gateways") : none,
    readOutdated(connection, chartStepsOf(settings)),
  ]);
  const damaged = releases.flatMap((found) => found.damaged);

  return {
    installation,
    releases: new Map(
      releases.flatMap((found, index) =>
        [...found.releases].map(([name, release]) => [`${namespaces[index]}/${name}`, release] as const),
      ),
    ),
    ...(damaged.length > 0 && { damaged }),
    objects: new Map(objects.flat()),
    secrets: new Map(
      secrets
        .filter((secret) => secret !== undefined)
        .map(({ metadata, data = {} }) => [metadata.name, secretContent(data)]),
    ),
    clusters,
    databases: [...databases.values()],
    ingressHosts: new Map(
      [...ingresses].map(([key, { spec }]) => [key, (spec?.rules ?? []).flatMap((rule) => rule.host ?? [])]),
    ),
    routes,
    httpRoutes,
    gateways,
    outdated,
  };
}

/** All chart steps, those that are switched off included: their releases must be absent. */
export function chartSteps(settings: Settings): ChartStep[] {
  return settings.steps.filter((step): step is ChartStep => step.type === "chart");
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
