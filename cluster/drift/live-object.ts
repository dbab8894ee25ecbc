/** Compares a manifest's object with the live one. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../model/settings.ts";
import { ask, dryRun, get, patch, pathOf, resourceOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { type Difference, objectDifferences, withEncodedData } from "./object-difference.ts";
import { isUnstructured } from "./unstructured.ts";

/** An object of a manifest, and what the cluster has of it. */
export interface LiveObject {
  readonly planned: ManifestObject;
  /** Undefined for a kind without namespaces, and for one that the cluster does not know. */
  readonly namespace: string | undefined;
  /** Path below the API server; undefined when the cluster doesn't know its kind. */
  readonly path: string | undefined;
  /** Undefined when it is missing. */
  readonly live: JsonObject | undefined;
}

/**
 * Reads what the cluster has of an object in a manifest.
 *
 * @param home Namespace of objects that name none.
 * @throws as `get` in api.ts
 */
export async function readLive(
  connection: Connection,
  planned: ManifestObject,
  home: string,
): Promise<LiveObject> {
  const { apiVersion, kind, metadata } = planned;
  const resource = await resourceOf(connection, apiVersion, kind);
  if (!resource) return { planned, namespace: undefined, path: undefined, live: undefined };
  const namespace = resource.namespaced ? (metadata.namespace ?? home) : undefined;
  const path = pathOf(apiVersion, resource.plural, namespace, metadata.name);
  return { planned, namespace, path, live: await get<JsonObject>(connection, path) };
}

/**
 * In which fields an object is not as its manifest says. Where it seems to differ, the API server is asked, without
 * changing anything, what it would make of the manifest: a field that it drops or that admission rewrites is no drift,
 * though it never reads as written. Who may not ask gets the comparison alone.
 *
 * @throws as `get` in api.ts
 */
export async function driftOf(
  connection: Connection,
  { planned, live, path }: LiveObject,
): Promise<Difference[]> {
  if (!live || !path) return [{ path: [], planned: withEncodedData(planned), live: undefined }];
  const differences = objectDifferences(planned, live);
  if (differences.length === 0) return [];
  const applied = await merge(connection, path, planned, dryRun).catch(() => undefined);
  const lasting = applied ? byPath(objectDifferences(planned, applied)) : new Map<string, Difference>();
  const passing = differences.filter((one) => !lasting.has(keyOf(one)));
  if (passing.length === 0) return [];
  const made = await madeAnew(connection, planned, path).catch(() => undefined);
  const admitted = made ? byPath(objectDifferences(planned, made)) : new Map<string, Difference>();
  return passing.filter((one) => {
    const found = admitted.get(keyOf(one));
    return !found || found.live === undefined || !isDeepStrictEqual(found.live, one.live);
  });
}

const keyOf = ({ path }: Difference): string => path.join("\n");

function byPath(differences: readonly Difference[]): Map<string, Difference> {
  return new Map(differences.map((one) => [keyOf(one), one]));
}

/**
 * What the API server would make of a manifest if the object were new. Nothing is changed. It shows what admission
 * rewrites only then, and what nothing can put back where a field is fixed, as a Job's image is.
 */
async function madeAnew(
  connection: Connection,
  planned: ManifestObject,
  path: string,
): Promise<JsonObject | undefined> {
  const { name: _, ...metadata } = planned.metadata;
  const body = { ...planned, metadata: { ...metadata, generateName: "krateo-diff-" } };
  const collection = path.slice(0, path.lastIndexOf("/"));
  return await ask<JsonObject>(connection, collection, body, { query: dryRun });
}

/**
 * Sets the fields of an object to what a patch says, and no others, with the kind of patch that Helm sends for its kind.
 *
 * @returns the object after it; undefined when there is none
 * @throws as `get` in api.ts
 */
export async function merge(
  connection: Connection,
  path: string,
  body: JsonObject & { apiVersion: string },
  query: Readonly<Record<string, string>> = {},
): Promise<JsonObject | undefined> {
  const kind = isUnstructured(body) ? "merge" : "strategic-merge";
  return await patch<JsonObject>(connection, path, `application/${kind}-patch+json`, body, query);
}
