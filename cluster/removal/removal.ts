import { setTimeout as pause } from "node:timers/promises";
import { amount } from "../../model/amount.ts";
import { finalizersOf, leftByAnnotation } from "../../plan/removal/known.ts";
import type { Leftover } from "../../plan/removal/leftovers.ts";
import { type LiveObject, objectText } from "../../plan/removal/objects.ts";
import type { LiveRelease } from "../../plan/removal/survey.ts";
import { get, type KubeObject, patch, pathOf, remove, resourceOf } from "../client/api.ts";
import { ApiError, UnreachableError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import { type Log, waitUntilGone } from "../client/deletion.ts";
import { inUninstallOrder } from "../client/manifest.ts";
import { inParallel } from "../client/parallel.ts";
import { removeRecords } from "../client/releases.ts";

interface Located {
  readonly label: string;
  readonly path: string;
  readonly uid: string;
}

/**
 * Deletes what users made, while those who clear its finalizers still run: wave after wave, each gone before the next.
 *
 * @throws Error naming what is still there after `timeoutSeconds`, with the finalizers that hold it
 */
export async function removeUserObjects(
  connection: Connection,
  waves: readonly (readonly LiveObject[])[],
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  for (const wave of waves) {
    log(`deleting ${amount(wave.length, "user object")}`);
    await deleteAndWait(connection, wave, timeoutSeconds);
  }
}

/**
 * Notes on leftovers that say nothing about themselves which release they are of: once that is gone, a later run could
 * not tell them from somebody else's.
 */
export async function markLeftovers(connection: Connection, leftovers: readonly Leftover[]): Promise<void> {
  await inParallel(
    leftovers.filter(({ marked }) => !marked),
    async ({ object, release }) => {
      const found = await locate(connection, object);
      const annotations = { [leftByAnnotation]: `${release.namespace}/${release.name}` };
      if (found) await mergePatch(connection, found.path, { annotations });
    },
  );
}

/**
 * Uninstalls Helm releases that the stack's state does not know, one after another: their objects in Helm's order,
 * then Helm's records of them. Safe to repeat, as the records go last.
 *
 * @param manifest Live objects of all releases; those of each are picked from it.
 */
export async function removeInterrupted(
  connection: Connection,
  releases: readonly LiveRelease[],
  objectsOf: (release: LiveRelease) => readonly LiveObject[],
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  for (const release of releases) {
    const { name, namespace, chart } = release;
    const objects = objectsOf(release);
    log(`removing Helm release ${name}, which a killed run began`);
    // Its chart has a Job for these that only Helm would run.
    for (const object of objects) await free(connection, object, finalizersOf(chart));
    await deleteAndWait(connection, objects, timeoutSeconds);
    await removeRecords(connection, namespace, name);
  }
}

/**
 * Deletes what is still there of the leftovers and definitions.
 *
 * @throws Error naming what is still there after `timeoutSeconds`, with the finalizers that hold it
 */
export async function removeLeftovers(
  connection: Connection,
  leftovers: readonly Leftover[],
  crds: readonly LiveObject[],
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  for (const { object, frees } of leftovers) await free(connection, object, frees);
  await deleteAndWait(
    connection,
    leftovers.map(({ object }) => object),
    timeoutSeconds,
    log,
  );
  await deleteAndWait(connection, crds, timeoutSeconds, log);
}

/**
 * Deletes objects, in the order in which Helm would, and waits until they are gone. One that has been replaced by a
 * namesake since it was looked at is left alone.
 *
 * @throws Error naming what is still there after `timeoutSeconds`, with the finalizers that hold it
 */
export async function deleteAndWait(
  connection: Connection,
  objects: readonly LiveObject[],
  timeoutSeconds: number,
  log?: Log,
): Promise<void> {
  const leaving: Located[] = [];
  for (const group of inGroups(objects)) {
    await inParallel(group, async (object) => {
      const found = await locate(connection, object);
      if (!found) return;
      try {
        if (await remove(connection, found.path, object.uid)) log?.(`${objectText(object)} deleted`);
        leaving.push(found);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
      }
    });
  }
  await untilGone(connection, leaving, timeoutSeconds);
}

/** Custom objects before all others: their definition, and who looks after them, may be among those. */
function inGroups(objects: readonly LiveObject[]): LiveObject[][] {
  const custom = objects.filter(({ apiVersion }) => /(^|\.)(krateo|cnpg)\.io\//.test(apiVersion));
  const groups = [custom];
  for (const object of inUninstallOrder(objects.filter((one) => !custom.includes(one)))) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === object.kind) last.push(object);
    else groups.push([object]);
  }
  return groups.filter((group) => group.length > 0);
}

async function untilGone(
  connection: Connection,
  leaving: readonly Located[],
  timeoutSeconds: number,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    try {
      const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
      return await waitUntilGone(connection, leaving, left);
    } catch (error) {
      if (!(error instanceof UnreachableError) || Date.now() > deadline) throw error;
      await pause(500);
    }
  }
}

/** The object where it is now; undefined when it is gone. */
async function locate(connection: Connection, object: LiveObject): Promise<Located | undefined> {
  const resource = await resourceOf(connection, object.apiVersion, object.kind);
  if (!resource) return undefined;
  const path = pathOf(object.apiVersion, resource.plural, object.namespace, object.name);
  const live = await get<KubeObject>(connection, path);
  return live?.metadata.uid === object.uid ? { label: objectText(object), path, uid: object.uid } : undefined;
}

async function free(
  connection: Connection,
  object: LiveObject,
  finalizers: readonly string[],
): Promise<void> {
  if (!object.finalizers.some((one) => finalizers.includes(one))) return;
  const found = await locate(connection, object);
  const rest = object.finalizers.filter((one) => !finalizers.includes(one));
  if (found) await mergePatch(connection, found.path, { finalizers: rest });
}

async function mergePatch(connection: Connection, path: string, metadata: object): Promise<void> {
  await patch(connection, path, "application/merge-patch+json", { metadata });
}
