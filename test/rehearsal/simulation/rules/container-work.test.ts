import assert from "node:assert/strict";
import type { Item } from "../../../../rehearsal/simulation/world.ts";
import { FakeCluster, meta, pod, secret, started } from "../fake-cluster.ts";

describe("the stand-ins for container scripts", () => {
  const crate = pod({
    labels: { "app.kubernetes.io/name": "cratedb", "app.kubernetes.io/instance": "cratedb" },
  });
  const serviceAccounts = [{ metadata: meta("cratedb") }];
  const roles = [{ metadata: meta("cratedb-secret-creator") }];

  it("write cratedb's credentials before its pod runs", async () => {
    assert.deepEqual(await new FakeCluster({ pods: [crate], serviceAccounts, roles }).act(), [
      ["create", "Secret", "cratedb-system-credentials"],
      ["patch", "pods", "pod", started],
    ]);
  });
  it("write none, silently, without the Role to do so", async () => {
    const here = new FakeCluster({ pods: [crate], serviceAccounts });
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });
  it("keep credentials that are there", async () => {
    const secrets = [secret("cratedb-system-credentials")];
    const here = new FakeCluster({ pods: [crate], serviceAccounts, roles, secrets });
    assert.deepEqual(await here.act(), [["patch", "pods", "pod", started]]);
  });
  it("grant security context constraints as oc does, where a Job runs it", async () => {
    const args = ["adm", "policy", "add-scc-to-user", "cratedb", "-z", "cratedb", "-n", "ns"];
    const containers = [{ name: "oc-client", image: "oc", args }];
    const job = pod({ ownerReferences: [{ kind: "Job", name: "cratedb" }] }, { containers });
    assert.deepEqual(await new FakeCluster({ pods: [job] }).act(), [
      ["ensure", "ClusterRole", "system:openshift:scc:cratedb"],
      ["ensure", "RoleBinding", "system:openshift:scc:cratedb"],
      ["patch", "pods", "pod", started],
    ]);
  });
  it("free finops-notebooks' Secret in its post-delete Job, and in no other", async () => {
    const held: Item = { metadata: meta("held", { finalizers: ["finops.krateo.io/notebooks", "other"] }) };
    const cleanup = pod({ ownerReferences: [{ kind: "Job", name: "cleanup" }] });
    const job = (hook: string): Item => ({
      metadata: meta("cleanup", { annotations: { "helm.sh/hook": hook } }),
    });
    const freed = ["patch", "secrets", "held", { metadata: { finalizers: ["other"] } }];
    const after = new FakeCluster({ pods: [cleanup], jobs: [job("post-delete")], secrets: [held] });
    assert.deepEqual(await after.act(), [freed, ["patch", "pods", "pod", started]]);
    const before = new FakeCluster({ pods: [cleanup], jobs: [job("pre-install")], secrets: [held] });
    assert.deepEqual(await before.act(), [["patch", "pods", "pod", started]]);
  });
});
