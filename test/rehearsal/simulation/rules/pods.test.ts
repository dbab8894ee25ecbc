import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { cluster, FakeCluster, meta, pod, quick, ready, secret, started } from "../fake-cluster.ts";

const needsSecret = { containers: [{ name: "main", image: "i", envFrom: [{ secretRef: { name: "key" } }] }] };

describe("the stand-ins for kubelets", () => {
  it("start a pod that has a node and all it needs, after its release's delay", async () => {
    const here = new FakeCluster({ pods: [pod()] });
    assert.deepEqual(
      here.intents().map(({ afterSeconds }) => afterSeconds),
      [0.3],
    );
    assert.deepEqual(
      here.intents({ ...quick, realistic: true }).map(({ afterSeconds }) => afterSeconds),
      [12],
    );
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });

  const idle: [string, Item][] = [
    ["without a node", pod({}, { nodeName: undefined })],
    ["that is started", pod({ annotations: { "rehearsal.krateo.io/start": "true" } })],
    ["that is ending", pod({ deletionTimestamp: "now" })],
    ["that has ended", pod({}, {}, { phase: "Succeeded" })],
  ];
  for (const [rule, given] of idle) {
    it(`leave a pod alone ${rule}`, async () =>
      assert.deepEqual(await new FakeCluster({ pods: [given] }).act(), []));
  }

  it("show a missing Secret on the pod and in an event", async () => {
    const [status, event] = await new FakeCluster({ pods: [pod({}, needsSecret)] }).act();
    const [, , , shown] = status as [string, string, string, Item];
    assert.deepEqual(shown["containerStatuses"][0].state, {
      waiting: { reason: "CreateContainerConfigError", message: 'secret "key" not found' },
    });
    assert.equal(shown["phase"], "Pending");
    assert.deepEqual((event as string[]).slice(0, 2), ["create", "Event"]);
  });

  it("show it once", async () => {
    const message = 'containers with unready status: [main]: secret "key" not found';
    const shown = { phase: "Pending", conditions: [{ type: "Ready", status: "False", message }] };
    assert.deepEqual(await new FakeCluster({ pods: [pod({}, needsSecret, shown)] }).act(), []);
  });

  it("start the pod once the Secret is there", async () => {
    const here = new FakeCluster({ pods: [pod({}, needsSecret)], secrets: [secret("key")] });
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });

  it("leave a pod running but not ready while its database is not", async () => {
    const consumer = pod(
      {},
      { containers: [{ name: "main", image: "i", env: [{ name: "DB_HOST", value: "pg-cluster-rw" }] }] },
    );
    const service: Item = {
      metadata: meta("pg-cluster-rw", { labels: { "cnpg.io/cluster": "pg-cluster" } }),
      spec: {},
    };
    const here = new FakeCluster({ pods: [consumer], services: [service], clusters: [cluster()] });
    const [status] = await here.act();
    const [, , , shown] = status as [string, string, string, Item];
    assert.equal(shown["phase"], "Running");
    assert.equal(shown["containerStatuses"][0].ready, false);
    const later = new FakeCluster({ pods: [consumer], services: [service], clusters: [cluster(ready)] });
    assert.deepEqual(await later.act(), [["patch", "pods", "pod", started]]);
  });
});
