/** Reads and patches the object that a manifest describes. */
import type { JsonObject } from "../../model/settings.ts";
import { get, patch } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { objectPath } from "../client/read-object.ts";
import { isUnstructured } from "./unstructured.ts";

/** An object of a manifest, and what the cluster has of it. */
export interface LiveObject {
  readonly planned: ManifestObject;
  /** Path below the API server; undefined when the cluster doesn't know its kind. */
  readonly path: string | undefined;
  /** Undefined when it is missing. */
  readonly live: ManifestObject | undefined;
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
  const path = await objectPath(connection, { apiVersion, kind, ...metadata }, home);
  return { planned, path, live: path === undefined ? undefined : await get(connection, path) };
}

/** The collection that an object's path is in. */
export function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
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
