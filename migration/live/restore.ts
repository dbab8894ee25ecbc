/** Puts a Krateo 2.7.0 back from a backup. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, get, type KubeObject, patch, pathOf, resourceOf } from "../../cluster/client/api.ts";
import { ApiError } from "../../cluster/client/api-errors.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import type { Log } from "../../cluster/client/deletion.ts";
import { type ManifestObject, nameOf } from "../../cluster/client/manifest.ts";
import { readReleases, refuseDamaged } from "../../cluster/client/releases.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { Json } from "../../model/settings.ts";
import { legacyKind, platformFinalizer } from "../legacy-facts.ts";
import { objectFile } from "./backup-contents.ts";
import type { Backup } from "./backup-folder.ts";
import { identities, replacedSince } from "./backup-index.ts";
import { readLegacy } from "./legacy-inventory.ts";
import { readBackupObject, readStoredReleases, type StoredRelease } from "./stored-release.ts";

/**
 * Puts a 2.7.0 platform back that a migration has begun to take apart: the deprecated Helm releases with their records,
 * the KrateoPlatformOps object, and its installer's replicas. That is possible as long as no release of 2.7.0's has been
 * upgraded: the installer would take those back to old versions, over data and kinds that are not theirs any more. Safe
 * to repeat.
 *
 * @throws ConfigurationError naming all that can no longer be undone; nothing has been touched by then
 */
