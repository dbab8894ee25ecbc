/** Restarts workloads and waits until their new pods are ready. */
import { setTimeout as pause } from "node:timers/promises";
import { get, type KubeObject, patch } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import { readinessOf } from "./diagnose/workload.ts";
import { describeOutdated, type Outdated, workloadPath } from "./outdated-pods.ts";

/** What `kubectl rollout restart` sets, too. */
const annotation = "kubectl.kubernetes.io/restartedAt";

/**
 * Lets a workload start new pods, as its own strategy says, and waits until they do the work. Safe to repeat: the
 * same change of a ConfigMap leads to one restart.
 *
 * @returns a line that says what was done
 * @throws Error when its pods are not ready within `timeoutSeconds`; otherwise as `get` in api.ts
 */
export async function restart(
  connection: Connection,
  outdated: Outdated,
  timeoutSeconds: number,
): Promise<string> {
  const { kind, name, namespace, changedAt } = outdated;
  const path = workloadPath(outdated);
  const template = { metadata: { annotations: { [annotation]: changedAt } } };
  await patch(connection, path, "application/strategic-merge-patch+json", { spec: { template } });
  const deadline = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const live = await get<KubeObject>(connection, path);
    if (!live) return `${kind} ${name} is gone: nothing to restart`;
    const { ready, detail } = isRolledOut(live) ? readinessOf(kind, live) : rolling;
    if (ready) return `restarted ${describeOutdated(outdated)}`;
    if (performance.now() > deadline) {
      const look = `kubectl describe ${kind.toLowerCase()} ${name} -n ${namespace}`;
      throw new Error(
        `${kind} ${name} was restarted, and is not ready after ${timeoutSeconds} s: ${detail}; look further: ${look}`,
      );
    }
    await pause(1000);
  }
}

const rolling = { ready: false, detail: "its new pods are still being started" };

interface RolledOut {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly updatedNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
  };
}

/** No pod of before is left: readiness alone would be that of the old ones. */
function isRolledOut({ metadata, ...live }: KubeObject): boolean {
  const { status = {} } = live as RolledOut;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  if (status.updateRevision !== undefined) return status.updateRevision === status.currentRevision;
  if (status.desiredNumberScheduled !== undefined)
    return (status.updatedNumberScheduled ?? 0) >= status.desiredNumberScheduled;
  return (status.updatedReplicas ?? 0) >= (status.replicas ?? 0);
}
