/** Pods that are older than the configuration which they read when they start. */
import type { V1LabelSelector, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import type { ChartStep } from "../model/settings.ts";
import { type KubeObject, list, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { RequestOptions } from "./client/request.ts";

/** A workload with pods that go on with a configuration of before. */
export interface Outdated {
  readonly kind: keyof typeof plurals;
  readonly name: string;
  readonly namespace: string;
  /** Helm release that it belongs to. */
  readonly release: string;
  readonly configMap: string;
  /** When the ConfigMap's content was changed, as the API server has it: RFC 3339, whole seconds. */
  readonly changedAt: string;
  /** When the oldest of its pods was started. */
  readonly startedAt: string;
}

const plurals = { Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const;

interface Workload extends KubeObject {
  readonly spec?: {
    readonly selector?: V1LabelSelector;
    readonly template?: { readonly spec?: V1PodSpec };
  };
}

interface ManagedObject extends KubeObject {
  readonly metadata: KubeObject["metadata"] & {
    readonly managedFields?: readonly {
      readonly time?: string;
      readonly fieldsV1?: Readonly<Record<string, unknown>>;
    }[];
  };
}

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Path of one of the workloads. */
export function workloadPath({ kind, namespace, name }: Omit<Outdated, "changedAt" | "startedAt">): string {
  return pathOf("apps/v1", plurals[kind], namespace, name);
}

/**
 * Looks, in the namespaces of the Helm releases of some steps, for pods of those releases that are older than a ConfigMap
 * which they read only when they start. Changes nothing.
 *
 * @throws as `get` in api.ts
 */
export async function readOutdated(
  connection: Connection,
  steps: readonly Pick<ChartStep, "release">[],
  options: RequestOptions = {},
): Promise<Outdated[]> {
  const releases = steps.map(({ release }) => release);
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))].sort();
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      const names = releases.filter((one) => one.namespace === namespace).map(({ name }) => name);
      const kinds = Object.keys(plurals) as Outdated["kind"][];
      const [pods, maps, ...workloads] = await Promise.all([
        list<V1Pod>(connection, pathOf("v1", "pods", namespace), options),
        list<ManagedObject>(connection, pathOf("v1", "configmaps", namespace), {
          ...options,
          accept: metadataOnly,
        }),
        ...kinds.map((kind) =>
          list<Workload>(connection, pathOf("apps/v1", plurals[kind], namespace), options),
        ),
      ]);
      return workloads.flatMap((some, index) =>
        some
          .filter((one) => names.includes(releaseOf(one) ?? ""))
          .flatMap((one) => outdated(kinds[index] as Outdated["kind"], one, pods, maps) ?? []),
      );
    }),
  );
  return found.flat();
}

/** In words, for a person. */
export function describeOutdated({ kind, name, configMap, changedAt }: Outdated): string {
  return `${kind} ${name} (ConfigMap ${configMap} changed ${changedAt})`;
}

/** Helm writes on every object whose it is. */
function releaseOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.["meta.helm.sh/release-name"];
}

function outdated(
  kind: Outdated["kind"],
  workload: Workload,
  pods: readonly V1Pod[],
  maps: readonly ManagedObject[],
): Outdated | undefined {
  const { name, namespace = "" } = workload.metadata;
  const read = configMapsReadAtStart(workload.spec?.template?.spec);
  const changed = maps
    .filter((map) => read.has(map.metadata.name))
    .map((map) => ({ configMap: map.metadata.name, changedAt: contentChangedAt(map) }))
    .toSorted((one, other) => other.changedAt.localeCompare(one.changedAt))[0];
  const started = podsOf(workload, pods).map(startedAt).toSorted()[0];
  if (changed === undefined || started === undefined || started >= changed.changedAt) return undefined;
  const release = releaseOf(workload) as string;
  return { kind, name, namespace, release, ...changed, startedAt: started };
}

/**
 * Environments and files mounted alone are read once. A mounted folder is brought up to date in the running pod; one
 * that stands in no ConfigMap, or is optional and absent, is nobody's.
 */
function configMapsReadAtStart(spec: V1PodSpec | undefined): Set<string> {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const names = containers.flatMap(({ env = [], envFrom = [], volumeMounts = [] }) => [
    ...envFrom.map(({ configMapRef }) => configMapRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
    ...volumeMounts
      .filter(({ subPath, subPathExpr }) => subPath || subPathExpr)
      .map((mount) => spec?.volumes?.find(({ name }) => name === mount.name)?.configMap?.name),
  ]);
  return new Set(names.filter((name) => name !== undefined));
}

/** When somebody changed its content last; labels and annotations do not count where they are managed alone. */
function contentChangedAt({ metadata }: ManagedObject): string {
  const times = (metadata.managedFields ?? [])
    .filter(({ fieldsV1 = {} }) => "f:data" in fieldsV1 || "f:binaryData" in fieldsV1)
    .flatMap(({ time }) => time ?? []);
  return times.toSorted().at(-1) ?? metadata.creationTimestamp ?? "";
}

function podsOf({ spec, metadata }: Workload, pods: readonly V1Pod[]): V1Pod[] {
  const labels = Object.entries(spec?.selector?.matchLabels ?? {});
  if (labels.length === 0) return [];
  return pods.filter(
    (pod) =>
      pod.metadata?.namespace === metadata.namespace &&
      !pod.metadata?.deletionTimestamp &&
      !["Succeeded", "Failed"].includes(pod.status?.phase ?? "") &&
      labels.every(([key, value]) => pod.metadata?.labels?.[key] === value),
  );
}

/** A container that was started again since has read it again: the oldest one counts, and never less than the pod. */
function startedAt({ metadata, status }: V1Pod): string {
  // As JSON: the client's types say Date.
  const text = (time: unknown): string => String(time ?? "");
  const created = text(metadata?.creationTimestamp);
  const containers = (status?.containerStatuses ?? []).map(({ state }) => text(state?.running?.startedAt));
  const oldest = containers.filter((time) => time !== "").toSorted()[0] ?? "";
  return oldest > created ? oldest : created;
}