export async function restoreLegacy(
  connection: Connection,
  { folder, index }: Backup,
  log: Log,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<void> {
  const { namespace } = index;
  const { releases, damaged } = await readReleases(connection, namespace);
  refuseDamaged(damaged, ({ release }) => index.releases.some(({ name }) => name === release));
  const legacy = await readLegacy(connection, namespace, {}, Promise.resolve(releases));
  const deleting = (legacy.platform?.objects ?? []).some(
    (object) => object.deleting && object.finalizers.includes(platformFinalizer),
  );
  refuse(folder, [
    ...replacedSince(index, identities(releases)),
    ...(deleting ? ["the KrateoPlatformOps object is being deleted, which cannot be taken back"] : []),
  ]);

  const added = [...releases.keys()].filter((name) => !index.releases.some((one) => one.name === name));
  for (const name of added) log(`Helm release ${name} is new since the backup: left alone`);
  const missing = index.releases.filter(({ name, deprecated }) => deprecated && !releases.has(name));
  const stored = await readStoredReleases(
    folder,
    missing.map(({ name }) => name),
  );
  const object = await objectToPutBack(connection, { folder, index });
  const would = dryRun ? "would be " : "";
  if (!dryRun) await putDefinitionsBack(connection, namespace, stored, log);
  for (const { name, chart, chartVersion } of missing) {
    if (!dryRun) await putReleaseBack(connection, namespace, name, stored.get(name) as StoredRelease);
    log(`Helm release ${name} (${chart} ${chartVersion}) ${would}put back`);
  }
  if (missing.some(({ name }) => name === "eventsse-etcd")) {
    for (const { claim, volume, reclaimPolicy } of index.volumes) {
      const kept = await get(connection, pathOf("v1", "persistentvolumes", undefined, volume));
      log(
        kept
          ? `volume ${volume} of PersistentVolumeClaim ${claim} is still there (reclaim policy ${reclaimPolicy}): the claim gets a new, empty one unless you bind it by hand`
          : `cannot be undone: the data of PersistentVolumeClaim ${claim}, which went with its volume; events of the past are lost`,
      );
    }
  }
  if (object) {
    if (!dryRun) await createUnlessThere(connection, object.path, object.manifest);
    log(`KrateoPlatformOps ${object.name} ${would}put back`);
  }
  for (const { name, replicas } of index.installers) {
    const wanted = Math.max(1, replicas);
    const running = legacy.platform?.installers.find((one) => one.name === name)?.replicas ?? 0;
    if (running >= wanted) continue;
    if (!dryRun) {
      const path = pathOf("apps/v1", "deployments", namespace, name);
      await patch(connection, path, "application/merge-patch+json", { spec: { replicas: wanted } });
    }
    log(`Deployment ${name} ${would}scaled to ${wanted}: the installer of 2.7.0 runs again`);
  }
}

function refuse(folder: string, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new ConfigurationError([
    {
      what: "there is no way back to Krateo 2.7.0 any more; nothing was touched",
      given: reasons.join("; "),
      allowed: "Helm releases of 2.7.0 as they were in the backup",
      next: `go on with pulumi up, which finishes the migration; ${folder} keeps values, manifests and Secrets of 2.7.0 to look up`,
    },
  ]);
}

/** Makes the definitions of kinds first, and waits for each: releases hold objects of kinds that others define. */
async function putDefinitionsBack(
  connection: Connection,
  namespace: string,
  stored: ReadonlyMap<string, StoredRelease>,
  log: Log,
): Promise<void> {
  const made: ManifestObject[] = [];
  for (const [release, { objects }] of stored)
    for (const definition of objects.filter(isDefinition)) {
      await createOwned(connection, definition, namespace, release);
      made.push(definition);
    }
  for (const definition of made) await untilServed(connection, definition, log);
}

function isDefinition({ kind }: ManifestObject): boolean {
  return kind === "CustomResourceDefinition";
}

/** The API server serves a kind some moments after its definition was made. */
async function untilServed(connection: Connection, definition: ManifestObject, log: Log): Promise<void> {
  const { group, names, versions } = definition["spec"] as unknown as DefinitionSpec;
  const version = versions.find(({ served }) => served)?.name;
  if (version === undefined) return;
  const end = performance.now() + servedWithinSeconds * 1000;
  for (let asked = 0; !(await resourceOf(connection, `${group}/${version}`, names.kind)); asked++) {
    if (performance.now() > end) return;
    if (asked === 0)
      log(`waiting up to ${servedWithinSeconds} s until the cluster serves kind ${names.kind}`);
    await sleep(200);
  }
}

const servedWithinSeconds = 30;

/** As the API server has accepted it of a CustomResourceDefinition. */
interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

async function putReleaseBack(
  connection: Connection,
  namespace: string,
  release: string,
  { objects, records }: StoredRelease,
): Promise<void> {
  for (const object of objects)
    if (!isDefinition(object)) await createOwned(connection, object, namespace, release);
  for (const record of records)
    await createUnlessThere(connection, pathOf("v1", "secrets", namespace), record);
}

/** Helm writes on every object whose it is; the manifest does not have it. */
async function createOwned(
  connection: Connection,
  object: ManifestObject,
  namespace: string,
  release: string,
): Promise<void> {
  const resource = await resourceOf(connection, object.apiVersion, object.kind);
  if (!resource) throw new Error(`${nameOf(object)} cannot be put back: the cluster does not know its kind`);
  const metadata = object.metadata as unknown as KubeObject["metadata"];
  const owned = {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, "app.kubernetes.io/managed-by": "Helm" },
      annotations: {
        ...metadata.annotations,
        "meta.helm.sh/release-name": release,
        "meta.helm.sh/release-namespace": namespace,
      },
    },
  };
  const scope = resource.namespaced ? (metadata.namespace ?? namespace) : undefined;
  await createUnlessThere(connection, pathOf(object.apiVersion, resource.plural, scope), owned);
}

async function createUnlessThere(connection: Connection, path: string, object: unknown): Promise<void> {
  try {
    await create(connection, path, object);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

/** The KrateoPlatformOps object of the backup; undefined when it had none, or the cluster has it. */
async function objectToPutBack(
  connection: Connection,
  { folder, index }: Backup,
): Promise<{ readonly name: string; readonly path: string; readonly manifest: Json } | undefined> {
  if (!index.object) return undefined;
  const { name } = index.object;
  const path = pathOf(legacyKind.apiVersion, legacyKind.plural, index.namespace);
  if (await get(connection, `${path}/${name}`)) return undefined;
  return { name, path, manifest: await readBackupObject(join(folder, objectFile)) };
}
