import assert from "node:assert/strict";
import { resourceOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { readServedKinds } from "../../cluster/removal/kinds.ts";
import type { JsonObject } from "../../model/settings.ts";
import { requestsOf } from "../support/audit-log.ts";
import { kubeconfig, startOver, until } from "../support/rehearsal.ts";
import { apply, change, deleteObject } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import {
  accountFor,
  accounts,
  type Given,
  makeNamespace,
  permissions,
  refusedIn,
  succeeds,
  unusedIn,
} from "./printed-rights.ts";

describe("an account with just the rights that krateo rbac prints", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("rights", { type: "nodeport" });
    await makeNamespace();
  });

  /** What a removal says that it would take. */
  async function list(removal: readonly string[]): Promise<string> {
    return (await stack.krateo(...removal, "--dry-run")).output;
  }

  /** One object of each custom kind, a kind that is made out of one, and what core-provider makes when it runs. */
  async function useEveryKind(): Promise<void> {
    const group = "composition.krateo.io";
    const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    await apply({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `shops.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind: "Shop", plural: "shops", singular: "shop" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: open } }],
      },
    });
    await apply({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: { name: "core-provider" },
      webhooks: [
        {
          name: `compositions.${group}`,
          failurePolicy: "Ignore",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
          clientConfig: { service: { namespace: "krateo-system", name: "core-provider-webhook-service" } },
          rules: [{ apiGroups: [group], apiVersions: ["v1"], operations: ["UPDATE"], resources: ["shops"] }],
        },
      ],
    });
    const connection = connect({ kubeconfig });
    await until(async () => (await resourceOf(connection, `${group}/v1`, "Shop")) !== undefined);
    const { kinds } = await readServedKinds(connection);
    for (const { apiVersion, kind, group } of kinds) {
      if (!group.endsWith(".krateo.io") && group !== "krateo.io") continue;
      await apply({ apiVersion, kind, metadata: { name: "of-a-user", namespace: "default" } });
    }
  }

  /** As a run in a pod that is gone leaves it. */
  async function leaveLease(): Promise<void> {
    const spec = { holderIdentity: `ada other 7 1 6 place 1 ${accounts}/gone/uid` };
    await change("Lease", "krateo-installer", { apiVersion: "coordination.k8s.io/v1" }, { spec });
  }

  /** Another value for a chart without hooks, and for one whose hooks make their objects anew. */
  const set = (value: string): JsonObject => ({
    set: {
      "components.backend.stepConfig.install-authn.helmValues.env.AUTHN_DEBUG": value,
      "components.finops.stepConfig.install-finops-cratedb.helmValues.env.NOTE": value,
    },
  });
  /** What `install` is given, for the whole of an installation's life. */
  let installer: { kubeconfig: string; rules: Given[] };

  it("installs, with every right that preflight asks for", async () => {
    installer = await accountFor(stack, "install");
    await stack.configure({ type: "nodeport", kubeconfig: installer.kubeconfig });
    assert.deepEqual(await permissions(stack), ["all granted"]);
    await succeeds(stack.pulumi("up"));
  });

  it("only looks, with the rights to verify", async () => {
    const { kubeconfig, rules } = await accountFor(stack, "verify");
    await stack.configure({ type: "nodeport", kubeconfig });
    await succeeds(stack.krateo("verify"));
    await leaveLease();
    await succeeds(stack.krateo("status"));
    // It finds that nothing answers at the addresses of simulated nodes.
    assert.equal((await stack.krateo("access")).code, 2);
    const requests = await requestsOf({ namespace: accounts, name: "verify" });
    assert.deepEqual([refusedIn(requests), unusedIn(rules, requests, [])], [[], []]);
  });

  it("changes, puts back, restarts and repairs, with the rights to operate", async () => {
    const { kubeconfig, rules } = await accountFor(stack, "operate");
    await stack.configure({ type: "nodeport", kubeconfig, ...set("true") });
    await leaveLease();
    await succeeds(stack.pulumi("preview"));
    await succeeds(stack.pulumi("up"));
    await succeeds(stack.krateo("restart"));
    await succeeds(stack.krateo("repair"));
    await stack.krateo("access");
    await deleteObject("Service", "snowplow");
    const { code, output } = await stack.krateo("diff");
    assert.equal(code, 2, output);
    const config = { type: "nodeport", kubeconfig, ...set("true") };
    const again = await TestStack.open("rights", config, { KRATEO_REAPPLY: "snowplow" });
    await succeeds(again.pulumi("up"));
    await succeeds(stack.krateo("verify"));
    const requests = await requestsOf({ namespace: accounts, name: "operate" });
    const spare = ["create", "patch", "update", "delete"];
    assert.deepEqual([refusedIn(requests), unusedIn(rules, requests, spare)], [[], []]);
  });

  it("changes, compares and removes what users made, too, with the rights to install; needs all and is refused nothing", async () => {
    await stack.configure({ type: "nodeport", kubeconfig: installer.kubeconfig, ...set("false") });
    await succeeds(stack.pulumi("up", "--refresh"));
    await succeeds(stack.krateo("verify"));
    await succeeds(stack.krateo("diff"));
    await leaveLease();
    await succeeds(stack.krateo("status"));
    await stack.krateo("access");
    await useEveryKind();
    // There are kinds now that nobody knew of before.
    await stack.configure({ type: "nodeport" });
    const { rules } = await accountFor(stack, "install");
    await stack.configure({ type: "nodeport", kubeconfig: installer.kubeconfig });
    const removal = ["uninstall", "--purge-data", "--yes"];
    const [, count = ""] = /(\d+) user objects/.exec(await list(removal)) ?? [];
    await succeeds(stack.krateo(...removal, "--confirm-user-objects", count));
    const requests = await requestsOf({ namespace: accounts, name: "install" });
    const spare = ["patch", "update"];
    assert.deepEqual([refusedIn(requests), unusedIn(rules, requests, spare)], [[], []]);
  });
});
