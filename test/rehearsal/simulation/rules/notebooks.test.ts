import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { FakeCluster, meta, operator } from "../fake-cluster.ts";

describe("the stand-in for the uploader", () => {
  const uploader = operator("finops-database-handler-uploader");
  const finalizer = "finalizer.managedresource.krateo.io";
  const notebook = (more: object): Item => ({ metadata: meta("query", more) });
  it("holds a Notebook by its finalizer", async () => {
    const here = new FakeCluster({ deployments: [uploader], notebooks: [notebook({})] });
    assert.deepEqual(await here.act(), [
      ["patch", "notebooks", "query", { metadata: { finalizers: [finalizer] } }],
    ]);
  });
  it("lets go of a deleted one while it is available, not after", async () => {
    const notebooks = [notebook({ finalizers: [finalizer], deletionTimestamp: "now" })];
    assert.deepEqual(await new FakeCluster({ deployments: [uploader], notebooks }).act(), [
      ["patch", "notebooks", "query", { metadata: { finalizers: [] } }],
    ]);
    assert.deepEqual(await new FakeCluster({ notebooks }).act(), []);
  });
});
