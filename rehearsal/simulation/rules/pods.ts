import type { V1Pod } from "@kubernetes/client-node";
import { endedAfterSeconds, readyAfterSeconds, tablesAnnotation } from "../database-program.ts";
import { delaySeconds, podStartSeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import {
  type DatabaseEndpoint,
  decidePodStart,
  type PodSurroundings,
  type StartDecision,
} from "../pod-start.ts";
import type { Item, World } from "../world.ts";
import { doContainerWork } from "./container-work.ts";

/** The mark by which KWOK's stage sees that a pod may start. */
const startAnnotation = "rehearsal.krateo.io/start";

/** The label by which CNPG marks the objects of a cluster. */
export const clusterLabel = "cnpg.io/cluster";

/** The label by which it tells the primary of a cluster (`rw`) from its standbys (`ro`). */
export const roleLabel = "cnpg.io/role";

/** Stand-in for kubelets: lets a pod start, some time after everything it needs is there. */
export const startPods: Rule = (world, { realistic }) =>
  waitingPods(world)
    .filter(({ decision }) => decision.start)
    .map(({ pod }) => ({
      key: `start pod ${label(pod)}`,
      afterSeconds: startSeconds(pod, realistic),
      run: async (api) => {
        await doContainerWork(api, world, pod);
        await api.patch("pods", pod, { metadata: { annotations: { [startAnnotation]: "true" } } });
      },
    }));

/** Stand-in for kubelets: shows on a pod why it does not start, and says so in an event. */
export const blockPods: Rule = (world) =>
  waitingPods(world).flatMap(({ pod, decision }): Intent[] => {
    if (decision.start || alreadyShown(pod, decision)) return [];
    return [
      {
        key: `block pod ${label(pod)}: ${decision.message}`,
        afterSeconds: 0.1,
        run: async (api) => {
          await api.patchStatus("pods", pod, blockedStatus(pod, decision));
          await api.create(blockedEvent(pod, decision));
        },
      },
    ];
  });

/** Stand-in for kubelets: starts a container again that has waited too long for its database to open its port. */
export const restartPods: Rule = (world) =>
  waitingPods(world).flatMap(({ pod, decision }): Intent[] => {
    const waited = waitedSeconds(pod);
    if (decision.start || waited === undefined) return [];
    const statuses: Item[] = pod.status.containerStatuses;
    return [
      {
        key: `restart pod ${label(pod)} after ${statuses[0]?.["restartCount"]} restarts`,
        afterSeconds: endedAfterSeconds - waited,
        run: async (api) => {
          const now = new Date().toISOString();
          const containerStatuses = statuses.map((status) => ({
            ...status,
            restartCount: status["restartCount"] + 1,
            lastState: { terminated: { exitCode: 1, reason: "Error", finishedAt: now } },
            state: { running: { startedAt: now } },
          }));
          await api.patchStatus("pods", pod, { containerStatuses });
        },
      },
    ];
  });

/** Seconds from now until the kubelet finds a pod ready. */
function startSeconds(pod: Item, realistic: boolean): number {
  if (pod.metadata?.ownerReferences?.some(({ kind }) => kind === "Job"))
    return delaySeconds("job", realistic);
  if (pod.metadata?.labels?.[roleLabel] === "ro") return delaySeconds("standby", realistic);
  const waited = waitedSeconds(pod);
  return realistic && waited !== undefined
    ? readyAfterSeconds(waited) - waited
    : podStartSeconds(releaseOf(pod), realistic);
}

/** For how long a pod's container has run without being ready; undefined for one that does not run. */
function waitedSeconds(pod: Item): number | undefined {
  const since = pod.status?.containerStatuses?.[0]?.state?.running?.startedAt;
  return since === undefined ? undefined : (Date.now() - Date.parse(since)) / 1000;
}

/** Tells a pod from all others, those of its name too. */
export function label({ metadata }: Item): string {
  return `${metadata?.namespace}/${metadata?.name} ${metadata?.uid}`;
}

/** Pods that have a node and are neither started nor ending, each with the decision about it. */
export function waitingPods(world: World): { pod: Item; decision: StartDecision }[] {
  const surroundings = new Map<string, PodSurroundings>();
  return world
    .list("pods")
    .filter(
      ({ metadata, spec, status }) =>
        spec.nodeName &&
        !metadata?.deletionTimestamp &&
        !metadata?.annotations?.[startAnnotation] &&
        (status?.phase === "Pending" || status?.phase === "Running"),
    )
    .map((pod) => {
      const namespace = pod.metadata?.namespace ?? "";
      const around = surroundings.get(namespace) ?? surroundingsOf(world, namespace);
      surroundings.set(namespace, around);
      return { pod, decision: decidePodStart(pod as V1Pod, around) };
    });
}

function surroundingsOf(world: World, namespace: string): PodSurroundings {
  const inside = (items: Item[]) => items.filter(({ metadata }) => metadata?.namespace === namespace);
  const keys = (items: Item[], ...fields: string[]) =>
    new Map(
      items.map((item) => [
        item.metadata?.name ?? "",
        fields.flatMap((field) => Object.keys(item[field] ?? {})),
      ]),
    );
  const clusters = new Map(
    inside(world.list("clusters")).map((cluster) => [cluster.metadata?.name ?? "", cluster]),
  );
  const claims = inside(world.list("claims"));
  const running = inside(world.list("pods")).filter(isReady);
  return {
    secrets: keys(inside(world.list("secrets")), "data"),
    configMaps: keys(inside(world.list("configMaps")), "data", "binaryData"),
    services: new Map(
      inside(world.list("services")).map((service) => {
        const database = databaseBehind(service, clusters, claims, running);
        return [service.metadata?.name ?? "", database ? { database } : {}];
      }),
    ),
  };
}

function databaseBehind(
  service: Item,
  clusters: ReadonlyMap<string, Item>,
  claims: readonly Item[],
  running: readonly Item[],
): DatabaseEndpoint | undefined {
  const name = service.metadata?.labels?.[clusterLabel];
  const cluster = name && clusters.get(name);
  if (!cluster) return undefined;
  const access = accessOf(service.metadata?.name?.slice(name.length + 1));
  const instances = running.filter(({ metadata }) => metadata?.labels?.[clusterLabel] === name);
  const volume = claims.find(({ metadata }) => metadata?.name === `${name}-1`);
  return {
    cluster: name,
    ready: instances.some(({ metadata }) => access === "r" || metadata?.labels?.[roleLabel] === access),
    instances: cluster.spec?.instances ?? 1,
    access,
    tables: volume?.metadata?.annotations?.[tablesAnnotation]?.split(" ") ?? [],
  };
}

function accessOf(suffix: string | undefined): DatabaseEndpoint["access"] {
  return suffix === "ro" || suffix === "r" ? suffix : "rw";
}

/** Whether an object's Ready condition is true. */
export function isReady(item: Item): boolean {
  return item.status?.conditions?.some(
    ({ type, status }: { type: string; status: string }) => type === "Ready" && status === "True",
  );
}

function releaseOf(pod: Item): string | undefined {
  const labels = pod.metadata?.labels ?? {};
  return labels[clusterLabel] ?? labels["app.kubernetes.io/instance"];
}

function alreadyShown(pod: Item, decision: Exclude<StartDecision, { start: true }>): boolean {
  return pod.status?.conditions?.some(
    ({ type, message }: { type: string; message?: string }) =>
      type === "Ready" && message?.endsWith(decision.message),
  );
}

function blockedStatus(pod: Item, decision: Exclude<StartDecision, { start: true }>): object {
  const now = new Date().toISOString();
  const running = decision.reason === "Unready";
  const before: Item[] = pod.status?.containerStatuses ?? [];
  const names: string[] = pod.spec.containers.map(({ name }: { name: string }) => name);
  const readiness = {
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: [${names.join(" ")}]: ${decision.message}`,
    lastTransitionTime: now,
  };
  const scheduled = (pod.status?.conditions ?? []).filter(
    ({ type }: { type: string }) => type === "PodScheduled",
  );
  const stateOf = (container: string) => {
    if (running) return { running: { startedAt: now } };
    if (decision.reason === "CreateContainerConfigError" && container === decision.container) {
      return { waiting: { reason: decision.reason, message: decision.message } };
    }
    return { waiting: { reason: "ContainerCreating" } };
  };
  return {
    phase: running ? "Running" : "Pending",
    conditions: [...scheduled, { type: "ContainersReady", ...readiness }, { type: "Ready", ...readiness }],
    containerStatuses: pod.spec.containers.map(({ name, image }: { name: string; image: string }) => {
      const same = before.find((status) => status["name"] === name && status["state"]?.running);
      // It runs on, and waits for something else now.
      if (running && same) return same;
      const state = stateOf(name);
      return { name, image, imageID: "", ready: false, started: running, restartCount: 0, state };
    }),
  };
}

function blockedEvent(pod: Item, decision: Exclude<StartDecision, { start: true }>) {
  const { namespace = "", name = "", uid } = pod.metadata ?? {};
  const now = new Date().toISOString();
  const reasons = { CreateContainerConfigError: "Failed", FailedMount: "FailedMount", Unready: "Unhealthy" };
  const prefixes = {
    CreateContainerConfigError: "Error: ",
    FailedMount: "",
    Unready: "Readiness probe failed: ",
  };
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${Date.now().toString(16)}`, namespace },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, uid },
    type: "Warning",
    reason: reasons[decision.reason],
    message: prefixes[decision.reason] + decision.message,
    source: { component: "kubelet", host: pod.spec.nodeName },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
