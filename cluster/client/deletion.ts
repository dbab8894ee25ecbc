import { setTimeout as pause } from "node:timers/promises";
import { get, type KubeObject, pathOf, remove, resourceOf } from "./api.ts";
import type { Connection } from "./connection.ts";
import { type ManifestObject, nameOf } from "./manifest.ts";

export type Log = (line: string) => void;

/** A live object on its way out. */
interface Leaving {
  readonly label: string;
  readonly path: string;
  readonly uid: string;
}

const pollMilliseconds = 500;

/**
 * Deletes the objects of a Helm release one after another, in the order given, and waits until all are gone.
 * An object that belongs to another Helm release by now is left alone.
 *
 * @throws Error naming what is still there after `timeoutSeconds`, with the finalizers that hold it; else as `get`
 */
export async function deleteObjects(
  connection: Connection,
  release: { readonly name: string; readonly namespace: string },
  objects: readonly ManifestObject[],
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  const leaving: Leaving[] = [];
  for (const object of objects) {
    const found = await findLive(connection, object, release.namespace);
    if (!found) continue;
    const owner = found.live.metadata.annotations?.["meta.helm.sh/release-name"];
    if (owner !== undefined && owner !== release.name) {
      log(`${nameOf(object)} belongs to Helm release ${owner} now: left alone`);
      continue;
    }
    if (await remove(connection, found.path, found.live.metadata.uid)) log(`${nameOf(object)} deleted`);
    leaving.push({ label: nameOf(object), path: found.path, uid: found.live.metadata.uid });
  }
  await waitUntilGone(connection, leaving, timeoutSeconds);
}

async function findLive(connection: Connection, object: ManifestObject, namespace: string) {
  const { apiVersion, kind, metadata } = object;
  const resource = await resourceOf(connection, apiVersion, kind);
  if (!resource) return undefined;
  const scope = resource.namespaced ? (metadata.namespace ?? namespace) : undefined;
  const path = pathOf(apiVersion, resource.plural, scope, metadata.name);
  const live = await get<KubeObject>(connection, path);
  return live && { path, live };
}

/** Waits until each of the objects is gone or replaced by a namesake. @throws Error naming those that are left */
export async function waitUntilGone(
  connection: Connection,
  leaving: readonly Leaving[],
  timeoutSeconds: number,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  let left = leaving;
  for (;;) {
    const checked = await Promise.all(
      left.map(async (one) => ({ one, live: await get<KubeObject>(connection, one.path) })),
    );
    const remaining = checked.filter(({ one, live }) => live?.metadata.uid === one.uid);
    if (remaining.length === 0) return;
    if (Date.now() > deadline) {
      const names = remaining.map(({ one, live }) => {
        const finalizers = live?.metadata.finalizers?.join(", ");
        return finalizers ? `${one.label} (held by finalizer ${finalizers})` : one.label;
      });
      throw new Error(`after ${timeoutSeconds} s these are still there: ${names.join("; ")}`);
    }
    left = remaining.map(({ one }) => one);
    await pause(pollMilliseconds);
  }
}
