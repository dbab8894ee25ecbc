import assert from "node:assert/strict";
import {
  missingOf,
  type PostgresCluster,
  type PostgresDatabase,
  waitForDatabase,
} from "../../cluster/database.ts";
import { errorOf, type Handler, holding, withApiServer } from "./api-server.ts";

const cluster = (status: object, generation = 1): PostgresCluster => ({
  metadata: { name: "pg-cluster", uid: "c", generation },
  spec: { instances: 3 },
  status: status as PostgresCluster["status"],
});
const ready = cluster({ conditions: [{ type: "Ready", status: "True" }] });
/** One whose operator still makes the standbys: its primary runs. */
const growing = (more: object = {}): PostgresCluster =>
  cluster({
    phase: "Creating a new replica",
    readyInstances: 1,
    currentPrimary: "pg-cluster-1",
    targetPrimary: "pg-cluster-1",
    instancesStatus: { healthy: ["pg-cluster-1"] },
    conditions: [{ type: "Ready", status: "False" }],
    ...more,
  });
const database = (status: object | undefined, generation = 1, name = "pg-cluster"): PostgresDatabase => ({
  metadata: { name: "krateo", uid: "d", generation },
  spec: { name: "krateo-db", cluster: { name } },
  status: status as PostgresDatabase["status"],
});
const applied = database({ applied: true, observedGeneration: 1 });

describe("what is missing of a database", () => {
  for (const [what, given, databases, missing] of [
    ["a ready Cluster with its Database applied", ready, [applied], undefined],
    ["a ready Cluster without Databases", ready, [], undefined],
    ["no Cluster", undefined, [applied], "the Cluster does not exist"],
    [
      "a Cluster that nobody has looked at",
      cluster({}),
      [applied],
      "not looked at by its operator yet, 0 of 3 instances ready",
    ],
    [
      "a Cluster that comes up",
      cluster({
        phase: "Setting up primary",
        phaseReason: "Creating primary instance pg-cluster-1",
        readyInstances: 1,
        conditions: [{ type: "Ready", status: "False" }],
      }),
      [],
      "Setting up primary (Creating primary instance pg-cluster-1), 1 of 3 instances ready",
    ],
    [
      "a Cluster whose readiness is about an earlier generation",
      cluster(
        { phase: "Upgrading", conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }] },
        2,
      ),
      [],
      "Upgrading, 0 of 3 instances ready",
    ],
    [
      "a Database that nobody has looked at",
      ready,
      [database(undefined)],
      "Database krateo is not applied yet",
    ],
    [
      "a Database that cannot be applied",
      ready,
      [applied, database({ applied: false, message: "role does not exist" })],
      "Database krateo is not applied yet: role does not exist",
    ],
    [
      "a Database applied at an earlier generation",
      ready,
      [database({ applied: true, observedGeneration: 1 }, 2)],
      "Database krateo is not applied yet",
    ],
  ] as const) {
    it(`for ${what}: ${missing ?? "nothing"}`, () => {
      assert.equal(missingOf(given, databases), missing);
    });
  }
});

describe("what is missing of a database that needs no standbys yet", () => {
  const one = "1 of 3 instances ready";
  for (const [what, given, databases, missing] of [
    ["a Cluster that still gets its standbys", growing(), [applied], undefined],
    [
      "one whose standby has started and does not answer",
      growing({ phase: "Waiting for the instances to become active" }),
      [applied],
      undefined,
    ],
    ["a ready Cluster", ready, [applied], undefined],
    [
      "one whose Database is not applied",
      growing(),
      [database(undefined)],
      "Database krateo is not applied yet",
    ],
    [
      "one whose primary is not ready",
      growing({ phase: "Setting up primary", instancesStatus: {}, readyInstances: 0 }),
      [applied],
      "Setting up primary, 0 of 3 instances ready",
    ],
    [
      "one of which only a standby is ready",
      growing({ instancesStatus: { healthy: ["pg-cluster-2"] } }),
      [applied],
      `Creating a new replica, ${one}`,
    ],
    [
      "one that gets another primary",
      growing({ targetPrimary: "pg-cluster-2" }),
      [applied],
      `Creating a new replica, ${one}`,
    ],
    ["one that is upgraded", growing({ phase: "Upgrading cluster" }), [applied], `Upgrading cluster, ${one}`],
    [
      "one that nobody has looked at",
      cluster({}),
      [applied],
      "not looked at by its operator yet, 0 of 3 instances ready",
    ],
  ] as const) {
    it(`for ${what}: ${missing ?? "nothing"}`, () => {
      assert.equal(missingOf(given, databases, { standbys: false }), missing);
    });
  }

  it("is its standbys where they are asked for", () => {
    assert.equal(missingOf(growing(), [applied]), `Creating a new replica, ${one}`);
  });
});

