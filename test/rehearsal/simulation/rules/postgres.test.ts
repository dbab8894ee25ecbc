import assert from "node:assert/strict";
import type { Item, KindName } from "../../../../rehearsal/simulation/world.ts";
import { cluster, FakeCluster, meta, operator, ready, secret } from "../fake-cluster.ts";

const cnpg = operator("cloudnative-pg");

const database = (metadata: object, status?: object): Item => ({
  metadata: meta("db", { generation: 1, finalizers: ["cnpg.io/deleteDatabase"], ...metadata }),
  spec: { cluster: { name: "pg-cluster" }, owner: "krateo" },
  status,
});

/** An instance that runs: the first one is the primary. */
const instance = (number: number): Item => ({
  metadata: meta(`pg-cluster-${number}`, { labels: { "cnpg.io/cluster": "pg-cluster" } }),
  spec: {},
  ...ready,
});

describe("the stand-in for the CNPG operator", () => {
  it("gives a Cluster its Services, claims and instances, and says that it is not ready", async () => {
    const done = await new FakeCluster({
      deployments: [cnpg],
      clusters: [cluster()],
      secrets: [secret("krateo-db-user")],
    }).act();
    assert.deepEqual(done.slice(0, 5), [
      ["create", "Service", "pg-cluster-rw"],
      ["create", "Service", "pg-cluster-ro"],
      ["create", "Service", "pg-cluster-r"],
      ["create", "PersistentVolumeClaim", "pg-cluster-1"],
      ["create", "Pod", "pg-cluster-1"],
    ]);
    const [, , , status] = done[5] as [string, string, string, Item];
    assert.equal(status["phase"], "Setting up primary");
    assert.equal(status["conditions"][0].status, "False");
    assert.equal(done.length, 6);
  });

  it("does nothing while it is not available itself", async () => {
    const objects = { clusters: [cluster()], databases: [database({ deletionTimestamp: "now" })] };
    assert.deepEqual(
      await new FakeCluster({ ...objects, deployments: [operator("cloudnative-pg", 0)] }).act(),
      [],
    );
    assert.deepEqual(await new FakeCluster(objects).act(), []);
  });

  it("reports Ready once every instance is", async () => {
    const services = ["rw", "ro", "r"].map((access) => ({
      metadata: meta(`pg-cluster-${access}`),
      spec: {},
    }));
    const here = new FakeCluster({
      deployments: [cnpg],
      clusters: [cluster()],
      pods: [instance(1)],
      claims: [{ metadata: meta("pg-cluster-1"), spec: {}, status: { phase: "Bound" } }],
      services,
      secrets: [secret("krateo-db-user")],
    });
    const [[, , , status]] = (await here.act()) as [[string, string, string, Item]];
    assert.equal(status["phase"], "Cluster in healthy state");
    assert.equal(status["conditions"][0].status, "True");
  });

  it("makes the standbys once the primary is ready, and says so", async () => {
    const three = cluster({ spec: { instances: 3 } });
    const around = { deployments: [cnpg], clusters: [three], secrets: [secret("krateo-db-user")] };
    const made = async (pods: Item[]) => {
      const done = (await new FakeCluster({ ...around, pods }).act()) as [string, string, string, Item][];
      const status = done.find(([verb, kind]) => verb === "status" && kind === "clusters")?.[3] as Item;
      return {
        pods: done.filter(([verb, kind]) => verb === "create" && kind === "Pod").map(([, , name]) => name),
        phase: status["phase"],
        healthy: status["instancesStatus"].healthy,
        ready: status["conditions"][0].status,
      };
    };
    assert.deepEqual(await made([]), {
      pods: ["pg-cluster-1"],
      phase: "Setting up primary",
      healthy: [],
      ready: "False",
    });
    assert.deepEqual(await made([instance(1)]), {
      pods: ["pg-cluster-2", "pg-cluster-3"],
      phase: "Creating a new replica",
      healthy: ["pg-cluster-1"],
      ready: "False",
    });
  });

  it("removes an instance that is not wanted any more", async () => {
    const pods = [instance(1), instance(2)];
    const done = await new FakeCluster({ deployments: [cnpg], clusters: [cluster()], pods }).act();
    assert.deepEqual(
      (done as string[][]).filter(([verb]) => verb === "delete"),
      [["delete", "pods", "pg-cluster-2"]],
    );
  });

  const applied: [string, Partial<Record<KindName, Item[]>>, object][] = [
    [
      "applies a Database once the primary is ready and its owner has a password",
      { clusters: [cluster()], pods: [instance(1)], secrets: [secret("krateo-db-user")] },
      { applied: true, message: null, observedGeneration: 1 },
    ],
    [
      "does not apply one before the primary is ready",
      { clusters: [cluster()], secrets: [secret("krateo-db-user")] },
      { applied: false, message: "waiting for the primary to become ready", observedGeneration: 1 },
    ],
    [
      "does not apply one whose owner has no password",
      { clusters: [cluster()], pods: [instance(1)] },
      {
        applied: false,
        message: 'role "krateo" does not exist: secret "krateo-db-user" not found',
        observedGeneration: 1,
      },
    ],
    [
      "does not apply one whose Cluster is not there",
      {},
      { applied: false, message: "Cluster pg-cluster not found", observedGeneration: 1 },
    ],
  ];
  for (const [rule, objects, expected] of applied) {
    it(rule, async () => {
      const here = new FakeCluster({ deployments: [cnpg], databases: [database({})], ...objects });
      const done = (await here.act()) as [string, string, string, Item][];
      assert.deepEqual(
        done.filter(([, kind]) => kind === "databases").map(([, , , status]) => status),
        [expected],
      );
    });
  }

  it("holds a Database by its finalizer, and lets go of it once it is deleted", async () => {
    const statusOf = { applied: false, message: "Cluster pg-cluster not found", observedGeneration: 1 };
    const fresh = database({ finalizers: undefined }, statusOf);
    const held = { metadata: { finalizers: ["cnpg.io/deleteDatabase"] } };
    assert.deepEqual(await new FakeCluster({ deployments: [cnpg], databases: [fresh] }).act(), [
      ["patch", "databases", "db", held],
    ]);
    const leaving = database({ deletionTimestamp: "now" });
    assert.deepEqual(await new FakeCluster({ deployments: [cnpg], databases: [leaving] }).act(), [
      ["patch", "databases", "db", { metadata: { finalizers: [] } }],
    ]);
  });
});
