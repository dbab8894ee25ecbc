/** Reads what the namespace holds, once and before the plan. */
import { registryLogin, secretNames } from "../components/secrets.ts";
import { debug, inventoryLines } from "../configuration/debug.ts";
import { needsNodes, saysNodeAddress } from "../configuration/exposure/node-address.ts";
import {
  type ExistingObject,
  type ExistingRelease,
  type ExistingSecret,
  type Inventory,
  type Legacy,
  markerAnnotation,
  markerValue,
  objectKey,
} from "../model/inventory.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { secretContent } from "../model/secret-content.ts";
import type { ObjectStep, Settings } from "../model/settings.ts";
import { installationKey, versionAnnotation } from "../plan/installation.ts";
import { routeApi } from "../plan/route.ts";
import { get, type KubeObject, pathOf, resourceOf } from "./client/api.ts";
import { UnreachableError } from "./client/api-errors.ts";
import type { Connection } from "./client/connection.ts";
import type { HelmRelease } from "./client/helm-release.ts";
import { readClusterUid } from "./client/identity.ts";
import { readObject } from "./client/read-object.ts";
import { readReleases } from "./client/releases.ts";
import type { RequestOptions } from "./client/request.ts";
import { type InstallationObject, readInstallation } from "./installation.ts";
import { readLease } from "./lease/record.ts";
import { frontendAddressOf, readNodes } from "./nodes.ts";
import { readDependents } from "./removal/dependents.ts";

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** Why a namespace that is being deleted is still there, among others. */
interface Conditions {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

/**
 * Reads what an earlier platform version left in a namespace. The releases and the Installation are read already.
 *
 * @throws as `get` in api.ts, with everything that may not be read
 */
export type LegacyReader = (
  connection: Connection,
  namespace: string,
  options: RequestOptions,
  releases: Promise<ReadonlyMap<string, HelmRelease>>,
  installation: Promise<InstallationObject | undefined>,
) => Promise<Legacy>;

export interface ReadingOptions {
  /** An API server that has not said who it is by then counts as out of reach; default 5. */
  readonly firstAnswerSeconds?: number;
  /** Told in a sentence why the reading takes a while. */
  readonly say?: (line: string) => void;
}

/** The inventory with the releases that it was made of. */
export interface ClusterReading {
  readonly inventory: Inventory;
  /** The latest revision of every Helm release, by its key in the inventory. */
  readonly latest: ReadonlyMap<string, HelmRelease>;
}

/**
 * Reads once, in parallel, what the cluster holds of the installation that `settings` describe. Releases in
 * the installation's namespace are listed under their names, those in other namespaces under `NAMESPACE/NAME`.
 * Objects are listed under the namespace that their manifest names, and read from the installation's if it names none.
 *
 * @returns an inventory with nothing but `unreachable` when the API server gives no answer
 * @throws ConfigurationError when the user may not read something, naming verb and resource
 */
export async function readInventoryAndReleases(
  connection: Connection,
  settings: Settings,
  readLegacy: LegacyReader,
  options: ReadingOptions = {},
): Promise<ClusterReading> {
  const stop = new AbortController();
  try {
    const reading = await readAll(connection, settings, readLegacy, options, { signal: stop.signal });
    debug(() => inventoryLines(reading.inventory));
    return reading;
  } catch (error) {
    stop.abort();
    if (!(error instanceof UnreachableError)) throw error;
    debug(() => [`found nothing: ${error.message}`]);
    const nothing = { namespace: undefined, releases: {}, secrets: {}, objects: {} };
    const legacy = { releases: [], volumes: [] };
    const away = error.isForLater && { isAway: true as const };
    return { inventory: { ...nothing, unreachable: error.message, ...away, legacy }, latest: new Map() };
  }
}

async function readAll(
  connection: Connection,
  settings: Settings,
  readLegacy: LegacyReader,
  { firstAnswerSeconds = 5, say }: ReadingOptions,
  options: RequestOptions,
): Promise<ClusterReading> {
  const { namespace } = settings;
  const elsewhere = settings.steps
    .filter((step) => step.type === "chart")
    .map((step) => step.release.namespace)
    .filter((other, index, all) => other !== namespace && all.indexOf(other) === index);

  const refused = new Map<string | undefined, Problem>();
  const allowed = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      for (const problem of error.problems) refused.set(problem.next, problem);
      return undefined;
    }
  };
  const reading = readReleases(connection, namespace, options);
  const installation = readInstallation(connection, namespace, options);
  const [clusterUid, own, home, foreign, secrets, objects, legacy, lease, routes, nodes] = await Promise.all([
    allowed(readIdentity(connection, { ...options, timeoutSeconds: firstAnswerSeconds })),
    allowed(get<KubeObject>(connection, pathOf("v1", "namespaces", undefined, namespace), options)),
    allowed(reading),
    Promise.all(elsewhere.map((other) => allowed(readReleases(connection, other, options)))),
    Promise.all(
      secretNames.map((name) =>
        allowed(get<SecretObject>(connection, pathOf("v1", "secrets", namespace, name), options)),
      ),
    ),
    allowed(readObjects(connection, settings, elsewhere, installation, options)),
    allowed(
      readLegacy(
        connection,
        namespace,
        options,
        reading.then(({ releases }) => releases),
        installation,
      ),
    ),
    allowed(readLease(connection, namespace, { ...options, say })),
    settings.openshift ? allowed(resourceOf(connection, routeApi, "Route", options)) : undefined,
    needsNodes(settings)
      ? allowed(readNodes(connection, options))
      : saysNodeAddress(settings)
        ? // Who may not list nodes still gets all but the address in the outputs.
          readNodes(connection, options).catch(() => undefined)
        : undefined,
  ]);
  const platformVersion = (await allowed(installation))?.metadata.annotations?.[versionAnnotation];
  const everyRelease = new Map([
    ...(home?.releases ?? []),
    ...foreign.flatMap((found, index) =>
      [...(found?.releases ?? [])].map(
        ([name, release]) => [`${elsewhere[index]}/${name}`, release] as const,
      ),
    ),
  ]);
  const damaged = [home, ...foreign].flatMap((found) => found?.damaged ?? []);
  const dependents = await allowed(readDependents(connection, settings, everyRelease, options));
  if (!clusterUid || !home || !objects || !legacy || refused.size > 0)
    throw new ConfigurationError([...refused.values()]);

  const inventory = {
    clusterUid,
    namespace: own && existing(own),
    releases: Object.fromEntries([...everyRelease].map(([key, release]) => [key, existingRelease(release)])),
    ...(damaged.length > 0 && { damaged }),
    secrets: Object.fromEntries(
      secrets
        .filter((secret) => secret !== undefined)
        .map((secret) => [secret.metadata.name, existingSecret(secret)]),
    ),
    objects,
    ...(platformVersion !== undefined && { platformVersion }),
    legacy,
    ...(dependents && { dependents }),
    ...(lease && { lease }),
    ...(settings.openshift && { routesServed: routes !== undefined }),
    ...(nodes && { nodes, frontendAddress: frontendAddressOf(settings, home.releases) }),
  };
  return { inventory, latest: everyRelease };
}

