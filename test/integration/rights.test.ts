import assert from "node:assert/strict";
import { resourceOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { readServedKinds } from "../../cluster/removal/kinds.ts";
import type { JsonObject } from "../../model/settings.ts";
import type { Purpose } from "../../plan/rights/right.ts";
import { type AuditedRequest, requestsOf } from "../support/audit-log.ts";
import { kubeconfig, startOver, until } from "../support/rehearsal.ts";
import { apply, change, deleteObject, put } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { kubeconfigOf } from "../support/visitor.ts";

/** Namespace of the accounts. */
const accounts = "ci";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Report {
  readonly checks: readonly { readonly check: string; readonly found: string }[];
}

/** A rule of a role that was given to an account, with where it counts. */
interface Given extends Rule {
  readonly namespace?: string;
}

describe("an account with just the rights that krateo rbac prints", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("rights", { type: "nodeport" });
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: accounts } });
  });

  /** Makes an account for a purpose. @returns its kubeconfig, and the rules that it has */
  async function accountFor(purpose: Purpose): Promise<{ kubeconfig: string; rules: Given[] }> {
    const account = { namespace: accounts, name: purpose };
    await put({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    const words = ["rbac", "--for", purpose, "--service-account", `${accounts}/${purpose}`];
    const { code, stdout, output } = await stack.krateo(...words, "-o", "json");
    assert.equal(code, 0, output);
    const { items } = JSON.parse(stdout) as { items: JsonObject[] };
    for (const object of items) await put(object);
    const rules = items.flatMap((object) => {
      const { namespace } = object["metadata"] as { namespace?: string };
      return ((object["rules"] ?? []) as unknown as Rule[]).map((rule) => ({
        ...rule,
        ...(namespace !== undefined && { namespace }),
      }));
    });
    return { kubeconfig: await kubeconfigOf(account), rules };
  }

  async function succeeds(work: Promise<{ code: number; output: string }>): Promise<string> {
    const { code, output } = await work;
    assert.equal(code, 0, output);
    return output;
  }

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

  const refusedIn = (requests: readonly AuditedRequest[]): string[] => [
    ...new Set(
      requests
        .filter(({ status }) => status === 403)
        .map(({ verb, group, resource, namespace = "", name = "" }) =>
          `${verb} ${resource}${group && `.${group}`} ${namespace}/${name}`.trim(),
        ),
    ),
  ];

  /**
   * What of the rules no request needed: a verb on a kind in a place. Nothing records that somebody gave away rights.
   *
   * @param spare Verbs that may be needed on each kind, and are not in this test: they have to be used at all.
   */
  function unusedIn(
    rules: readonly Given[],
    requests: readonly AuditedRequest[],
    spare: readonly string[],
  ): string[] {
    const used = new Set<string>();
    const unused = rules.flatMap(({ apiGroups: [group], resources, resourceNames, verbs, namespace }) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => {
          const isUsed = requests.some(
            (one) =>
              one.status !== 403 &&
              (group === "*" || group === one.group) &&
              (resource === "*" || resource === one.resource) &&
              verb === one.verb &&
              (namespace === undefined || one.namespace === namespace) &&
              (resourceNames === undefined || (one.name !== undefined && resourceNames.includes(one.name))),
          );
          if (isUsed) used.add(verb);
          const one = `${verb} ${resource}.${group} in ${namespace ?? "the cluster"}`;
          return isUsed || spare.includes(verb) || ["bind", "escalate"].includes(verb) ? [] : [one];
        }),
      ),
    );
    return [...new Set([...unused, ...spare.filter((verb) => !used.has(verb))])];
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
    installer = await accountFor("install");
    await stack.configure({ type: "nodeport", kubeconfig: installer.kubeconfig });
    const report = JSON.parse(await succeeds(stack.krateo("preflight", "--json"))) as Report;
    assert.deepEqual(
      report.checks.filter(({ check }) => check === "permission").map(({ found }) => found),
      ["all granted"],
    );
    await succeeds(stack.pulumi("up"));
  });

  it("only looks, with the rights to verify", async () => {
    const { kubeconfig, rules } = await accountFor("verify");
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
    const { kubeconfig, rules } = await accountFor("operate");
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
    const { rules } = await accountFor("install");
    await stack.configure({ type: "nodeport", kubeconfig: installer.kubeconfig });
    const removal = ["uninstall", "--purge-data", "--yes"];
    const [, count = ""] = /(\d+) user objects/.exec(await list(removal)) ?? [];
    await succeeds(stack.krateo(...removal, "--confirm-user-objects", count));
    const requests = await requestsOf({ namespace: accounts, name: "install" });
    const spare = ["patch", "update"];
    assert.deepEqual([refusedIn(requests), unusedIn(rules, requests, spare)], [[], []]);
  });
});
