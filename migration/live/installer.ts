/** Stops and retires the installer of 2.7.0. */
import { setTimeout as pause } from "node:timers/promises";
import { get, type KubeObject, list, patch, pathOf, remove } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { type Log, waitUntilGone } from "../../cluster/client/deletion.ts";
import type { HelmRelease } from "../../cluster/client/helm-release.ts";
import { readReleases, refuseDamaged } from "../../cluster/client/releases.ts";
import { refuseDeleteHooks, removeRecordedRelease } from "../../cluster/removal/release-removal.ts";
import { legacyReleases } from "../../components/deprecated.ts";
import type { LegacyPlatform } from "../../model/inventory.ts";
import { legacyKind, platformFinalizer } from "../legacy-facts.ts";
import { leftoverPath, readLegacy } from "./legacy-inventory.ts";

interface DeploymentObject extends KubeObject {
  readonly spec: { readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> } };
}

/**
 * Scales the installer of 2.7.0 to nothing and waits until its pods are gone: while one runs it puts back what is changed
 * under it, and uninstalls the platform when its object goes.
 *
 * @throws Error naming the pods that are still there after `timeoutSeconds`
 */
export async function stopInstaller(
  connection: Connection,
  namespace: string,
  { installers }: LegacyPlatform,
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  for (const { name, replicas } of installers) {
    const path = pathOf("apps/v1", "deployments", namespace, name);
    if (replicas > 0)
      await patch(connection, path, "application/merge-patch+json", { spec: { replicas: 0 } });
    const pods = await waitForNoPods(connection, namespace, name, timeoutSeconds);
    if (pods.length > 0) {
      throw new Error(
        `Deployment ${name} is scaled to 0, but after ${timeoutSeconds} s its pods still run: ${pods.join(", ")}`,
      );
    }
    if (replicas > 0) log(`Deployment ${name} scaled from ${replicas} to 0, and its pods are gone`);
  }
}

/** @returns the names of those that are left */
async function waitForNoPods(
  connection: Connection,
  namespace: string,
  deployment: string,
  timeoutSeconds: number,
): Promise<string[]> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  const path = pathOf("apps/v1", "deployments", namespace, deployment);
  const labels = (await get<DeploymentObject>(connection, path))?.spec.selector.matchLabels;
  const labelSelector = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  // Without labels it would select every pod.
  if (!labelSelector) return [];
  for (;;) {
    const pods = await list(connection, pathOf("v1", "pods", namespace), { query: { labelSelector } });
    if (pods.length === 0 || Date.now() > deadline) return pods.map(({ metadata }) => metadata.name);
    await pause(500);
  }
}

/**
 * Takes away what is left of Krateo 2.7.0 once 3.0.0 runs: its object without what would uninstall the platform, then its
 * installer's Helm releases, then the rights of the accounts that it ran Helm under. Safe to repeat.
 *
 * @throws Error when the installer runs, when something of 2.7.0's still serves, or when a thing does not go
 */
export async function retireLegacy(
  connection: Connection,
  namespace: string,
  log: Log,
  {
    dryRun = false,
    timeoutSeconds = 120,
  }: { readonly dryRun?: boolean; readonly timeoutSeconds?: number } = {},
): Promise<void> {
  const { releases, damaged } = await readReleases(connection, namespace);
  refuseDamaged(damaged, ({ release }) => legacyReleases.includes(release));
  const legacy = await readLegacy(connection, namespace, {}, Promise.resolve(releases));
  const { platform, leftovers = [] } = legacy;
  const removable = (platform?.releases ?? []).map(({ name }) => releases.get(name) as HelmRelease);
  refuseDeleteHooks(removable);
  if (platform) {
    if (legacy.releases.length > 0) {
      const names = legacy.releases.map(({ name }) => name).join(", ");
      throw new Error(`nothing retired: the Helm releases ${names} of 2.7.0 are still there; run pulumi up`);
    }
    await refuseRunning(connection, namespace, platform, dryRun);
    refuseForeignObjects(platform);
  }
  if (!platform && leftovers.length === 0) {
    log(`nothing of an earlier installer is left in namespace ${namespace}`);
    return;
  }
  for (const { name, uid, finalizers } of platform?.objects ?? []) {
    if (dryRun)
      log(`KrateoPlatformOps ${name}: would be removed, without its finalizer ${platformFinalizer}`);
    else await removeObject(connection, namespace, { name, uid, finalizers }, timeoutSeconds, log);
  }
  for (const release of removable) {
    if (dryRun) log(`Helm release ${release.name}: would be removed`);
    else await removeRecordedRelease(connection, release, namespace, timeoutSeconds, log);
  }
  for (const leftover of leftovers) {
    if (!dryRun) await remove(connection, leftoverPath(leftover, namespace));
    log(`${leftover.kind} ${leftover.name} ${dryRun ? "would be removed" : "removed"}`);
  }
}

async function refuseRunning(
  connection: Connection,
  namespace: string,
  { installers }: LegacyPlatform,
  dryRun: boolean,
): Promise<void> {
  const running = installers.filter(({ replicas }) => replicas > 0).map(({ name }) => name);
  for (const { name } of dryRun ? [] : installers) {
    const pods = await waitForNoPods(connection, namespace, name, 0);
    if (pods.length > 0) running.push(...pods);
  }
  if (running.length === 0) return;
  throw new Error(
    `nothing retired: the installer of 2.7.0 runs (${running.join(", ")}), and would uninstall the platform with its ` +
      "object; somebody has started it again: find out who, then run pulumi up",
  );
}

function refuseForeignObjects({ elsewhere }: LegacyPlatform): void {
  if (elsewhere.length === 0) return;
  throw new Error(
    `nothing retired: KrateoPlatformOps ${elsewhere.join(", ")} would lose its kind with Helm release installer-crd; ` +
      "migrate or remove that one first, then run pulumi up",
  );
}

/** Takes the installer's finalizer off, and no other, then deletes the object. */
async function removeObject(
  connection: Connection,
  namespace: string,
  { name, uid, finalizers }: { name: string; uid: string; finalizers: readonly string[] },
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  const path = pathOf(legacyKind.apiVersion, legacyKind.plural, namespace, name);
  if (finalizers.includes(platformFinalizer)) {
    const others = finalizers.filter((finalizer) => finalizer !== platformFinalizer);
    await patch(connection, path, "application/merge-patch+json", { metadata: { uid, finalizers: others } });
    log(`KrateoPlatformOps ${name}: finalizer ${platformFinalizer} removed`);
  }
  await remove(connection, path, uid);
  await waitUntilGone(connection, [{ label: `KrateoPlatformOps ${name}`, path, uid }], timeoutSeconds);
  log(`KrateoPlatformOps ${name} removed`);
}