async function readIdentity(connection: Connection, options: RequestOptions): Promise<string> {
  const uid = await readClusterUid(connection, options);
  if (uid) return uid;
  throw new UnreachableError(
    `what answers at ${connection.server} (context ${connection.context}) is not a Kubernetes API server: it has no namespace kube-system`,
    false,
  );
}

/** Object steps that are on, the pull Secret, the Installation and its CRD, namespaces beside the installation's: those that exist. */
async function readObjects(
  connection: Connection,
  settings: Settings,
  elsewhere: readonly string[],
  reading: Promise<InstallationObject | undefined>,
  options: RequestOptions,
): Promise<Record<string, ExistingObject>> {
  const wanted: { apiVersion: string; kind: string; name: string; namespace?: string }[] = [
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      name: "installations.krateo.io",
    },
    ...elsewhere.map((name) => ({ apiVersion: "v1", kind: "Namespace", name })),
    ...(settings.images.logins === undefined
      ? []
      : [{ apiVersion: "v1", kind: "Secret", name: registryLogin, namespace: settings.namespace }]),
    ...settings.steps
      .filter((step): step is ObjectStep => step.type === "object" && step.enabled)
      .map(({ manifest: { apiVersion, kind, metadata } }) => ({
        apiVersion,
        kind,
        name: metadata.name,
        namespace: metadata.namespace,
      })),
  ];
  const [installation, ...found] = await Promise.all([
    reading,
    ...wanted.map(async (one) => {
      const object = await readObject<KubeObject>(connection, one, settings.namespace, options);
      const key = objectKey(one.apiVersion, one.kind, one.namespace, one.name);
      return object ? [[key, existing(object)] as const] : [];
    }),
  ]);
  const snapshot = installation && [installationKey.object(settings.namespace), existing(installation)];
  return Object.fromEntries([...(snapshot ? [snapshot] : []), ...found.flat()]);
}

function existing(object: KubeObject & Conditions): ExistingObject {
  const { annotations, finalizers, uid } = object.metadata;
  const ours = annotations?.[markerAnnotation] === markerValue;
  const deleting = deletionOf(object);
  return { ours, uid, ...(finalizers?.length && { finalizers }), ...(deleting && { deleting }) };
}

function deletionOf({ metadata, status }: KubeObject & Conditions): string | undefined {
  const { deletionTimestamp, finalizers = [] } = metadata;
  if (deletionTimestamp === undefined) return undefined;
  const remaining = (status?.conditions ?? []).flatMap(({ type, status, message }) =>
    /Remaining$/.test(type) && status === "True" && message ? [message] : [],
  );
  const held = finalizers.length > 0 ? [`held by ${finalizers.join(", ")}`] : [];
  return [`since ${deletionTimestamp}`, ...(remaining.length > 0 ? remaining : held)].join("; ");
}

function existingSecret(secret: SecretObject): ExistingSecret {
  const { data = {}, immutable = false } = secret;
  return { ...existing(secret), ...secretContent(data), ...(immutable && { immutable }) };
}

function existingRelease({ chart, version, info }: HelmRelease): ExistingRelease {
  return {
    chart: chart.metadata.name,
    chartVersion: chart.metadata.version,
    revision: version,
    status: info.status,
    // An uninstallation begins no revision of its own: its time stands beside that of the deployment.
    updatedAt: Date.parse(String(info["deleted"] || info["last_deployed"])) || 0,
  };
}
