/** Tells of the pod that a run is in, or was. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { get, type KubeObject, pathOf } from "../client/api.ts";
import { type Connection, serviceAccountFolder } from "../client/connection.ts";

/** A pod, told apart from a later one of the same name. */
export interface RunPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface PodObject extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: { readonly running?: { readonly startedAt?: string } };
    }[];
  };
}

/** Several requests must fit into a Lease's duration. */
const timeoutSeconds = 5;

/** The namespace of the pod that this process is in; undefined outside of one. */
export function ownNamespace(folder: string = serviceAccountFolder): string | undefined {
  try {
    return readFileSync(join(folder, "namespace"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The pod that this process is in, if the API server knows one by the name of this host in that namespace: one in the
 * network of its node has the node's name.
 *
 * @param namespace As `ownNamespace` gives it.
 * @returns undefined also where this account may not read it, or nobody answers
 */
export async function ownPod(
  connection: Connection,
  namespace: string | undefined = ownNamespace(),
): Promise<RunPod | undefined> {
  if (namespace === undefined) return undefined;
  const name = hostname();
  const pod = await readPod(connection, { namespace, name }).catch(() => undefined);
  return pod && { namespace, name, uid: pod.metadata.uid };
}

/** True when a pod is gone, has been replaced, or runs no container any more. False also where nobody can tell. */
export async function hasEnded(connection: Connection, { uid, ...place }: RunPod): Promise<boolean> {
  try {
    const pod = await readPod(connection, place);
    return pod === undefined || pod.metadata.uid !== uid || !isAlive(pod);
  } catch {
    return false;
  }
}

/**
 * What became of the pod of a host's name since a moment: `ended`, when it runs no container any more, or has been made
 * or started anew since.
 *
 * @param since Milliseconds since 1970, by the clock of the pod's node.
 * @returns undefined where there is no such pod: the host may never have been one; or nobody can tell
 */
export async function podSince(
  connection: Connection,
  place: { readonly namespace: string; readonly name: string },
  since: number,
): Promise<"running" | "ended" | undefined> {
  const pod = await readPod(connection, place).catch(() => undefined);
  if (pod === undefined) return undefined;
  const starts = (pod.status?.containerStatuses ?? []).flatMap(
    ({ state }) => state?.running?.startedAt ?? [],
  );
  const isOlder = (time: string | undefined): boolean => Date.parse(time ?? "") <= since;
  const ranThen = isOlder(pod.metadata.creationTimestamp) && starts.some(isOlder);
  return isAlive(pod) && ranThen ? "running" : "ended";
}

/** Of a pod whose node is away nobody knows: it counts as alive. */
function isAlive({ status }: PodObject): boolean {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return false;
  const containers = status?.containerStatuses ?? [];
  return containers.length === 0 || containers.some(({ state }) => state?.running !== undefined);
}

async function readPod(
  connection: Connection,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<PodObject | undefined> {
  return await get<PodObject>(connection, pathOf("v1", "pods", namespace, name), { timeoutSeconds });
}
