/** Reads what there is of Krateo 2.7.0 for the inventory. */
import { get, type KubeObject, list, pathOf } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import type { HelmRelease } from "../../cluster/client/helm-release.ts";
import { parseManifest } from "../../cluster/client/manifest.ts";
import { readReleases } from "../../cluster/client/releases.ts";
import type { RequestOptions } from "../../cluster/client/request.ts";
import { type InstallationObject, readInstallation } from "../../cluster/installation.ts";
import { deleteHooksOf } from "../../cluster/removal/release-removal.ts";
import {
  legacyCleaner as cleaner,
  deprecatedReleases,
  installerReleases,
  legacyRunner as runner,
} from "../../components/deprecated.ts";
import type { Leftover, Legacy, LegacyPlatform, LegacyRelease } from "../../model/inventory.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { holdsLegacySteps, legacyKind } from "../legacy-facts.ts";

/** The volume of eventsse-etcd's StatefulSet: Kubernetes keeps it when the StatefulSet goes. */
export const legacyVolume = "etcd-data-eventsse-etcd-0";

/**
 * What earlier platform versions left in a namespace: deprecated releases and their volume, the installer of 2.7.0 with
 * its object, and the rights that installers leave to accounts of theirs.
 *
 * @param releases The namespace's, if the caller has read them already.
 * @param installation The namespace's, likewise.
 * @throws as `get` in api.ts, with everything that may not be read
 */
export async function readLegacy(
  connection: Connection,
  namespace: string,
  options: RequestOptions = {},
  releases: Promise<ReadonlyMap<string, HelmRelease>> = readReleases(connection, namespace, options).then(
    (found) => found.releases,
  ),
  installation: Promise<InstallationObject | undefined> = readInstallation(connection, namespace, options),
): Promise<Legacy> {
  const volumePath = pathOf("v1", "persistentvolumeclaims", namespace, legacyVolume);
  const { apiVersion, plural } = legacyKind;
  const readings = [
    releases,
    get(connection, volumePath, options),
    list<PlatformObject>(connection, pathOf(apiVersion, plural), options),
    readLeftovers(connection, namespace, options),
    installation.then(legacyInstallation),
  ] as const;
  const refused = (await Promise.allSettled(readings)).flatMap((result) =>
    result.status === "rejected" && result.reason instanceof ConfigurationError ? result.reason.problems : [],
  );
  if (refused.length > 0) throw new ConfigurationError(refused);
  const [known, volume, objects, leftovers, taken] = await Promise.all(readings);
  const platform = await readPlatform(connection, namespace, known, objects, options);
  return {
    ...findLegacy(known, volume !== undefined),
    ...(platform && { platform }),
    ...(!platform && taken && { takenOver: taken.metadata.name }),
    ...(leftovers.length > 0 && { leftovers }),
  };
}

/**
 * Picks the deprecated ones out of a namespace's releases: the name alone is not enough, since somebody may
 * have named another chart's release so. The volume counts unless such another release may be its owner.
 */
export function findLegacy(releases: ReadonlyMap<string, HelmRelease>, volumeExists: boolean): Legacy {
  const found = matchingReleases(deprecatedReleases, releases);
  const owner = releases.get("eventsse-etcd");
  const legacyOwner = owner === undefined || found.some((release) => release.name === "eventsse-etcd");
  return { releases: found, volumes: volumeExists && legacyOwner ? [legacyVolume] : [] };
}

/** Those of the named releases that are of the chart they should be. */
function matchingReleases(
  wanted: readonly { readonly name: string; readonly chart: string }[],
  releases: ReadonlyMap<string, HelmRelease>,
): LegacyRelease[] {
  return wanted.flatMap(({ name, chart }) => {
    const release = releases.get(name);
    if (release?.chart.metadata.name !== chart) return [];
    const deleteHooks = deleteHooksOf(release);
    const { version: chartVersion } = release.chart.metadata;
    return [{ name, chart, chartVersion, ...(deleteHooks.length > 0 && { deleteHooks }) }];
  });
}

/** An Installation, if its steps are those of 2.7.0. */
export function legacyInstallation(found: InstallationObject | undefined): InstallationObject | undefined {
  return holdsLegacySteps(found?.spec?.spec?.["steps"]) ? found : undefined;
}

interface DeploymentObject extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly availableReplicas?: number };
}

