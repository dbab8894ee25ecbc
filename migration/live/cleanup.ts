/** Removes what earlier platform versions left. */
import type { Connection } from "../../cluster/client/connection.ts";
import type { Log } from "../../cluster/client/deletion.ts";
import type { HelmRelease } from "../../cluster/client/helm-release.ts";
import { readReleases, refuseDamaged } from "../../cluster/client/releases.ts";
import {
  describeRemoval,
  refuseDeleteHooks,
  removeRecordedRelease,
} from "../../cluster/removal/release-removal.ts";
import { deprecatedReleases, legacyReleases } from "../../components/deprecated.ts";
import { nodePortsOf, waitForNodePorts } from "./freed-ports.ts";
import { stopInstaller } from "./installer.ts";
import { readLegacy } from "./legacy-inventory.ts";
import { removeVolume, volumesOf } from "./volume.ts";

/** How to remove what earlier platform versions left. */
export interface RemovalOptions {
  readonly dryRun?: boolean;
  /** Also the storage of a volume whose policy would keep it. */
  readonly purgeVolumes?: boolean;
  /** For the objects of one release to be gone, for pods, and for the volume's users. */
  readonly timeoutSeconds?: number;
  /** Called before anything is changed, when there is something to remove; what it throws stops all. */
  readonly backUp?: () => Promise<void>;
}

/**
 * Removes what earlier platform versions left in a namespace and 3.0.0 must not run beside: first the installer of 2.7.0
 * stops, then the deprecated Helm releases go with their objects, then their volume, and their node ports are free. One
 * line for each thing goes to `log`. Safe to repeat.
 *
 * @throws Error when something stays behind, or when a release must be uninstalled by Helm itself
 */
export async function removeLegacy(
  connection: Connection,
  namespace: string,
  log: Log,
  { dryRun = false, purgeVolumes = false, timeoutSeconds = 300, backUp }: RemovalOptions = {},
): Promise<void> {
  const { releases, damaged } = await readReleases(connection, namespace);
  refuseDamaged(damaged, ({ release }) => legacyReleases.includes(release));
  for (const { name, chart } of findNamesakes(releases)) {
    log(
      `Helm release ${name} is of chart ${chart.metadata.name}, which is not the deprecated one: left alone`,
    );
  }
  const legacy = await readLegacy(connection, namespace, {}, Promise.resolve(releases));
  const running = (legacy.platform?.installers ?? []).filter(({ replicas }) => replicas > 0);
  const retained = purgeVolumes ? await volumesOf(connection, namespace) : [];
  if (legacy.releases.length + legacy.volumes.length + running.length + retained.length === 0) {
    log(`nothing of an earlier platform version is left in namespace ${namespace}`);
    return;
  }
  const found = legacy.releases.map(({ name }) => releases.get(name) as HelmRelease);
  refuseDeleteHooks(found);

  if (!dryRun) await backUp?.();
  if (legacy.platform) {
    for (const { name, replicas } of dryRun ? running : [])
      log(`Deployment ${name}: would be scaled from ${replicas} to 0`);
    if (!dryRun) await stopInstaller(connection, namespace, legacy.platform, timeoutSeconds, log);
  }
  const ports: number[] = [];
  for (const release of found) {
    const { name, version } = release.chart.metadata;
    log(
      `Helm release ${release.name} (chart ${name} ${version}): ${dryRun ? "would be removed" : "removing"}`,
    );
    if (dryRun) {
      for (const line of describeRemoval(release)) log(line);
    } else {
      ports.push(...(await nodePortsOf(connection, release)));
      await removeRecordedRelease(connection, release, namespace, timeoutSeconds, log);
    }
  }
  if (legacy.volumes.length + retained.length > 0) {
    await removeVolume(connection, namespace, { timeoutSeconds, purge: purgeVolumes, dryRun }, log);
  }
  await waitForNodePorts(connection, namespace, ports, timeoutSeconds);
  if (ports.length > 0) log(`node port ${ports.join(", ")} is free`);
}

/** Releases that bear a deprecated name but are of another chart. */
function findNamesakes(releases: ReadonlyMap<string, HelmRelease>): HelmRelease[] {
  return deprecatedReleases.flatMap(({ name, chart }) => {
    const release = releases.get(name);
    return release && release.chart.metadata.name !== chart ? [release] : [];
  });
}
