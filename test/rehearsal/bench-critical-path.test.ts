import assert from "node:assert/strict";
import { join } from "node:path";
import { loadSettings } from "../../configuration/load.ts";
import { type PlanNode, planOf } from "../../plan/plan.ts";
import { criticalPath } from "../../rehearsal/bench/critical-path.ts";
import { simulatedSeconds } from "../../rehearsal/bench/simulated-seconds.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

/** A plan of which only the edges matter: `{ b: ["a"] }` has b wait for a. */
function plan(needs: Record<string, string[]>): PlanNode[] {
  return Object.entries(needs).map(([id, on]) => ({
    id,
    kind: "release",
    needs: on.map((name) => ({ on: name, why: "the test says so" })),
  }));
}

describe("the critical path", () => {
  const cases: [string, Record<string, string[]>, Record<string, number>, number, string[]][] = [
    ["of nothing takes no time", {}, {}, 0, []],
    ["of one node is that node", { a: [] }, { a: 3 }, 3, ["a"]],
    ["of nodes that do not wait for each other is the longest", { a: [], b: [] }, { a: 3, b: 5 }, 5, ["b"]],
    ["of a chain is its sum", { a: [], b: ["a"], c: ["b"] }, { a: 1, b: 2, c: 3 }, 6, ["a", "b", "c"]],
    [
      "goes through the slower of two needs",
      { a: [], b: [], c: ["a", "b"] },
      { a: 4, b: 1, c: 1 },
      5,
      ["a", "c"],
    ],
    ["may end before the plan does", { a: [], b: [], c: ["b"] }, { a: 9, b: 1, c: 1 }, 9, ["a"]],
    ["leaves out what takes no time", { a: [], b: ["a"], c: ["b"] }, { a: 1, c: 2 }, 3, ["a", "c"]],
    [
      "prefers a long chain of short nodes to a short chain of long ones",
      { a: [], b: ["a"], c: ["b"], d: [], e: ["d"] },
      { a: 4, b: 4, c: 4, d: 5, e: 5 },
      12,
      ["a", "b", "c"],
    ],
  ];
  for (const [rule, needs, seconds, total, chain] of cases) {
    it(rule, () => {
      assert.deepEqual(
        criticalPath(plan(needs), ({ id }) => seconds[id] ?? 0),
        { seconds: total, chain: chain.map((id) => ({ id, seconds: seconds[id] })) },
      );
    });
  }

  const longest = { "install-cnpg": 15, database: 23, "install-deviser": 45 };
  // In type loadbalancer the frontend waits for the address of events-presenter, and not for its pods.
  for (const type of ["nodeport", "ingress", "routes", "loadbalancer"]) {
    it(`of an installation of type ${type} leads through the database`, async () => {
      const directory = join(import.meta.dirname, "no-project-here");
      const values = {
        type,
        ...(type === "ingress" && { domain: "krateo.example.org" }),
        ...(type === "routes" && { openshift: true }),
      };
      const settings = await loadSettings({ values, secretKeys: [] }, directory);
      assert.deepEqual(
        criticalPath(planOf(settings), (node) => simulatedSeconds(node, settings)),
        { seconds: 83, chain: Object.entries(longest).map(([id, seconds]) => ({ id, seconds })) },
      );
    });
  }

  it("passes by what only has to begin", () => {
    const needs = [{ on: "b", why: "the test says so", begun: true as const }];
    const begun: PlanNode[] = [...plan({ a: [], b: ["a"] }), { id: "c", kind: "variable", needs }];
    const seconds: Record<string, number> = { a: 3, b: 9, c: 10 };
    assert.deepEqual(
      criticalPath(begun, ({ id }) => seconds[id] ?? 0),
      {
        seconds: 13,
        chain: [
          { id: "a", seconds: 3 },
          { id: "c", seconds: 10 },
        ],
      },
    );
  });

  it("has the frontend of type loadbalancer begin before the pods of events-presenter are ready", async () => {
    const settings = await loadSettings(
      { values: { type: "loadbalancer" }, secretKeys: [] },
      import.meta.dirname,
    );
    // So long that the longest path leads through it.
    const path = criticalPath(planOf(settings), (node) =>
      node.id === "install-frontend" ? 1000 : simulatedSeconds(node, settings),
    );
    assert.deepEqual(path.chain, [
      { id: "install-cnpg", seconds: 15 },
      { id: "database", seconds: 23 },
      { id: "extract-events-presenter-lb-ip", seconds: 10 },
      { id: "install-frontend", seconds: 1000 },
    ]);
  });
});

describe("the simulated time of a node of the plan", () => {
  const release = (name: string, given = {}) =>
    chartStep("install", { release: { name, namespace: "krateo-system" }, ...given });
  const balanced = { values: { service: { type: "LoadBalancer" } } };
  const node: PlanNode = { id: "install", kind: "release", needs: [] };
  const cases: [string, ReturnType<typeof release>, number][] = [
    ["is the start of its release's pods", release("authn"), 12],
    ["is nothing for a release without pods", release("portal"), 0],
    ["is nothing for a release that is not waited for", release("authn", { wait: false }), 0],
    ["is the address of its load balancer when that takes longer", release("portal", balanced), 10],
    ["is the start of its pods when that takes longer than the address", release("snowplow", balanced), 15],
    ["begins with the volume for cratedb's pod", release("cratedb"), 42],
    ["leaves PostgreSQL's pods to the gates", release("pg-cluster"), 0],
  ];
  for (const [rule, step, seconds] of cases) {
    it(rule, () => assert.equal(simulatedSeconds(node, settingsOf([step])), seconds));
  }

  it("is that of operator, primary and Database for the database gate, and of all instances for the other one", () => {
    const gate = (id: string): PlanNode => ({ id, kind: "gate", needs: [] });
    assert.equal(simulatedSeconds(gate("database"), settingsOf([])), 23);
    assert.equal(simulatedSeconds(gate("standbys"), settingsOf([])), 46);
  });

  it("is nothing for what is no step", () => {
    for (const id of ["namespace", "cleanup", "krateo-db", "notebooks-gone", "snapshot"]) {
      assert.equal(simulatedSeconds({ id, kind: "secret", needs: [] }, settingsOf([])), 0);
    }
  });
});
