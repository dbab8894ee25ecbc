/** Asks the cluster about a Pulumi engine that runs, or ran, on another host or in a pod. */
import { leaseName } from "../../model/inventory.ts";
import { get } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import { isOfEngine, type LeaseObject, leasePath, readLease } from "./record.ts";
import { ownNamespace, podSince } from "./run-pod.ts";

/** What is known of an engine, with how. */
export interface EngineState {
  readonly isRunning: boolean;
  /** As the end of a sentence about it. */
  readonly because: string;
}

/**
 * Whether an engine still runs: by the Lease, when its run held that last, else by the pod that has the host's name, in the
 * namespace of the installation or in that of this process.
 *
 * @param engine Where and since when it ran, in milliseconds since 1970 by that host's clock.
 * @param say Told in a sentence why it takes a while.
 * @returns undefined where nobody knows: it ran on a machine that is no pod, and its run does not hold the Lease
 * @throws as `get` in api.ts
 */
export async function engineState(
  connection: Connection,
  namespace: string,
  engine: { readonly host: string; readonly pid: number; readonly begun: number },
  say?: (line: string) => void,
): Promise<EngineState | undefined> {
  const lease = await get<LeaseObject>(connection, leasePath(namespace, leaseName));
  if (lease && isOfEngine(lease, engine)) {
    const isRunning = (await readLease(connection, namespace, { say }))?.ended === false;
    return { isRunning, because: isRunning ? "its run renews the Lease" : "its run's Lease has ended" };
  }
  for (const place of new Set([ownNamespace() ?? namespace, namespace])) {
    const pod = { namespace: place, name: engine.host };
    const state = await podSince(connection, pod, engine.begun);
    if (state !== undefined) {
      const because = state === "running" ? "runs" : "has ended, or has been started again";
      return { isRunning: state === "running", because: `its pod ${place}/${engine.host} ${because}` };
    }
  }
  return undefined;
}
