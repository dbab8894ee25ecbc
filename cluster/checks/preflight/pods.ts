/** What the preflight checks ask of a pod. */
import type { V1Container, V1ObjectMeta, V1Pod, V1PodSpec, V1PodStatus } from "@kubernetes/client-node";

type Requesting = Pick<V1Container, "restartPolicy"> & {
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
};

/** The part of a pod that is kept: a cluster may have tens of thousands, which take five times the memory as a whole. */
export interface CheckedPod {
  readonly metadata?: Pick<V1ObjectMeta, "name" | "namespace" | "labels" | "deletionTimestamp">;
  readonly spec?: Pick<V1PodSpec, "nodeName" | "overhead"> & {
    readonly containers: readonly Requesting[];
    readonly initContainers?: readonly Requesting[];
  };
  readonly status?: Pick<V1PodStatus, "phase" | "conditions">;
}

/** Leaves out of a pod what no check asks for. */
export function checkedPart({ metadata, spec, status }: V1Pod): CheckedPod {
  return {
    metadata: metadata && {
      name: metadata.name,
      namespace: metadata.namespace,
      labels: metadata.labels,
      deletionTimestamp: metadata.deletionTimestamp,
    },
    spec: spec && {
      nodeName: spec.nodeName,
      overhead: spec.overhead,
      containers: spec.containers.map(requesting),
      initContainers: spec.initContainers?.map(requesting),
    },
    status: status && {
      phase: status.phase,
      conditions: status.conditions?.filter(({ type }) => type === "Ready"),
    },
  };
}

function requesting({ restartPolicy, resources }: V1Container): Requesting {
  return { restartPolicy, resources: { requests: resources?.requests } };
}
