import { setTimeout as sleep } from "node:timers/promises";
import { type KubeConfig, type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";

/** The simulated nodes with their addresses, taken from a range that is for documentation only. */
export const nodes = [
  { name: "rehearsal-1", address: "192.0.2.11" },
  { name: "rehearsal-2", address: "192.0.2.12" },
] as const;

/** Gives a new control plane what every cluster has: nodes, a default StorageClass, ready namespaces. */
export async function furnishCluster(config: KubeConfig): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const { name, address } of nodes) {
    await create(api, {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels: {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": "amd64",
        },
        annotations: { "rehearsal.krateo.io/address": address, "node.alpha.kubernetes.io/ttl": "0" },
      },
    });
  }
  await create(api, {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "rehearsal.krateo.io/volumes",
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
  });
  for (const { name } of nodes) await untilReady(api, name);
}

/**
 * Lets a KWOK that was started again take over the nodes at once: it would otherwise leave them alone until the
 * leases of its predecessor have run out, for minutes in which no pod starts.
 */
export async function releaseNodes(config: KubeConfig): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const { name } of nodes) {
    const metadata = { name, namespace: "kube-node-lease" };
    await api.delete({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata }).catch((error) => {
      if (error.code !== 404) throw error;
    });
  }
}

async function untilReady(api: KubernetesObjectApi, name: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    const node = (await api.read({ apiVersion: "v1", kind: "Node", metadata: { name } })) as {
      status?: { conditions?: { type: string; status: string }[] };
      spec?: { taints?: unknown[] };
    };
    const ready = node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
    if (ready && !node.spec?.taints?.length) return;
  }
  throw new Error(`the simulated node ${name} did not become ready; kwok-controller.log tells why`);
}

async function create(
  api: KubernetesObjectApi,
  object: KubernetesObject & Record<string, unknown>,
): Promise<void> {
  try {
    await api.create(object);
  } catch (error) {
    if ((error as { code?: number }).code !== 409) throw error;
  }
}
