import assert from "node:assert/strict";
import { readinessOf, type WaitedKind, waitedObjects } from "../../../cluster/diagnose/workload.ts";

const metadata = { name: "x", uid: "u", generation: 2 };

describe("readiness", () => {
  for (const [kind, object, ready, detail] of [
    [
      "Deployment",
      { spec: { replicas: 2 }, status: { observedGeneration: 2, availableReplicas: 2, updatedReplicas: 2 } },
      true,
      "2 of 2 pods ready",
    ],
    [
      "Deployment",
      { spec: { replicas: 2 }, status: { observedGeneration: 2, availableReplicas: 1, updatedReplicas: 2 } },
      false,
      "1 of 2 pods ready",
    ],
    [
      "Deployment",
      { spec: { replicas: 2 }, status: { observedGeneration: 2, availableReplicas: 2, updatedReplicas: 0 } },
      false,
      "0 of 2 pods ready",
    ],
    ["Deployment", { spec: {}, status: { observedGeneration: 2 } }, false, "0 of 1 pods ready"],
    ["Deployment", { spec: { replicas: 0 }, status: { observedGeneration: 2 } }, true, "0 of 0 pods ready"],
    [
      "Deployment",
      { spec: { replicas: 1 }, status: { observedGeneration: 1, availableReplicas: 1, updatedReplicas: 1 } },
      false,
      "its controller has not seen the latest change yet",
    ],
    [
      "StatefulSet",
      { spec: { replicas: 1 }, status: { observedGeneration: 2, readyReplicas: 1 } },
      true,
      "1 of 1 pods ready",
    ],
    [
      "StatefulSet",
      { spec: { replicas: 3 }, status: { observedGeneration: 2, readyReplicas: 1 } },
      false,
      "1 of 3 pods ready",
    ],
    [
      "DaemonSet",
      { status: { observedGeneration: 2, numberReady: 1, desiredNumberScheduled: 2 } },
      false,
      "1 of 2 pods ready",
    ],
    [
      "DaemonSet",
      { status: { observedGeneration: 2, numberReady: 2, desiredNumberScheduled: 2 } },
      true,
      "2 of 2 pods ready",
    ],
    ["Job", { spec: { completions: 1 }, status: { succeeded: 1 } }, true, "1 of 1 pods succeeded"],
    ["Job", { spec: {}, status: { active: 1 } }, false, "0 of 1 pods succeeded"],
    [
      "Job",
      { spec: {}, status: { conditions: [{ type: "Failed", status: "True", message: "too often" }] } },
      false,
      "failed: too often",
    ],
    ["PersistentVolumeClaim", { spec: {}, status: { phase: "Bound" } }, true, "Bound"],
    [
      "PersistentVolumeClaim",
      { spec: { storageClassName: "fast" }, status: { phase: "Pending" } },
      false,
      "Pending, storage class fast",
    ],
    ["Service", { spec: { type: "ClusterIP" } }, true, "ClusterIP"],
    [
      "Service",
      { spec: { type: "LoadBalancer" }, status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } },
      true,
      "address 10.0.0.1",
    ],
    [
      "Service",
      { spec: { type: "LoadBalancer" }, status: { loadBalancer: {} } },
      false,
      "its load balancer has no address yet: does the cluster have one to give?",
    ],
  ] as [WaitedKind, object, boolean, string][]) {
    it(`of a ${kind} ${JSON.stringify(object)} is: ${detail}`, () => {
      assert.deepEqual(readinessOf(kind, { ...object, metadata }), { ready, detail });
    });
  }

  it("is a question only for the kinds that Helm waits for", () => {
    const manifest = ["ConfigMap", "Deployment", "Service", "Notebook"]
      .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}`)
      .join("\n---\n");
    assert.deepEqual(
      waitedObjects({ manifest }).map(({ kind }) => kind),
      ["Deployment", "Service"],
    );
  });
});
