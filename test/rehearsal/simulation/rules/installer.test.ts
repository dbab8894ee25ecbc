import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { FakeCluster, meta, operator } from "../fake-cluster.ts";

describe("the stand-in for the installer of 2.7.0", () => {
  const finalizer = "finalizer.managedresource.krateo.io";
  const steps = [
    { type: "chart", with: { name: "etcd", releaseName: "eventsse-etcd" } },
    { type: "chart", with: { name: "authn" } },
  ];
  const platform = (metadata: object, status?: object): Item => ({
    metadata: meta("krateo", metadata),
    spec: { steps },
    status,
  });
  const installer = operator("installer");
  const conditions = { conditions: [] };
  const gone = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [finalizer, "shop/other"] };
  const record = (release: string): Item => ({
    metadata: meta(`sh.helm.release.v1.${release}.v1`, { labels: { owner: "helm", name: release } }),
  });

  it("holds its object, and says that it is ready", async () => {
    const [held, reported] = await new FakeCluster({
      deployments: [installer],
      platforms: [platform({})],
    }).act();
    assert.deepEqual(held, ["patch", "platforms", "krateo", { metadata: { finalizers: [finalizer] } }]);
    assert.deepEqual((reported as unknown[]).slice(0, 3), ["status", "platforms", "krateo"]);
  });

  it("takes down all that its object lists when that is deleted, and lets go of it last", async () => {
    const objects = {
      platforms: [platform(gone, conditions)],
      secrets: [record("eventsse-etcd"), record("shop"), { metadata: meta("krateo-db") }],
    };
    const deployments = [
      installer,
      { metadata: meta("authn", { labels: { "app.kubernetes.io/instance": "authn" } }) },
    ];
    assert.deepEqual(await new FakeCluster({ ...objects, deployments }).act(), [
      ["delete", "deployments", "authn"],
      ["delete", "secrets", "sh.helm.release.v1.eventsse-etcd.v1"],
    ]);
    const empty = new FakeCluster({ ...objects, deployments: [installer], secrets: [record("shop")] });
    assert.deepEqual(await empty.act(), [
      ["patch", "platforms", "krateo", { metadata: { finalizers: ["shop/other"] } }],
    ]);
  });

  it("does nothing while it does not run", async () => {
    const stopped = new FakeCluster({
      deployments: [operator("installer", 0)],
      platforms: [platform(gone)],
      secrets: [record("authn")],
    });
    assert.deepEqual(await stopped.act(), []);
  });
});
