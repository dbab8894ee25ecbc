import assert from "node:assert/strict";
import { hostname } from "node:os";
import type { Connection } from "../../../cluster/client/connection.ts";
import { engineState } from "../../../cluster/lease/engine-state.ts";
import { holding, withApiServer } from "../api-server.ts";

const begun = Date.parse("2026-01-01T12:00:00Z");
const early = "2026-01-01T11:00:00Z";
const late = "2026-01-01T12:30:00Z";

const pod = (name: string, startedAt: string) => ({
  [`/api/v1/namespaces/fleet/pods/${name}`]: {
    metadata: { name, namespace: "fleet", uid: "p", creationTimestamp: startedAt },
    status: { phase: "Running", containerStatuses: [{ state: { running: { startedAt } } }] },
  },
});

/** What is known by a process in namespace `fleet` of a hub, of an engine that works on the namespace `shop` of a cluster. */
async function asked(host: string, hub: object, cluster: object = {}) {
  const engine = { host, pid: 7, begun };
  return await on(hub, (own) =>
    on(cluster, (connection) =>
      engineState(connection, "shop", engine, { own: { cluster: own, namespace: "fleet" } }),
    ),
  );
}

async function on<T>(objects: object, question: (connection: Connection) => Promise<T>): Promise<T> {
  let answer: T | undefined;
  await withApiServer(holding(objects as never), async (connection) => {
    answer = await question(connection);
  });
  return answer as T;
}

describe("an engine in a pod of a hub", () => {
  it("has ended when the hub has made its pod anew", async () => {
    const state = await asked("paris-workspace-0", pod("paris-workspace-0", late));
    assert.deepEqual(state, {
      isRunning: false,
      because: "its pod fleet/paris-workspace-0 has ended, or has been started again",
    });
  });

  it("may run while the hub has that pod", async () => {
    const state = await asked("paris-workspace-0", pod("paris-workspace-0", early));
    assert.equal(state?.isRunning, true);
  });

  it("has ended when it was in this very pod, which has no such process", async () => {
    const state = await asked(hostname(), pod(hostname(), early));
    assert.deepEqual(state, { isRunning: false, because: `its pod fleet/${hostname()} runs this command` });
  });

  it("is not known when the hub and the cluster have no such pod", async () => {
    assert.equal(await asked("paris-workspace-0", {}), undefined);
  });

  it("runs while its run renews the Lease, whatever pods there are", async () => {
    let version = 0;
    const spec = {
      holderIdentity: "ada paris-workspace-0 8 1 7",
      leaseDurationSeconds: 3600,
      toJSON() {
        version += 1;
        return { ...this, toJSON: undefined, renewTime: new Date(version).toISOString() };
      },
    };
    const path = "/apis/coordination.k8s.io/v1/namespaces/shop/leases/krateo-installer";
    const lease = { metadata: { name: "krateo-installer", namespace: "shop", uid: "l" }, spec };
    const state = await asked("paris-workspace-0", pod("paris-workspace-0", late), { [path]: lease });
    assert.deepEqual(state, { isRunning: true, because: "its run renews the Lease" });
  });
});
