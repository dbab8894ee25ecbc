/** Says why a pod is not ready. */
import type { CoreV1Event, V1ContainerStatus, V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import { amount } from "../../model/amount.ts";
import { isPodReady } from "./workload.ts";

/** Warning events and claims of a namespace, for telling why its pods do not start. */
export interface NamespaceState {
  readonly namespace: string;
  readonly events: readonly CoreV1Event[];
  readonly claims: readonly V1PersistentVolumeClaim[];
  readonly now: Date;
}

/** Why a pod is not ready, one sentence a line, the command to look further last; empty for one that is. */
export function troubleOfPod(pod: V1Pod, around: NamespaceState): string[] {
  if (isPodReady(pod)) return [];
  const name = pod.metadata?.name ?? "";
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const troubled = containers.flatMap((container) => {
    const trouble = troubleOfContainer(container);
    return trouble ? [{ container: container.name, trouble }] : [];
  });
  const lines = [
    ...scheduling(pod),
    ...unboundClaims(pod, around),
    ...troubled.map(({ container, trouble }) => `container ${container}: ${trouble}`),
  ];
  const state = lines.length > 0 ? lines : [`${pod.status?.phase ?? "Pending"}, ${unready(pod)}`];
  const crashed = troubled.find(({ trouble }) => trouble.includes("exit code"));
  const look = crashed
    ? `kubectl logs ${name} -c ${crashed.container} -n ${around.namespace} --previous`
    : `kubectl describe pod ${name} -n ${around.namespace}`;
  return [
    ...state.map((line) => `Pod ${name}: ${line}`),
    ...lastWarning(around, "Pod", name, pod.metadata?.uid),
    `look further: ${look}`,
  ];
}

/** Waiting reasons that pass by themselves and say nothing. */
const ordinary = ["ContainerCreating", "PodInitializing"];

function troubleOfContainer(status: V1ContainerStatus): string | undefined {
  const ended = status.lastState?.terminated ?? status.state?.terminated;
  const exit = ended ? `exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ""}` : "";
  const waiting = status.state?.waiting;
  if (waiting?.reason && !ordinary.includes(waiting.reason)) {
    const restarts = ended ? `, ${amount(status.restartCount, "restart")}, last ${exit}` : "";
    return `${waiting.reason}${waiting.message && !ended ? `: ${waiting.message}` : ""}${restarts}`;
  }
  const terminated = status.state?.terminated;
  if (terminated && terminated.exitCode !== 0) return `ended with ${exit}`;
  if (status.state?.running && !status.ready && status.restartCount > 0) {
    return `running, but not ready after ${amount(status.restartCount, "restart")}, last ${exit}`;
  }
  return undefined;
}

function scheduling(pod: V1Pod): string[] {
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === "PodScheduled");
  if (scheduled?.status !== "False") return [];
  return [`not scheduled: ${scheduled.message ?? scheduled.reason ?? "no reason given"}`];
}

function unboundClaims(pod: V1Pod, { claims }: NamespaceState): string[] {
  const names = (pod.spec?.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  return names.flatMap((name) => {
    const claim = claims.find((candidate) => candidate.metadata?.name === name);
    if (!claim) return [`PersistentVolumeClaim ${name} does not exist`];
    return claim.status?.phase === "Bound" ? [] : [`PersistentVolumeClaim ${name} is ${claim.status?.phase}`];
  });
}

function unready(pod: V1Pod): string {
  const condition = ["Initialized", "ContainersReady", "Ready"]
    .map((type) => pod.status?.conditions?.find((candidate) => candidate.type === type))
    .find((candidate) => candidate?.status === "False");
  return condition
    ? `${condition.type} is False${condition.message ? `: ${condition.message}` : ""}`
    : "not ready yet";
}

/** The latest warning about an object, as a line of its own; none when there is none. */
export function lastWarning(around: NamespaceState, kind: string, name: string, uid?: string): string[] {
  const latest = around.events
    .filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === name)
    .filter(({ involvedObject }) => !uid || !involvedObject.uid || involvedObject.uid === uid)
    .toSorted((one, other) => timeOf(other) - timeOf(one))[0];
  if (!latest) return [];
  const seconds = Math.max(0, Math.round((around.now.getTime() - timeOf(latest)) / 1000));
  const times = (latest.count ?? 1) > 1 ? `, ${latest.count} times` : "";
  return [`last event: ${latest.reason}: ${latest.message?.trim()} (${seconds} s ago${times})`];
}

function timeOf(event: CoreV1Event): number {
  const time = event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  return time ? new Date(time).getTime() : 0;
}
