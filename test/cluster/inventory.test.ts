import assert from "node:assert/strict";
import { encodeRelease, type HelmRelease } from "../../cluster/client/helm-release.ts";
import { readInventory } from "../../run/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";
import { holding, withApiServer } from "./api-server.ts";
import { helmRelease } from "./helm-releases.ts";
import { named, settings, system } from "./inventory-cluster.ts";

const namespace = "/api/v1/namespaces/krateo-system";

const secretOf = (release: HelmRelease) => ({
  metadata: {
    name: `sh.helm.release.v1.${release.name}.v${release.version}`,
    labels: { name: release.name, version: String(release.version) },
  },
  data: { release: encodeRelease(release) },
});

/** As in helmRelease. */
const updatedAt = Date.parse("2026-01-01T12:00:00.5Z");

describe("the inventory", () => {
  it("of an empty cluster knows who the cluster is, and nothing else", async () => {
    await withApiServer(holding({ [system]: named("kube-system") }), async (connection) => {
      assert.deepEqual(await readInventory(connection, settings), {
        clusterUid: "uid-kube-system",
        namespace: undefined,
        releases: {},
        secrets: {},
        objects: {},
        legacy: { releases: [], volumes: [] },
      });
    });
  });

  it("lists what is there, and which of it this program made", async () => {
    const ours = { annotations: { "krateo.io/created-by": "krateo-pulumi" } };
    const objects = {
      [system]: named("kube-system"),
      [namespace]: named("krateo-system", ours),
      [`${namespace}/secrets`]: {
        items: [
          secretOf(helmRelease("authn", { version: 9 })),
          secretOf(helmRelease("authn", { version: 10, status: "failed" })),
          secretOf(helmRelease("sweeper", { chart: "sweeper 0.2.0" })),
          secretOf(helmRelease("eventsse", { chart: "another 1.0.0" })),
        ],
      },
      "/api/v1/namespaces/elsewhere/secrets": { items: [secretOf(helmRelease("far"))] },
      [`${namespace}/secrets/krateo-db`]: {
        ...named("krateo-db"),
        data: { DB_USER: "YW5u", DB_PASS: "w7w=" },
      },
      [`${namespace}/persistentvolumeclaims/etcd-data-eventsse-etcd-0`]: named("etcd-data-eventsse-etcd-0"),
      "/api/v1": { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] },
      [`${namespace}/configmaps/note`]: named("note", ours),
      [`${namespace}/configmaps/off`]: named("off"),
      "/apis/krateo.io/v1": {
        resources: [{ name: "installations", kind: "Installation", namespaced: true }],
      },
      "/apis/krateo.io/v1/namespaces/krateo-system/installations/krateoctl": named("krateoctl"),
    };
    await withApiServer(holding(objects), async (connection) => {
      assert.deepEqual(await readInventory(connection, settings), {
        clusterUid: "uid-kube-system",
        namespace: { ours: true, uid: "uid-krateo-system" },
        releases: {
          authn: { chart: "authn", chartVersion: "1.0.0", revision: 10, status: "failed", updatedAt },
          eventsse: { chart: "another", chartVersion: "1.0.0", revision: 1, status: "deployed", updatedAt },
          sweeper: { chart: "sweeper", chartVersion: "0.2.0", revision: 1, status: "deployed", updatedAt },
          "elsewhere/far": {
            chart: "far",
            chartVersion: "1.0.0",
            revision: 1,
            status: "deployed",
            updatedAt,
          },
        },
        secrets: {
          "krateo-db": { ours: false, uid: "uid-krateo-db", data: { DB_USER: "ann", DB_PASS: "ü" } },
        },
        objects: {
          "krateo.io/v1/Installation/krateo-system/krateoctl": { ours: false, uid: "uid-krateoctl" },
          "v1/ConfigMap//note": { ours: true, uid: "uid-note" },
        },
        legacy: {
          releases: [{ name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" }],
          volumes: ["etcd-data-eventsse-etcd-0"],
        },
      });
    });
  });

  it("says of what is being deleted since when, and what holds it; of bytes that are not text that they are", async () => {
    const deletionTimestamp = "2026-01-01T12:00:00Z";
    const condition = (type: string, status: string, message: string) => ({ type, status, message });
    const objects = {
      [system]: named("kube-system"),
      [namespace]: {
        ...named("krateo-system", { deletionTimestamp }),
        status: {
          conditions: [
            condition("NamespaceDeletionDiscoveryFailure", "False", "all discovered"),
            condition(
              "NamespaceContentRemaining",
              "True",
              "installations.krateo.io has 1 resource instances",
            ),
          ],
        },
      },
      [`${namespace}/secrets/jwt-sign-key`]: {
        ...named("jwt-sign-key", { deletionTimestamp, finalizers: ["example.org/audit"] }),
        immutable: true,
        data: { JWT_SIGN_KEY: "/w==" },
      },
      "/api/v1": { resources: [{ name: "namespaces", kind: "Namespace", namespaced: false }] },
      "/api/v1/namespaces/elsewhere": named("elsewhere", { deletionTimestamp }),
    };
    await withApiServer(holding(objects), async (connection) => {
      const { namespace: home, secrets, objects: found } = await readInventory(connection, settings);
      const since = `since ${deletionTimestamp}`;
      assert.deepEqual(home, {
        ours: false,
        uid: "uid-krateo-system",
        deleting: `${since}; installations.krateo.io has 1 resource instances`,
      });
      assert.deepEqual(secrets, {
        "jwt-sign-key": {
          ours: false,
          uid: "uid-jwt-sign-key",
          finalizers: ["example.org/audit"],
          deleting: `${since}; held by example.org/audit`,
          immutable: true,
          data: {},
          binary: ["JWT_SIGN_KEY"],
        },
      });
      assert.deepEqual(found, {
        "v1/Namespace//elsewhere": { ours: false, uid: "uid-elsewhere", deleting: since },
      });
    });
  });

  it("lists the nodes' addresses, and what the frontend tells browsers now, where an address is needed", async () => {
    const told = { config: { AUTHN_API_BASE_URL: "http://192.0.2.12:30082" } };
    const objects = {
      [system]: named("kube-system"),
      [`${namespace}/secrets`]: { items: [secretOf({ ...helmRelease("frontend"), config: told })] },
      "/api/v1/nodes": {
        items: [
          {
            ...named("n1", { creationTimestamp: "2026-01-01T00:00:00Z" }),
            status: {
              addresses: [
                { type: "InternalIP", address: "192.0.2.11" },
                { type: "ExternalIP", address: "203.0.113.1" },
                { type: "Hostname", address: "n1" },
              ],
              conditions: [{ type: "Ready", status: "True" }],
            },
          },
          named("n2"),
        ],
      },
    };
    const frontend = chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}" } });
    await withApiServer(holding(objects), async (connection, requests) => {
      const { nodes, frontendAddress } = await readInventory(
        connection,
        settingsOf([frontend], { nodeAddress: undefined }),
      );
      assert.deepEqual(nodes, [
        {
          name: "n1",
          createdAt: Date.parse("2026-01-01T00:00:00Z"),
          ready: true,
          externalIps: ["203.0.113.1"],
          internalIps: ["192.0.2.11"],
          names: ["n1"],
        },
        { name: "n2", createdAt: 0, ready: false, externalIps: [], internalIps: [], names: [] },
      ]);
      assert.equal(frontendAddress, "192.0.2.12");
      const asked = requests.length;
      await readInventory(connection, settingsOf([frontend]));
      assert.ok(!requests.slice(asked).includes("GET /api/v1/nodes"), "a configured address needs no nodes");
    });
  });

  it("lists the nodes where only the outputs say an address, and does without who may not", async () => {
    const objects = {
      [system]: named("kube-system"),
      [`${namespace}/secrets`]: { items: [] },
      "/api/v1/nodes": { items: [named("n1")] },
    };
    const settings = settingsOf([chartStep("install-authn")], { nodeAddress: undefined });
    const inventoryOf = holding(objects);
    await withApiServer(inventoryOf, async (connection) => {
      assert.deepEqual(
        (await readInventory(connection, settings)).nodes?.map(({ name }) => name),
        ["n1"],
      );
      assert.equal((await readInventory(connection, { ...settings, type: "loadbalancer" })).nodes, undefined);
    });
    const forbidden: typeof inventoryOf = (method, path) =>
      path.startsWith("/api/v1/nodes") ? { status: 403, body: {} } : inventoryOf(method, path);
    await withApiServer(forbidden, async (connection) => {
      assert.equal((await readInventory(connection, settings)).nodes, undefined);
    });
  });

  it("takes no host of an Ingress or load balancer for the address of a node", async () => {
    const frontend = chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}" } });
    for (const url of ["https://authn.example.org", "http://203.0.113.1:8082", "nonsense"]) {
      const config = { config: { AUTHN_API_BASE_URL: url } };
      const objects = {
        [system]: named("kube-system"),
        [`${namespace}/secrets`]: { items: [secretOf({ ...helmRelease("frontend"), config })] },
        "/api/v1/nodes": { items: [] },
      };
      await withApiServer(holding(objects), async (connection) => {
        const found = await readInventory(connection, settingsOf([frontend], { nodeAddress: undefined }));
        assert.equal(found.frontendAddress, undefined, url);
      });
    }
  });

  it("knows since when a release is being uninstalled, not only when it was deployed", async () => {
    const going = helmRelease("authn", { status: "uninstalling", deleted: "2026-01-01T13:00:00Z" });
    const objects = {
      [system]: named("kube-system"),
      [namespace]: named("krateo-system"),
      [`${namespace}/secrets`]: { items: [secretOf(going)] },
    };
    await withApiServer(holding(objects), async (connection) => {
      const { releases } = await readInventory(connection, settings);
      assert.equal(releases["authn"]?.updatedAt, Date.parse("2026-01-01T13:00:00Z"));
    });
  });

  it("asks only for the payloads of revisions that are not superseded", async () => {
    await withApiServer(holding({ [system]: named("kube-system") }), async (connection, requests) => {
      await readInventory(connection, settings);
      const queries = requests
        .filter((request) => request.includes("/krateo-system/secrets?"))
        .map((request) => decodeURIComponent(request.split("labelSelector=")[1] ?? "").split("&")[0])
        .toSorted();
      assert.deepEqual(queries, ["owner=helm", "owner=helm,status!=superseded"]);
    });
  });

  it("fetches a superseded payload when nothing newer is left of a release", async () => {
    const secret = secretOf(helmRelease("authn", { version: 3, status: "superseded" }));
    const paths = {
      [system]: named("kube-system"),
      [`${namespace}/secrets/${secret.metadata.name}`]: secret,
    };
    let lists = 0;
    const handler = (method: string, path: string) =>
      path === `${namespace}/secrets`
        ? { status: 200, body: { items: lists++ === 0 ? [secret] : [] } }
        : holding(paths)(method, path);
    await withApiServer(handler, async (connection) => {
      const { releases } = await readInventory(connection, settingsOf([]));
      assert.deepEqual(releases["authn"]?.revision, 3);
    });
  });
});
