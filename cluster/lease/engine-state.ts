/** Asks the cluster about a Pulumi engine that runs, or ran, on another host or in a pod. */
import { hostname } from "node:os";
import { leaseName } from "../../model/inventory.ts";
import { get } from "../client/api.ts";
import { type Connection, ownCluster } from "../client/connection.ts";
import { isOfEngine, type LeaseObject, leasePath, readLease } from "./record.ts";
import { ownNamespace, podSince } from "./run-pod.ts";

/** A namespace of a cluster. */
interface PodPlace {
  readonly cluster: Connection;
  readonly namespace: string;
}

/** What is known of an engine, with how. */
export interface EngineState {
  readonly isRunning: boolean;
  /** As the end of a sentence about it. */
  readonly because: string;
}

/**
 * Whether an engine still runs: by the Lease, when its run held that last, else by the pod that has the host's name, in the
 * namespace of this process's own pod or in that of the installation.
 *
 * @param connection To the cluster of the installation. A hub's pods are on another one.
 * @param engine Where and since when it ran, in milliseconds since 1970 by that host's clock; no process of this pod.
 * @param options `say`: told in a sentence why it takes a while; `own`: where the pod of this process is; undefined outside of one.
 * @returns undefined where nobody knows: it ran on a machine that is no pod, and its run does not hold the Lease
 * @throws as `get` in api.ts
 */
export async function engineState(
  connection: Connection,
  namespace: string,
  engine: { readonly host: string; readonly pid: number; readonly begun: number },
  {
    say,
    own = ownPlace(),
  }: { readonly say?: (line: string) => void; readonly own?: PodPlace | undefined } = {},
): Promise<EngineState | undefined> {
  const lease = await get<LeaseObject>(connection, leasePath(namespace, leaseName));
  if (lease && isOfEngine(lease, engine)) {
    const isRunning = (await readLease(connection, namespace, { say }))?.ended === false;
    return { isRunning, because: isRunning ? "its run renews the Lease" : "its run's Lease has ended" };
  }
  for (const place of [...(own ? [own] : []), { cluster: connection, namespace }]) {
    const pod = { namespace: place.namespace, name: engine.host };
    const state = await podSince(place.cluster, pod, engine.begun);
    if (state === undefined) continue;
    const isThisPod = place === own && engine.host === hostname();
    const isRunning = state === "running" && !isThisPod;
    const elsewhere = isRunning ? "runs" : "has ended, or has been started again";
    return {
      isRunning,
      because: `its pod ${pod.namespace}/${pod.name} ${isThisPod ? "runs this command" : elsewhere}`,
    };
  }
  return undefined;
}

function ownPlace(): PodPlace | undefined {
  const cluster = ownCluster();
  const namespace = ownNamespace();
  return cluster && namespace !== undefined ? { cluster, namespace } : undefined;
}
