import assert from "node:assert/strict";
import { objectKey } from "../../model/inventory.ts";
import { build } from "./built-platform.ts";

describe("the cleanup", () => {
  it("shows what was found", async () => {
    const legacy = {
      releases: [{ name: "eventsse", chart: "eventsse", chartVersion: "0.5.9" }],
      volumes: ["etcd-data-eventsse-etcd-0"],
    };
    const { find } = await build([], { inventory: { legacy } });
    assert.deepEqual(find("cleanup").inputs, {
      create: "node commands/krateo.ts cleanup --stack test --namespace krateo-system",
      environment: {
        KRATEO_CLUSTER_UID: "uid-of-kube-system",
        KRATEO_FOUND: "release eventsse (chart eventsse 0.5.9), volume etcd-data-eventsse-etcd-0",
      },
    });
    assert.deepEqual(find("cleanup").ignoreChanges, []);
  });

  it("shows the installer that it stops, and is told to delete storage only when the stack says so", async () => {
    const platform = {
      objects: [{ name: "krateo", uid: "u", generation: 1, finalizers: [], deleting: false }],
      elsewhere: [],
      releases: [{ name: "installer", chart: "installer", chartVersion: "2.7.0" }],
      installers: [{ name: "installer", replicas: 1 }],
    };
    const leftovers = [{ kind: "ClusterRoleBinding", name: "helm-runner-cluster-admin" } as const];
    const legacy = { releases: [], volumes: [], platform, leftovers };
    const { find } = await build([], { inventory: { legacy }, settings: { purgeVolumes: true } });
    assert.deepEqual(find("cleanup").inputs["environment"], {
      KRATEO_CLUSTER_UID: "uid-of-kube-system",
      KRATEO_PURGE_VOLUMES: "true",
      KRATEO_FOUND: "installer installer at 1",
    });
    assert.deepEqual(find("retire").inputs, {
      create: "node commands/krateo.ts retire --stack test --namespace krateo-system",
      environment: {
        KRATEO_CLUSTER_UID: "uid-of-kube-system",
        KRATEO_FOUND:
          "object krateo, release installer (chart installer 2.7.0), ClusterRoleBinding helm-runner-cluster-admin",
      },
    });
    assert.deepEqual(find("retire").ignoreChanges, []);
    assert.ok(find("snapshot").dependsOn.includes("retire"));
  });

  it("and the retirement keep their inputs when nothing is found, so that a second run is empty", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("cleanup").ignoreChanges, ["environment"]);
    assert.deepEqual(find("retire").ignoreChanges, ["environment"]);
  });

  it("shows that upstream's snapshot loses the finalizer that would never be taken off", async () => {
    const snapshot = { ours: false, uid: "u", finalizers: ["krateoctl.krateo.io/protect-state"] };
    const objects = { [objectKey("krateo.io/v1", "Installation", "krateo-system", "krateoctl")]: snapshot };
    const { find } = await build([], { inventory: { objects } });
    const { KRATEO_FOUND } = find("cleanup").inputs["environment"] as Record<string, string>;
    assert.equal(KRATEO_FOUND, "finalizer krateoctl.krateo.io/protect-state");
    assert.equal(find("snapshot").importId, "krateo-system/krateoctl");
    assert.equal(find("snapshot").retainOnDelete, true);
  });

  it("keeps its inputs when nothing was found, so that a second run is empty", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("cleanup").ignoreChanges, ["environment"]);
  });
});
