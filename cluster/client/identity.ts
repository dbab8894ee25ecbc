/** Reads the identity of a cluster. */
import { get, type KubeObject, pathOf } from "./api.ts";
import type { Connection } from "./connection.ts";
import type { RequestOptions } from "./request.ts";

/**
 * Identity of a cluster: the UID of its kube-system, which outlives a moved address and a renamed context.
 *
 * @returns undefined when there is no such namespace: what answers is hardly a Kubernetes API server
 * @throws as `get` in api.ts
 */
export async function readClusterUid(
  connection: Connection,
  options: RequestOptions = {},
): Promise<string | undefined> {
  const path = pathOf("v1", "namespaces", undefined, "kube-system");
  return (await get<KubeObject>(connection, path, options))?.metadata?.uid;
}
