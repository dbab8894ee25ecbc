import assert from "node:assert/strict";
import { readClusterFeatures } from "../../cluster/features.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { holding, withApiServer } from "./api-server.ts";

const condition = (type: string, status: string) => ({ conditions: [{ type, status }] });
const named = (name: string, more: object = {}, namespace?: string) => ({
  metadata: { name, ...(namespace && { namespace }) },
  ...more,
});
const annotated = (name: string, annotation: string) => ({
  metadata: { name, annotations: { [annotation]: "true" } },
});
const balanced = (...ingress: object[]) => ({ status: { loadBalancer: { ingress } } });

const cluster = {
  "/version": { gitVersion: "v1.35.4" },
  "/apis": { groups: [{ name: "apps" }, { name: "route.openshift.io" }] },
  "/api/v1/nodes": { items: [named("n1", { spec: { providerID: "kind://docker/k/n1" } }), named("n2")] },
  "/apis/networking.k8s.io/v1/ingressclasses": {
    items: [named("traefik"), annotated("nginx", "ingressclass.kubernetes.io/is-default-class")],
  },
  "/apis/gateway.networking.k8s.io/v1/gatewayclasses": {
    items: [
      named("envoy", { status: condition("Accepted", "True") }),
      named("orphan", { status: condition("Accepted", "Unknown") }),
    ],
  },
  "/apis/gateway.networking.k8s.io/v1/gateways": {
    items: [
      named("shared", { spec: { listeners: [{ protocol: "HTTP" }, { protocol: "HTTPS" }] } }, "gateways"),
      named("plain", { spec: { listeners: [{ protocol: "HTTP" }] } }, "gateways"),
    ],
  },
  "/api/v1/services": {
    items: [
      named("pending", balanced(), "a"),
      named("web", balanced({ ip: "192.0.2.1" }), "a"),
      named("api", balanced({ hostname: "lb.example.org" }), "a"),
    ],
  },
  "/apis/storage.k8s.io/v1/storageclasses": {
    items: [named("fast"), annotated("standard", "storageclass.kubernetes.io/is-default-class")],
  },
  "/apis/cert-manager.io/v1/clusterissuers": {
    items: [
      named("letsencrypt", { status: condition("Ready", "True") }),
      named("broken", { status: condition("Ready", "False") }),
    ],
  },
};

describe("what a cluster offers", () => {
  it("is what a controller serves, with addresses that are there and issuers that are ready", async () => {
    await withApiServer(holding(cluster), async (connection) => {
      assert.deepEqual(await readClusterFeatures(connection), {
        groups: ["apps", "route.openshift.io"],
        nodes: [
          { providerId: "kind://docker/k/n1", labels: {} },
          { providerId: "", labels: {} },
        ],
        ingressClasses: [
          { name: "traefik", isDefault: false },
          { name: "nginx", isDefault: true },
        ],
        gatewayClasses: ["envoy"],
        gateways: [
          { name: "gateways/shared", https: true },
          { name: "gateways/plain", https: false },
        ],
        balancedServices: [
          { name: "a/web", address: "192.0.2.1" },
          { name: "a/api", address: "lb.example.org" },
        ],
        storageClasses: [
          { name: "fast", isDefault: false },
          { name: "standard", isDefault: true },
        ],
        clusterIssuers: ["letsencrypt"],
        refused: [],
      });
    });
  });

  it("is read as far as the user may, and says what is missing", async () => {
    const forbidden = ["/api/v1/nodes", "/api/v1/services"];
    const answers = holding(cluster);
    const handler = (method: string, path: string) =>
      forbidden.includes(path) ? { status: 403, body: { message: "no" } } : answers(method, path);
    await withApiServer(handler, async (connection) => {
      const { nodes, balancedServices, refused } = await readClusterFeatures(connection);
      assert.deepEqual([nodes, balancedServices, refused], [[], [], ["nodes", "services"]]);
    });
  });

  it("cannot be told with a login that is not accepted", async () => {
    const refusing = () => ({ status: 401, body: { message: "Unauthorized" } });
    await withApiServer(refusing, async (connection) => {
      await assert.rejects(readClusterFeatures(connection), ConfigurationError);
    });
  });
});
