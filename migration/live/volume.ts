/** Removes the volume of eventsse-etcd. */
import { get, type KubeObject, list, patch, pathOf, remove } from "../../cluster/client/api.ts";
import { waitForClaimUsers } from "../../cluster/client/claims.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { type Log, waitUntilGone } from "../../cluster/client/deletion.ts";
import { legacyVolume } from "./legacy-inventory.ts";

export interface PersistentVolume extends KubeObject {
  readonly spec: {
    readonly persistentVolumeReclaimPolicy?: string;
    readonly claimRef?: { readonly namespace?: string; readonly name?: string };
  };
  readonly status?: { readonly phase?: string };
}

/** The volumes that a claim has or had: a retained one outlives it. */
export async function volumesOf(
  connection: Connection,
  namespace: string,
  claim: string = legacyVolume,
): Promise<PersistentVolume[]> {
  const volumes = await list<PersistentVolume>(connection, pathOf("v1", "persistentvolumes"));
  return volumes.filter(({ spec }) => spec.claimRef?.namespace === namespace && spec.claimRef.name === claim);
}

/**
 * Deletes the claim of eventsse-etcd once its StatefulSet's pod is gone; a pod that stays uses it, so it stays too. The
 * volume behind it goes or stays as its reclaim policy says, and which of the two it is, is logged.
 *
 * @param options `purge`: whatever the policy says, the volume and its storage are deleted.
 * @throws Error naming the pod that uses it, or what does not go within `timeoutSeconds`
 */
export async function removeVolume(
  connection: Connection,
  namespace: string,
  { timeoutSeconds, purge, dryRun }: { timeoutSeconds: number; purge: boolean; dryRun: boolean },
  log: Log,
): Promise<void> {
  const path = pathOf("v1", "persistentvolumeclaims", namespace, legacyVolume);
  const claim = await get<KubeObject>(connection, path);
  const volumes = await volumesOf(connection, namespace);
  if (dryRun) {
    if (claim) log(`PersistentVolumeClaim ${legacyVolume}: would be removed`);
    for (const volume of volumes) log(`  ${volumeText(volume, purge, "would be")}`);
    return;
  }
  if (claim) await waitForClaimUsers(connection, namespace, [legacyVolume], timeoutSeconds);
  if (purge) {
    // The provisioner deletes the storage only of volumes with this policy.
    for (const { metadata } of volumes.filter(
      ({ spec }) => spec.persistentVolumeReclaimPolicy !== "Delete",
    )) {
      const policy = { spec: { persistentVolumeReclaimPolicy: "Delete" } };
      await patch(connection, volumePath(metadata.name), "application/merge-patch+json", policy);
    }
  }
  if (claim) {
    const { name, uid } = claim.metadata;
    await remove(connection, path, uid);
    await waitUntilGone(connection, [{ label: `PersistentVolumeClaim ${name}`, path, uid }], timeoutSeconds);
    log(`PersistentVolumeClaim ${name} removed`);
  }
  if (purge) {
    const leaving = volumes.map(({ metadata: { name, uid } }) => ({
      label: `PersistentVolume ${name}`,
      path: volumePath(name),
      uid,
    }));
    await waitUntilGone(connection, leaving, timeoutSeconds);
  }
  for (const volume of volumes) log(volumeText(volume, purge, ""));
}

function volumeText({ metadata: { name }, spec }: PersistentVolume, purge: boolean, mood: string): string {
  const policy = spec.persistentVolumeReclaimPolicy ?? "Retain";
  const would = mood ? `${mood} ` : "";
  if (purge) return `PersistentVolume ${name} ${would}removed with its storage`;
  if (policy === "Delete") return `PersistentVolume ${name} goes with its claim (reclaim policy Delete)`;
  return (
    `PersistentVolume ${name} ${mood ? "would stay" : "stays"} with its data (reclaim policy ${policy}); to have it ` +
    "removed: pulumi config set krateo:purgeVolumes true before pulumi up, or npx krateo cleanup --purge-volumes after it"
  );
}

function volumePath(name: string): string {
  return pathOf("v1", "persistentvolumes", undefined, name);
}
