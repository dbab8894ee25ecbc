/** Checks that a namespace exists. */
import { ConfigurationError } from "../../model/problem.ts";
import { get, pathOf } from "./api.ts";
import type { Connection } from "./connection.ts";

/** @throws as `get` in api.ts: whoever may not ask is no proof. */
export async function namespaceExists(connection: Connection, namespace: string): Promise<boolean> {
  return (await get(connection, pathOf("v1", "namespaces", undefined, namespace))) !== undefined;
}

/**
 * Stops at a namespace that is not there: that nothing is found in a misspelt one would be a false comfort.
 *
 * @throws ConfigurationError
 */
export async function requireNamespace(connection: Connection, namespace: string): Promise<void> {
  if (await namespaceExists(connection, namespace)) return;
  throw new ConfigurationError([
    {
      what: `namespace ${namespace} does not exist in the cluster at ${connection.server} (context ${connection.context})`,
      next: "name another --namespace or --context; nothing was changed",
    },
  ]);
}
