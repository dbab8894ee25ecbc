import type { V1Node, V1Pod, V1Service } from "@kubernetes/client-node";
import type { ClusterReading } from "../../cluster/checks/preflight/reading.ts";
import type { KubeObject } from "../../cluster/client/api.ts";

/** A cluster that is ready for anything, with nothing installed; `given` is what differs. */
export function readyCluster(given: Partial<ClusterReading> = {}): ClusterReading {
  return {
    server: "https://c",
    context: "shop",
    version: "v1.31.2",
    groups: ["apps", "cert-manager.io"],
    missingRights: [],
    nodes: [node("a")],
    pods: [],
    services: [],
    storageClasses: [
      {
        metadata: {
          name: "standard",
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        provisioner: "csi",
      },
    ],
    clusterScoped: {
      CustomResourceDefinition: [],
      ClusterRole: [],
      Namespace: [],
      ValidatingAdmissionPolicy: [],
      MutatingWebhookConfiguration: [],
      ValidatingWebhookConfiguration: [],
    },
    ingressClasses: [
      object("nginx", { annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } }),
    ],
    namespaceLabels: new Map(),
    tlsSecrets: new Map(),
    issuers: new Map(),
    snapshots: [],
    refused: [],
    ...given,
  };
}

/** An object with nothing but metadata. */
export function object(name: string, metadata: Partial<KubeObject["metadata"]> = {}): KubeObject {
  return { metadata: { name, uid: `uid-${name}`, ...metadata } };
}

/** Marks by which Helm knows its own. */
export function ofRelease(release: string, namespace = "krateo-system") {
  return {
    labels: { "app.kubernetes.io/managed-by": "Helm" },
    annotations: { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace },
  };
}

/** A node that takes pods: 16 cores and 64 GiB. */
export function node(name: string, given: Partial<V1Node> = {}): V1Node {
  return {
    metadata: { name },
    status: {
      allocatable: { cpu: "16", memory: "64Gi" },
      conditions: [{ type: "Ready", status: "True" }],
    },
    ...given,
  };
}

/** A pod on node `a`. */
export function pod(name: string, requests: Record<string, string>, given: Partial<V1Pod> = {}): V1Pod {
  return {
    metadata: { name, namespace: "other" },
    spec: { nodeName: "a", containers: [{ name: "c", resources: { requests } }] },
    ...given,
  };
}

/** A Service that holds a node port. */
export function portHolder(name: string, nodePort: number, metadata: object = {}): V1Service {
  return {
    metadata: { name, namespace: "krateo-system", ...metadata },
    spec: { type: "NodePort", ports: [{ port: 80, nodePort }] },
  };
}
