import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { checkedPart } from "../../../../cluster/checks/preflight/pods.ts";
import { readForPreflight } from "../../../../cluster/checks/preflight/reading.ts";
import { type Handler, withApiServer } from "../../api-server.ts";
import { administrator, serverFor, settings } from "./readable-cluster.ts";

const requests = (cpu: string) => ({ requests: { cpu, memory: "1Gi" } });

/** With something of everything that a check asks for, and of what none does. */
const pod = {
  metadata: {
    name: "web-1",
    namespace: "shop",
    uid: "1",
    labels: { app: "web" },
    annotations: { "example.org/long": "of no use" },
    deletionTimestamp: "2026-01-01T00:00:00Z",
  },
  spec: {
    nodeName: "a",
    overhead: { cpu: "250m" },
    volumes: [{ name: "data" }],
    containers: [{ name: "web", image: "web:1", resources: requests("1"), env: [{ name: "A" }] }],
    initContainers: [
      { name: "sidecar", image: "proxy:1", restartPolicy: "Always", resources: requests("2") },
    ],
  },
  status: {
    phase: "Running",
    podIP: "10.0.0.1",
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Initialized", status: "True" },
    ],
  },
} as unknown as V1Pod;

describe("what preflight keeps of a pod", () => {
  const kept = {
    metadata: {
      name: "web-1",
      namespace: "shop",
      labels: { app: "web" },
      deletionTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      nodeName: "a",
      overhead: { cpu: "250m" },
      containers: [{ restartPolicy: undefined, resources: requests("1") }],
      initContainers: [{ restartPolicy: "Always", resources: requests("2") }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };

  it("is what its checks ask for, and no more", () => {
    assert.deepEqual(checkedPart(pod), kept);
  });

  it("is kept while the pages come in", async () => {
    const others = serverFor(administrator);
    const server: Handler = (method, path, query, body) =>
      path === "/api/v1/pods" ? { status: 200, body: { items: [pod] } } : others(method, path, query, body);
    await withApiServer(server, async (connection) => {
      const { pods } = await readForPreflight(connection, settings, async () => []);
      assert.deepEqual(pods, [kept]);
    });
  });
});
