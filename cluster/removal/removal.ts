/** Carries out a removal plan. */
import { amount } from "../../model/amount.ts";
import { finalizersOf, leftByAnnotation } from "../../plan/removal/known.ts";
import type { Leftover } from "../../plan/removal/leftovers.ts";
import type { LiveObject } from "../../plan/removal/objects.ts";
import type { LiveRelease } from "../../plan/removal/survey.ts";
import { patch } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { Log } from "../client/deletion.ts";
import { inParallel } from "../client/parallel.ts";
import { deleteAndWait, isOfAnother, locate, type OwningRelease } from "./delete-objects.ts";
import { removeRelease } from "./release-removal.ts";

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
 * @param objectsOf The live objects of a release.
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
    for (const object of objects) await free(connection, object, finalizersOf(chart), release);
    await removeRelease(connection, { name, namespace }, objects, timeoutSeconds, log);
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

/** @param release Whose it is; one that is another's by now keeps its finalizers. */
async function free(
  connection: Connection,
  object: LiveObject,
  finalizers: readonly string[],
  release?: OwningRelease,
): Promise<void> {
  if (!object.finalizers.some((one) => finalizers.includes(one))) return;
  const found = await locate(connection, object);
  const rest = object.finalizers.filter((one) => !finalizers.includes(one));
  if (!found || (release && isOfAnother(found, release))) return;
  await mergePatch(connection, found.path, { finalizers: rest });
}

async function mergePatch(connection: Connection, path: string, metadata: object): Promise<void> {
  await patch(connection, path, "application/merge-patch+json", { metadata });
}