const clusterPath = "/apis/postgresql.cnpg.io/v1/namespaces/shop/clusters/pg-cluster";
const databasesPath = "/apis/postgresql.cnpg.io/v1/namespaces/shop/databases";

describe("the wait for the database", () => {
  const wait = async (handler: Handler, timeoutSeconds = 0.1, standbys = true): Promise<string[]> => {
    const lines: string[] = [];
    await withApiServer(handler, (connection) =>
      waitForDatabase(connection, "shop", { cluster: "pg-cluster", standbys, timeoutSeconds }, (line) =>
        lines.push(line),
      ),
    );
    return lines;
  };

  it("is over before the standbys are there, unless they are asked for", async () => {
    const objects = { [clusterPath]: growing(), [databasesPath]: { items: [applied] } };
    assert.deepEqual(await wait(holding(objects), 0.1, false), [
      "database pg-cluster: can be used, 1 of 3 instances ready",
    ]);
    await assert.rejects(
      wait(holding({ ...objects, "/api/v1/namespaces/shop/pods": { items: [] } })),
      /is not ready after/,
    );
  });

  it("is over at once when the database is ready", async () => {
    const start = Date.now();
    const objects = { [clusterPath]: ready, [databasesPath]: { items: [applied] } };
    assert.deepEqual(await wait(holding(objects)), ["database pg-cluster: ready"]);
    assert.ok(Date.now() - start < 400);
  });

  it("ignores the Databases of other Clusters", async () => {
    const objects = { [clusterPath]: ready, [databasesPath]: { items: [database(undefined, 1, "other")] } };
    assert.deepEqual(await wait(holding(objects)), ["database pg-cluster: ready"]);
  });

  it("logs each change once, and outlasts an API server that is away", async () => {
    const phases = [
      { status: 500, body: { message: "restarting" } },
      { status: 200, body: cluster({ phase: "Setting up primary" }) },
    ];
    let reads = 0;
    const handler: Handler = (method, path) =>
      path === clusterPath
        ? (phases[reads++] ?? { status: 200, body: ready })
        : holding({ [databasesPath]: { items: [] } })(method, path);
    const lines = await wait(handler, 30);
    assert.match(
      lines[0] ?? "",
      /^database pg-cluster: the cluster at .* cannot be reached: it answers 500: restarting$/,
    );
    assert.deepEqual(lines.slice(1), [
      "database pg-cluster: Setting up primary, 0 of 3 instances ready",
      "database pg-cluster: ready after 1 s",
    ]);
  });

  it("in the end says what Cluster and pods look like", async () => {
    const status = {
      phase: "Setting up primary",
      conditions: [
        { type: "Ready", status: "False", reason: "ClusterIsNotReady", message: "Cluster Is Not Ready" },
      ],
    };
    const pod = {
      metadata: { name: "pg-cluster-1", labels: { "cnpg.io/cluster": "pg-cluster" } },
      spec: {},
      status: { conditions: [{ type: "PodScheduled", status: "False", message: "no nodes" }] },
    };
    const objects = {
      [clusterPath]: cluster(status),
      [databasesPath]: { items: [] },
      "/api/v1/namespaces/shop/pods": { items: [pod, { metadata: { name: "other" }, status: {} }] },
    };
    const error = await errorOf(wait(holding(objects)));
    assert.deepEqual(error.message.split("\n"), [
      "database pg-cluster is not ready after 0.1 s: Setting up primary, 0 of 3 instances ready",
      "  condition Ready is not True: ClusterIsNotReady: Cluster Is Not Ready",
      "  Pod pg-cluster-1: not scheduled: no nodes",
      "  look further: kubectl describe pod pg-cluster-1 -n shop",
      "  look further: kubectl describe clusters.postgresql.cnpg.io pg-cluster -n shop",
    ]);
  });
});
