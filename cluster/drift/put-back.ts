/** Puts objects back to their manifest before Helm upgrades the release. */
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ConfigurationError } from "../../model/problem.ts";
import { isMap } from "../../model/secret-value.ts";
import type { JsonObject } from "../../model/settings.ts";
import { create, get, type KubeObject, remove, replace } from "../client/api.ts";
import { ApiError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import { type ManifestObject, nameOf, parseManifest } from "../client/manifest.ts";
import { inParallel } from "../client/parallel.ts";
import { readApplied } from "../client/releases.ts";
import { collectionOf, type LiveObject, merge, readLive } from "./live-object.ts";
import { type Means, meansFor, replacement } from "./means.ts";
import { driftOf } from "./object-difference.ts";
import { isUnstructured } from "./unstructured.ts";

/** An object of a Helm release that differs from its manifest, and how it is brought back. */
export interface PutBack extends LiveObject {
  readonly means: Means;
}

/**
 * What an upgrade by Helm would leave as it is or fail on, of a release that is upgraded: objects that differ from the
 * manifest of the installed revision in a way that no merge mends, and custom resources, which Helm upgrades by the
 * difference between two manifests, none when the same one is applied again. Changes nothing.
 *
 * @param manifest What the upgrade will apply; undefined: it is not known, and that of the installed revision counts.
 * @throws as `get` in api.ts; ConfigurationError when the release's record cannot be read
 */
export async function findPutBack(
  connection: Connection,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  manifest?: string,
): Promise<PutBack[]> {
  const release = await readApplied(connection, namespace, name);
  if (!release) return [];
  const installed = parseManifest(release.manifest);
  const wanted = manifest === undefined ? installed : parseManifest(manifest);
  const found = await inParallel(wanted, async (planned): Promise<PutBack[]> => {
    const object = await readLive(connection, planned, namespace);
    const { live, path } = object;
    if (!path || (!live && manifest === undefined)) return [];
    const former = installed.find((one) => isSameObject(one, planned)) ?? planned;
    const isEdited = live !== undefined && (await driftOf(connection, object)).differences.length > 0;
    if (live && !isEdited && isDeepStrictEqual(former, planned)) return [];
    const means = await meansFor(connection, object, former);
    const isLeft = isEdited && isUnstructured(planned);
    return !means || (means.how === "merge" && !isLeft) ? [] : [{ ...object, means }];
  });
  return found.flat();
}

/**
 * Puts it back. Fields that the manifest doesn't set stay where a merge can do it; objects that are missing are Helm's to
 * make.
 *
 * @param manifest As of `findPutBack`.
 * @param asked Somebody asked for just this release: only then a custom resource is put back, and an object deleted and
 *   made again. Any other upgrade may be on its way to what is live already.
 * @returns what was done, an entry for each object
 * @throws as `get` in api.ts; Error when a deleted object does not go
 */
export async function putBack(
  connection: Connection,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  asked: boolean,
  manifest?: string,
): Promise<string[]> {
  const found = await findPutBack(connection, { name, namespace }, manifest).catch((error: unknown) => {
    // A user who may upgrade a release may lack the right to read all of it, and Helm needs no more than it needed before.
    if (asked || !(error instanceof ConfigurationError)) throw error;
    return [];
  });
  const due = found.filter(({ means }) => asked || means.how === "replace");
  const done = await inParallel(due, async ({ planned, live, path, means }) => {
    if (!live || !path) return [];
    const what = nameOf(planned);
    if (means.how === "merge") await merge(connection, path, planned);
    else if (means.how === "replace") await replaceWhole(connection, path, planned);
    else if (means.how === "recreate") await recreate(connection, path, planned, live);
    else return [];
    return [means.how === "recreate" ? `${what} (deleted and made again)` : what];
  });
  return done.flat();
}

function isSameObject(one: ManifestObject, other: ManifestObject): boolean {
  const group = ({ apiVersion }: ManifestObject) => apiVersion.split("/").slice(0, -1).join("");
  return (
    one.kind === other.kind &&
    group(one) === group(other) &&
    one.metadata.name === other.metadata.name &&
    one.metadata.namespace === other.metadata.namespace
  );
}

/** Controllers write to an object at any time, so what was read may be out of date. */
async function replaceWhole(
  connection: Connection,
  path: string,
  planned: ManifestObject,
  attempt = 1,
): Promise<void> {
  const live = await get<JsonObject>(connection, path);
  if (!live) return;
  try {
    await replace(connection, path, replacement(planned, live));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409 || attempt === 5) throw error;
    await replaceWhole(connection, path, planned, attempt + 1);
  }
}

/** How long a deleted object may take to go: a cloud takes a while to remove a load balancer. */
const goneWithinSeconds = 120;

async function recreate(
  connection: Connection,
  path: string,
  planned: ManifestObject,
  live: JsonObject,
): Promise<void> {
  const { uid } = (live as unknown as KubeObject).metadata;
  await remove(connection, path, uid);
  for (let waited = 0; await get(connection, path); waited++) {
    if (waited === goneWithinSeconds) {
      throw new Error(
        `${nameOf(planned)} was deleted to be made again, and is still there after ` +
          `${goneWithinSeconds} s: a finalizer holds it; once it is gone, run again`,
      );
    }
    await pause(1000);
  }
  await create(connection, collectionOf(path), remake(planned, live));
}

/** What the manifest says, with what others have added to the object; a Service with the node ports that it had. */
function remake(planned: ManifestObject, live: JsonObject): JsonObject {
  const { status, ...whole } = replacement(planned, live);
  const { uid, resourceVersion, creationTimestamp, generation, managedFields, ...metadata } = whole[
    "metadata"
  ] as JsonObject;
  const ports = planned.kind === "Service" ? withNodePorts(planned, live) : {};
  return { ...whole, ...ports, metadata };
}

function withNodePorts({ spec }: JsonObject, live: JsonObject): JsonObject {
  const { type, ports, ...rest } = spec as JsonObject;
  if (type !== "NodePort" && type !== "LoadBalancer") return {};
  const before = portsIn(live["spec"] as JsonObject);
  const kept = portsIn({ ports: ports ?? [] }).map((port) => {
    const { nodePort } = before.find(({ name }) => name === port["name"]) ?? {};
    return { ...(nodePort !== undefined && { nodePort }), ...port };
  });
  return { spec: { ...rest, type, ports: kept } };
}

function portsIn({ ports }: JsonObject): JsonObject[] {
  return Array.isArray(ports) ? ports.filter(isMap) : [];
}
