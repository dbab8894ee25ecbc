/** Deletes objects in the order of Helm's uninstall, and waits until they are gone. */
import { setTimeout as pause } from "node:timers/promises";
import { type ObjectName, objectText } from "../../plan/removal/objects.ts";
import { get, type KubeObject, remove } from "../client/api.ts";
import { ApiError, UnreachableError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import { type Leaving, type Log, waitUntilGone } from "../client/deletion.ts";
import { inUninstallOrder } from "../client/manifest.ts";
import { inParallel } from "../client/parallel.ts";
import { objectPath } from "../client/read-object.ts";

/** An object to delete; with `uid` only that one, and no namesake. */
export interface Doomed extends ObjectName {
  readonly uid?: string;
}

/** A Helm release that objects are deleted with. */
export interface OwningRelease {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Deletes objects, in the order in which Helm would, and waits until they are gone. One that has been replaced by a
 * namesake since it was looked at is left alone.
 *
 * @param release They are of this Helm release: those that name no namespace are in its own, and one that belongs to
 *   another release by now is left alone.
 * @throws Error naming what is still there after `timeoutSeconds`, with the finalizers that hold it
 */
export async function deleteAndWait(
  connection: Connection,
  objects: readonly Doomed[],
  timeoutSeconds: number,
  log?: Log,
  release?: OwningRelease,
): Promise<void> {
  const leaving: Leaving[] = [];
  for (const group of inGroups(objects)) {
    await inParallel(group, async (object) => {
      const found = await locate(connection, object, release?.namespace);
      if (!found) return;
      if (release && found.owner && isOfAnother(found, release)) {
        const { name, namespace = release.namespace } = found.owner;
        const owner = namespace === release.namespace ? name : `${namespace}/${name}`;
        log?.(`${found.label} belongs to Helm release ${owner} now: left alone`);
        return;
      }
      try {
        if (await remove(connection, found.path, found.uid)) log?.(`${found.label} deleted`);
        leaving.push(found);
      } catch (error) {
        // A namesake has taken the place of the one that was meant.
        const isReplaced = error instanceof ApiError && error.status === 409 && object.uid !== undefined;
        if (!isReplaced) throw error;
      }
    });
  }
  await untilGone(connection, leaving, timeoutSeconds);
}

/** Custom objects before all others: their definition, and who looks after them, may be among those. */
function inGroups<T extends ObjectName>(objects: readonly T[]): T[][] {
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
  leaving: readonly Leaving[],
  timeoutSeconds: number,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (let left = timeoutSeconds; ; left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000))) {
    try {
      return await waitUntilGone(connection, leaving, left);
    } catch (error) {
      if (!(error instanceof UnreachableError) || Date.now() > deadline) throw error;
      await pause(500);
    }
  }
}

/** An object that is there, with the Helm release that it says it is of. */
export interface Located extends Leaving {
  readonly owner?: { readonly name: string; readonly namespace: string | undefined };
}

/** Whether it says that it is of another release than this one. */
export function isOfAnother({ owner }: Located, { name, namespace }: OwningRelease): boolean {
  return owner !== undefined && (owner.name !== name || (owner.namespace ?? namespace) !== namespace);
}

/**
 * The object where it is now; undefined when it is gone.
 *
 * @param home Namespace of one that names none, although its kind has one.
 */
export async function locate(
  connection: Connection,
  object: Doomed,
  home?: string,
): Promise<Located | undefined> {
  const path = await objectPath(connection, object, home);
  const live = path && (await get<KubeObject>(connection, path));
  if (!live || (object.uid !== undefined && live.metadata.uid !== object.uid)) return undefined;
  const { uid, annotations } = live.metadata;
  const name = annotations?.["meta.helm.sh/release-name"];
  const namespace = annotations?.["meta.helm.sh/release-namespace"];
  return { label: objectText(object), path, uid, ...(name !== undefined && { owner: { name, namespace } }) };
}
