/** Pods that the simulated kubelet has given up on. */
import { setTimeout as pause } from "node:timers/promises";
import { type KubeObject, list, pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { paths } from "./rehearsal.ts";

interface Pod extends KubeObject {
  readonly status: { readonly phase?: string };
}

/**
 * Replaces pods that do not start until `work` is done: the simulated kubelet gives up on a pod whose status it could
 * not write, where a real one tries again.
 */
export async function withNewPods<T>(work: Promise<T>): Promise<T> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const pods = pathOf("v1", "pods", "krateo-system");
  let done = false;
  const finish = (): void => {
    done = true;
  };
  work.then(finish, finish);
  for (let seconds = 0; !done; seconds += 1) {
    await pause(1000);
    if (seconds % 8 !== 7) continue;
    for (const { metadata, status } of await list<Pod>(connection, pods)) {
      const age = Date.now() - Date.parse(metadata.creationTimestamp ?? "");
      if (status.phase === "Pending" && age > 8000) await remove(connection, `${pods}/${metadata.name}`);
    }
  }
  return await work;
}
