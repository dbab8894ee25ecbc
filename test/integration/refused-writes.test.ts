import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { create, pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { withNewPods } from "../support/new-pods.ts";
import { helmReleases, paths, rehearsal, startOver, until } from "../support/rehearsal.ts";
import { secretData, setEtcdFull } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

const admission = "admissionregistration.k8s.io/v1";

/** Refuses every write in the namespace but those of Leases, as a policy for a time of no changes does. */
const policy = {
  apiVersion: admission,
  kind: "ValidatingAdmissionPolicy",
  metadata: { name: "frozen" },
  spec: {
    matchConstraints: {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "krateo-system" } },
      resourceRules: [
        { apiGroups: ["*"], apiVersions: ["*"], resources: ["*"], operations: ["CREATE", "UPDATE"] },
      ],
    },
    matchConditions: [{ name: "no-lease", expression: "request.resource.resource != 'leases'" }],
    validations: [{ expression: "false", message: "no changes this week" }],
  },
};
const binding = {
  apiVersion: admission,
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: "frozen" },
  spec: { policyName: "frozen", validationActions: ["Deny"] },
};

describe("a cluster that refuses writes for a while", () => {
  let stack: TestStack;
  let kept: Record<string, unknown>;

  before(async () => {
    await startOver();
    stack = await TestStack.open("refused", { type: "nodeport" });
  });

  /** repair and up go on as if nothing had happened. */
  async function converges(): Promise<void> {
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(await secretData(), kept);
    const statuses = Object.values(await helmReleases()).map((text) => text.split(" ")[2]);
    assert.deepEqual([statuses.length, [...new Set(statuses)]], [21, ["deployed"]]);
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  }

  it("since etcd is full in the middle of an installation: the run ends and says so in words", async () => {
    const going = stack.pulumi("up");
    // By the first record of a release most charts have not written their objects: some are refused, whatever the speed.
    await until(async () => Object.keys(await helmReleases()).length > 0);
    await setEtcdFull(true);
    kept = await secretData();
    await pause(6000);
    await setEtcdFull(false);
    const { code, output } = await withNewPods(going);
    assert.equal(code, 1, output);
    assert.match(output, /the cluster's database \(etcd\) is full, so its API server refuses every write; /);
    assert.doesNotMatch(output, /unhandled exception|node_modules/);
  });

  it("since etcd is full still: repair and up stop with the same words", async () => {
    await setEtcdFull(true);
    for (const { code, output } of [await stack.krateo("repair"), await stack.pulumi("up")]) {
      assert.equal(code, 1, output);
      assert.match(output, /the cluster's database \(etcd\) is full/);
      assert.match(output, /disarm its NOSPACE alarm .*npx krateo repair && npx pulumi up/);
      assert.doesNotMatch(output, /unhandled exception|node_modules/);
    }
    await setEtcdFull(false);
  });

  it("goes on once there is space again: converged, Secrets equal, the next preview empty", async () => {
    await converges();
  });

  it("since a policy forbids changes: the run names policy and reason, and converges without it", async () => {
    const connection = connect({ kubeconfig: (await rehearsal()).env["KUBECONFIG"] ?? paths.kubeconfig });
    const plural = { policy: "validatingadmissionpolicies", binding: "validatingadmissionpolicybindings" };
    await create(connection, pathOf(admission, plural.policy), policy);
    await create(connection, pathOf(admission, plural.binding), binding);
    const probe = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "probe" } };
    const configMaps = pathOf("v1", "configmaps", "krateo-system");
    await until(() =>
      create(connection, `${configMaps}?dryRun=All`, probe).then(
        () => false,
        () => true,
      ),
    );
    await stack.override({
      components: {
        "composable-operations": {
          stepConfig: { "install-core-provider": { helmValues: { env: { CORE_PROVIDER_DEBUG: "true" } } } },
        },
      },
    });
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 1, output);
    assert.match(output, /ValidatingAdmissionPolicy frozen refuses the write: no changes this week; /);
    await remove(connection, pathOf(admission, plural.binding, undefined, "frozen"));
    await remove(connection, pathOf(admission, plural.policy, undefined, "frozen"));
    await until(() =>
      create(connection, `${configMaps}?dryRun=All`, probe).then(
        () => true,
        () => false,
      ),
    );
    await converges();
  });
});
