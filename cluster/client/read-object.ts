/** Finds and reads one live object of any kind. */
import type { JsonObject } from "../../model/settings.ts";
import type { ObjectName } from "../../plan/removal/objects.ts";
import { get, pathOf, resourceOf } from "./api.ts";
import type { Connection } from "./connection.ts";
import type { RequestOptions } from "./request.ts";

/**
 * Path of an object of any kind, there or not; undefined where the cluster knows no such kind. Errors as `get` in api.ts.
 *
 * @param home Namespace of one that names none, although its kind has one.
 */
export async function objectPath(
  connection: Connection,
  { apiVersion, kind, name, namespace = "" }: ObjectName,
  home = "",
  options?: RequestOptions,
): Promise<string | undefined> {
  const resource = await resourceOf(connection, apiVersion, kind, options);
  return resource && pathOf(apiVersion, resource.plural, resource.namespaced ? namespace || home : "", name);
}

/** Reads one live object of any kind; undefined when there is none, or no such kind. Parameters and errors as of `objectPath`. */
export async function readObject<T = JsonObject>(
  connection: Connection,
  object: ObjectName,
  home?: string,
  options?: RequestOptions,
): Promise<T | undefined> {
  const path = await objectPath(connection, object, home, options);
  return path === undefined ? undefined : await get<T>(connection, path, options);
}
