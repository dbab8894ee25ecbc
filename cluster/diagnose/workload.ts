/** Says whether a workload is ready, and which pods belong to it. */
import type {
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Service,
  V1StatefulSet,
} from "@kubernetes/client-node";
import type { KubeObject } from "../client/api.ts";
import { type ManifestObject, parseManifest } from "../client/manifest.ts";

/** Whether an object does its work, and where it stands, in a few words. */
export interface Readiness {
  readonly ready: boolean;
  readonly detail: string;
}

/** Kinds whose objects can be not ready yet; any other is as ready as it will be once it exists. */
export const waitedKinds = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "PersistentVolumeClaim",
  "Service",
] as const;

export type WaitedKind = (typeof waitedKinds)[number];

/** Where objects of those kinds are found. */
export const waitedResources: Readonly<
  Record<WaitedKind, { readonly apiVersion: string; readonly plural: string }>
> = {
  Deployment: { apiVersion: "apps/v1", plural: "deployments" },
  StatefulSet: { apiVersion: "apps/v1", plural: "statefulsets" },
  DaemonSet: { apiVersion: "apps/v1", plural: "daemonsets" },
  Job: { apiVersion: "batch/v1", plural: "jobs" },
  PersistentVolumeClaim: { apiVersion: "v1", plural: "persistentvolumeclaims" },
  Service: { apiVersion: "v1", plural: "services" },
};

export type WaitedObject = ManifestObject & { readonly kind: WaitedKind };

/** The objects of a Helm release's manifest that can be not ready. */
export function waitedObjects({ manifest }: { readonly manifest: string }): WaitedObject[] {
  return parseManifest(manifest).filter((object): object is WaitedObject =>
    waitedKinds.some((waited) => waited === object.kind),
  );
}

/** Stricter than Helm's wait: every pod counts, where Helm is content with all but maxUnavailable. */
export function readinessOf(kind: WaitedKind, object: KubeObject): Readiness {
  return rules[kind](object);
}

const rules: Readonly<Record<WaitedKind, (object: KubeObject) => Readiness>> = {
  Deployment: (object) => {
    const { spec, status, metadata } = object as unknown as V1Deployment;
    const wanted = spec?.replicas ?? 1;
    if (!isObserved(metadata?.generation, status?.observedGeneration)) return unobserved;
    return ofPods(Math.min(status?.availableReplicas ?? 0, status?.updatedReplicas ?? 0), wanted);
  },
  StatefulSet: (object) => {
    const { spec, status, metadata } = object as unknown as V1StatefulSet;
    const wanted = spec?.replicas ?? 1;
    if (!isObserved(metadata?.generation, status?.observedGeneration)) return unobserved;
    return ofPods(status?.readyReplicas ?? 0, wanted);
  },
  DaemonSet: (object) => {
    const { status, metadata } = object as unknown as V1DaemonSet;
    if (!isObserved(metadata?.generation, status?.observedGeneration)) return unobserved;
    return ofPods(status?.numberReady ?? 0, status?.desiredNumberScheduled ?? 0);
  },
  Job: (object) => {
    const { spec, status } = object as unknown as V1Job;
    const failed = status?.conditions?.find(
      (condition) => condition.type === "Failed" && condition.status === "True",
    );
    if (failed)
      return { ready: false, detail: `failed: ${failed.message ?? failed.reason ?? "no reason given"}` };
    const done = status?.succeeded ?? 0;
    const wanted = spec?.completions ?? 1;
    return { ready: done >= wanted, detail: `${done} of ${wanted} pods succeeded` };
  },
  PersistentVolumeClaim: (object) => {
    const { spec, status } = object as unknown as V1PersistentVolumeClaim;
    const phase = status?.phase ?? "Pending";
    const storageClass = spec?.storageClassName ? `, storage class ${spec.storageClassName}` : "";
    return { ready: phase === "Bound", detail: `${phase}${storageClass}` };
  },
  Service: (object) => {
    const { spec, status } = object as unknown as V1Service;
    if (spec?.type !== "LoadBalancer") return { ready: true, detail: spec?.type ?? "ClusterIP" };
    const address = status?.loadBalancer?.ingress?.[0];
    return address
      ? { ready: true, detail: `address ${address.ip ?? address.hostname}` }
      : { ready: false, detail: "its load balancer has no address yet: does the cluster have one to give?" };
  },
};

const unobserved: Readiness = { ready: false, detail: "its controller has not seen the latest change yet" };

function isObserved(generation: number | undefined, observed: number | undefined): boolean {
  return generation === undefined || (observed ?? 0) >= generation;
}

function ofPods(ready: number, wanted: number): Readiness {
  return { ready: ready >= wanted, detail: `${ready} of ${wanted} pods ready` };
}

/** True when the pod counts as available to its owner. */
export function isPodReady({ status }: Pick<V1Pod, "status">): boolean {
  if (status?.phase === "Succeeded") return true;
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}