interface PlatformObject extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** @param objects KrateoPlatformOps objects of every namespace. */
async function readPlatform(
  connection: Connection,
  namespace: string,
  releases: ReadonlyMap<string, HelmRelease>,
  objects: readonly PlatformObject[],
  options: RequestOptions,
): Promise<LegacyPlatform | undefined> {
  const own = objects.filter(({ metadata }) => metadata.namespace === namespace);
  const found = matchingReleases(installerReleases, releases);
  if (own.length === 0 && found.length === 0) return undefined;
  const installer = found.some(({ name }) => name === "installer") ? releases.get("installer") : undefined;
  const names = parseManifest(installer?.manifest ?? "")
    .filter(({ kind }) => kind === "Deployment")
    .map(({ metadata }) => metadata.name);
  // As a list: who only verifies may read them in no other way.
  const deployments =
    names.length > 0
      ? await list<DeploymentObject>(connection, pathOf("apps/v1", "deployments", namespace), options)
      : [];
  return {
    objects: own.map((object) => ({
      name: object.metadata.name,
      uid: object.metadata.uid,
      generation: object.metadata.generation ?? 0,
      finalizers: object.metadata.finalizers ?? [],
      deleting: object.metadata.deletionTimestamp !== undefined,
      ...faultsOf(object),
    })),
    elsewhere: objects
      .filter(({ metadata }) => metadata.namespace !== namespace)
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    releases: found,
    installers: deployments
      .filter(({ metadata }) => names.includes(metadata.name))
      .map(({ metadata, spec: { replicas = 1 }, status }) => {
        const unready = replicas - (status?.availableReplicas ?? 0);
        return { name: metadata.name, replicas, ...(unready > 0 && { unready }) };
      }),
  };
}

function faultsOf({ status }: PlatformObject): { faults?: string[] } {
  const faults = (status?.conditions ?? [])
    .filter((condition) => condition.status === "False")
    .map(({ type, reason, message }) => {
      const why = [reason, message].filter(Boolean).join(": ");
      return `${type} is False${why ? `: ${why}` : ""}`;
    });
  return faults.length > 0 ? { faults } : {};
}

interface BindingObject extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

interface JobObject extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly serviceAccountName?: string } } };
}

/**
 * Names alone prove nothing: a binding counts if it makes just that account of the namespace cluster-admin, the account
 * if it is a hook of a chart or so bound, the Job if it runs as that account. The binding comes last, since the account is
 * known by it.
 */
async function readLeftovers(
  connection: Connection,
  namespace: string,
  options: RequestOptions,
): Promise<Leftover[]> {
  const bindings = pathOf("rbac.authorization.k8s.io/v1", "clusterrolebindings");
  const [job, account, binding, cleanerBinding] = await Promise.all([
    get<JobObject>(connection, pathOf("batch/v1", "jobs", namespace, runner.job), options),
    get<KubeObject>(connection, pathOf("v1", "serviceaccounts", namespace, runner.account), options),
    get<BindingObject>(connection, `${bindings}/${runner.binding}`, options),
    get<BindingObject>(connection, `${bindings}/${cleaner.binding}`, options),
  ]);
  const bound = binding !== undefined && onlyBinds(binding, namespace, runner.account);
  const isHook = account?.metadata.annotations?.["helm.sh/hook"] !== undefined;
  const leftovers: Leftover[] = [];
  if (job?.spec.template.spec.serviceAccountName === runner.account)
    leftovers.push({ kind: "Job", name: runner.job });
  if (account && (isHook || bound)) leftovers.push({ kind: "ServiceAccount", name: runner.account });
  if (bound) leftovers.push({ kind: "ClusterRoleBinding", name: runner.binding });
  if (cleanerBinding && onlyBinds(cleanerBinding, namespace, cleaner.account))
    leftovers.push({ kind: "ClusterRoleBinding", name: cleaner.binding });
  return leftovers;
}

/** Whether a binding makes that account cluster-admin, and nobody else. */
function onlyBinds({ roleRef, subjects = [] }: BindingObject, namespace: string, account: string): boolean {
  return (
    roleRef.kind === "ClusterRole" &&
    roleRef.name === "cluster-admin" &&
    subjects.length === 1 &&
    subjects[0]?.kind === "ServiceAccount" &&
    subjects[0].name === account &&
    subjects[0].namespace === namespace
  );
}

/** Where a leftover is. */
export function leftoverPath({ kind, name }: Leftover, namespace: string): string {
  if (kind === "ClusterRoleBinding")
    return pathOf("rbac.authorization.k8s.io/v1", "clusterrolebindings", undefined, name);
  return kind === "Job"
    ? pathOf("batch/v1", "jobs", namespace, name)
    : pathOf("v1", "serviceaccounts", namespace, name);
}
