import type { Item, KindName, World } from "../world.ts";
import { clusterLabel, isReady, roleLabel } from "./pods.ts";

/** How many instances a CNPG Cluster asks for. */
export function wantedInstances(cluster: Item): number {
  return cluster.spec?.instances ?? 1;
}

/** The Services that the CNPG operator makes for a Cluster. */
export function services(cluster: Item) {
  return ["rw", "ro", "r"].map((access) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `${cluster.metadata?.name}-${access}`, ...ownedBy(cluster) },
    spec: {
      type: "ClusterIP",
      ports: [{ name: "postgres", port: 5432, targetPort: 5432 }],
      selector: {
        [clusterLabel]: cluster.metadata?.name,
        ...(access === "r" ? {} : { [roleLabel]: access }),
      },
    },
  }));
}

/** The real operator gives it to every container, whatever a Cluster says; the user (26) it leaves out on OpenShift. */
const restricted = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
  capabilities: { drop: ["ALL"] },
};

/** The pods of a Cluster's instances; the first one is the primary. */
export function instances(cluster: Item) {
  const owned = ownedBy(cluster);
  return Array.from({ length: wantedInstances(cluster) }, (_, index) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...owned,
      name: `${cluster.metadata?.name}-${index + 1}`,
      labels: { ...owned.labels, [roleLabel]: index === 0 ? "rw" : "ro", "cnpg.io/podRole": "instance" },
    },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "postgres",
          image: cluster.spec?.imageName ?? "rehearsal/postgresql",
          securityContext: restricted,
        },
      ],
    },
  }));
}

/**
 * The claims of a Cluster's instances, which Kubernetes deletes with the Cluster. The simulated pods write nothing, and
 * do without mounting them.
 */
export function claims(cluster: Item) {
  const { size = "1Gi", storageClass } = cluster.spec?.storage ?? {};
  return instances(cluster).map(({ metadata: { labels, ...metadata } }) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { ...metadata, labels: { [clusterLabel]: labels[clusterLabel], "cnpg.io/pvcRole": "PG_DATA" } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size } },
      ...(storageClass && { storageClassName: storageClass }),
    },
  }));
}

/** The pods of a Cluster that it does not ask for any more. */
export function superfluousInstances(world: World, cluster: Item): Item[] {
  const { name, namespace } = cluster.metadata ?? {};
  const wanted = new Set(instances(cluster).map(({ metadata }) => metadata.name));
  return world
    .list("pods")
    .filter(
      ({ metadata }) =>
        metadata?.namespace === namespace &&
        metadata?.labels?.[clusterLabel] === name &&
        !metadata?.deletionTimestamp &&
        !wanted.has(metadata?.name ?? ""),
    );
}

const kindNames: Readonly<Record<string, KindName>> = {
  Pod: "pods",
  Service: "services",
  PersistentVolumeClaim: "claims",
};

/** Whether one of those Services, pods or claims is there. */
export function exists(
  world: World,
  object: { kind: string; metadata: { name: string; namespace?: string } },
): boolean {
  return world
    .list(kindNames[object.kind] as KindName)
    .some(
      ({ metadata }) =>
        metadata?.name === object.metadata.name && metadata.namespace === object.metadata.namespace,
    );
}

/** Whether such a pod is ready. */
export function podReady(world: World, pod: { metadata: { name: string; namespace?: string } }): boolean {
  return world
    .list("pods")
    .some(
      (item) =>
        item.metadata?.name === pod.metadata.name &&
        item.metadata.namespace === pod.metadata.namespace &&
        isReady(item),
    );
}

/** Whether the first instance of a Cluster is ready, which is its primary. */
export function primaryReady(world: World, cluster: Item): boolean {
  return instances(cluster)
    .slice(0, 1)
    .every((pod) => podReady(world, pod));
}

function ownedBy(cluster: Item) {
  const { name, namespace, uid } = cluster.metadata ?? {};
  return {
    namespace,
    labels: { [clusterLabel]: name ?? "" },
    ownerReferences: [
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        name: name ?? "",
        uid: uid ?? "",
        controller: true,
      },
    ],
  };
}
