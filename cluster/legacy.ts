import { setTimeout as pause } from "node:timers/promises";
import { deprecatedReleases } from "../profiles/deprecated.ts";
import type { Legacy } from "../profiles/inventory.ts";
import { get, type KubeObject, list, pathOf, remove } from "./api.ts";
import type { Connection } from "./connection.ts";
import { deleteObjects, type Log, waitUntilGone } from "./deletion.ts";
import type { HelmRelease } from "./helm-release.ts";
import { inUninstallOrder, isKept, nameOf, parseManifest } from "./manifest.ts";
import { readReleases, revisionsOf } from "./releases.ts";

/** The volume of eventsse-etcd's StatefulSet: Kubernetes keeps it when the StatefulSet goes. */
export const legacyVolume = "etcd-data-eventsse-etcd-0";

/**
 * Picks the deprecated ones out of a namespace's releases: the name alone is not enough, since somebody may
 * have named another chart's release so. The volume counts unless such another release may be its owner.
 */
export function findLegacy(releases: ReadonlyMap<string, HelmRelease>, volumeExists: boolean): Legacy {
  const found = deprecatedReleases.flatMap(({ name, chart }) => {
    const release = releases.get(name);
    if (release?.chart.metadata.name !== chart) return [];
    const deleteHooks = deleteHooksOf(release);
    const { version: chartVersion } = release.chart.metadata;
    return [{ name, chart, chartVersion, ...(deleteHooks.length > 0 && { deleteHooks }) }];
  });
  const owner = releases.get("eventsse-etcd");
  const legacyOwner = owner === undefined || found.some((release) => release.name === "eventsse-etcd");
  return { releases: found, volumes: volumeExists && legacyOwner ? [legacyVolume] : [] };
}

/** Releases that bear a deprecated name but are of another chart. */
function findNamesakes(releases: ReadonlyMap<string, HelmRelease>): HelmRelease[] {
  return deprecatedReleases.flatMap(({ name, chart }) => {
    const release = releases.get(name);
    return release && release.chart.metadata.name !== chart ? [release] : [];
  });
}

/** Names of a release's hooks that Helm would run around an uninstall, and this program cannot. */
function deleteHooksOf(release: HelmRelease): string[] {
  return (release.hooks ?? [])
    .filter((hook) => hook.events.some((event) => event === "pre-delete" || event === "post-delete"))
    .map((hook) => `${hook.kind} ${hook.name}`);
}

/**
 * Removes what earlier platform versions left in a namespace and 3.0.0 must not run beside: the deprecated Helm
 * releases with their objects, then their volume. One line for each thing goes to `log`. Safe to repeat: a release's
 * own records go last, so that a run that was stopped half-way finds it again.
 *
 * @param options `timeoutSeconds`: for the objects of one release to be gone, and for the volume's users.
 * @throws Error when something stays behind, or when a release must be uninstalled by Helm itself
 */
export async function removeLegacy(
  connection: Connection,
  namespace: string,
  log: Log,
  {
    dryRun = false,
    timeoutSeconds = 300,
  }: { readonly dryRun?: boolean; readonly timeoutSeconds?: number } = {},
): Promise<void> {
  const volumePath = pathOf("v1", "persistentvolumeclaims", namespace, legacyVolume);
  const [releases, volume] = await Promise.all([
    readReleases(connection, namespace),
    get<KubeObject>(connection, volumePath),
  ]);
  for (const { name, chart } of findNamesakes(releases)) {
    log(
      `Helm release ${name} is of chart ${chart.metadata.name}, which is not the deprecated one: left alone`,
    );
  }
  const legacy = findLegacy(releases, volume !== undefined);
  if (legacy.releases.length === 0 && legacy.volumes.length === 0) {
    log(`nothing of an earlier platform version is left in namespace ${namespace}`);
    return;
  }
  const found = legacy.releases.map(({ name }) => releases.get(name) as HelmRelease);
  refuseDeleteHooks(found);

  for (const release of found) {
    const objects = inUninstallOrder(parseManifest(release.manifest));
    const { name, version } = release.chart.metadata;
    log(
      `Helm release ${release.name} (chart ${name} ${version}): ${dryRun ? "would be removed" : "removing"}`,
    );
    if (dryRun) {
      for (const object of objects)
        log(`  ${nameOf(object)}${isKept(object) ? ": kept, as its chart asks" : ""}`);
    } else {
      await removeRelease(connection, release, namespace, timeoutSeconds, log);
    }
  }
  if (volume && legacy.volumes.length > 0) {
    if (dryRun) log(`PersistentVolumeClaim ${legacyVolume}: would be removed`);
    else await removeVolume(connection, namespace, volume, timeoutSeconds, log);
  }
}

function refuseDeleteHooks(releases: readonly HelmRelease[]): void {
  const refused = releases.filter((release) => deleteHooksOf(release).length > 0);
  if (refused.length === 0) return;
  const lines = refused.map(
    (release) =>
      `Helm release ${release.name} has hooks that only Helm can run (${deleteHooksOf(release).join(", ")}): ` +
      `run  helm uninstall ${release.name} -n ${release.namespace}  and then this again`,
  );
  throw new Error(lines.join("\n"));
}

async function removeRelease(
  connection: Connection,
  release: HelmRelease,
  namespace: string,
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  const indented: Log = (line) => log(`  ${line}`);
  const objects = inUninstallOrder(parseManifest(release.manifest));
  for (const kept of objects.filter(isKept)) indented(`${nameOf(kept)} kept, as its chart asks`);
  const going = objects.filter((object) => !isKept(object));
  try {
    await deleteObjects(connection, { name: release.name, namespace }, going, timeoutSeconds, indented);
  } catch (error) {
    throw new Error(`Helm release ${release.name} is not removed: ${messageOf(error)}`, { cause: error });
  }
  const secrets = pathOf("v1", "secrets", namespace);
  for (const revision of (await revisionsOf(connection, namespace, release.name)).toReversed()) {
    await remove(connection, `${secrets}/${revision}`);
  }
  log(`Helm release ${release.name} removed`);
}

interface PodWithVolumes extends KubeObject {
  readonly spec: {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
}

/** Deletes the volume once its StatefulSet's pod is gone; a pod that stays uses it, so it stays too. */
async function removeVolume(
  connection: Connection,
  namespace: string,
  volume: KubeObject,
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const pods = await list<PodWithVolumes>(connection, pathOf("v1", "pods", namespace));
    const users = pods.filter((pod) =>
      pod.spec.volumes?.some((mounted) => mounted.persistentVolumeClaim?.claimName === volume.metadata.name),
    );
    if (users.length === 0) break;
    if (Date.now() > deadline) {
      const names = users.map((pod) => pod.metadata.name).join(", ");
      throw new Error(`PersistentVolumeClaim ${volume.metadata.name} is not removed: pod ${names} uses it`);
    }
    await pause(500);
  }
  const { name, uid } = volume.metadata;
  const path = pathOf("v1", "persistentvolumeclaims", namespace, name);
  await remove(connection, path, uid);
  await waitUntilGone(connection, [{ label: `PersistentVolumeClaim ${name}`, path, uid }], timeoutSeconds);
  log(`PersistentVolumeClaim ${name} removed`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
