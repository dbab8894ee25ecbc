/** Reads one live object of any kind. */
import type { JsonObject } from "../../model/settings.ts";
import { get, pathOf, resourceOf } from "./api.ts";
import type { Connection } from "./connection.ts";

/**
 * Reads one live object of any kind.
 *
 * @returns undefined when there is none, or no such kind
 * @throws UnreachableError; ConfigurationError when the user may not read it
 */
export async function readObject(
  connection: Connection,
  reference: { apiVersion: string; kind: string; name: string; namespace?: string },
): Promise<JsonObject | undefined> {
  const resource = await resourceOf(connection, reference.apiVersion, reference.kind);
  if (!resource) return undefined;
  const namespace = resource.namespaced ? reference.namespace : undefined;
  return await get<JsonObject>(
    connection,
    pathOf(resource.apiVersion, resource.plural, namespace, reference.name),
  );
}
