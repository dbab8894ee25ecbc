import assert from "node:assert/strict";
import type { Check, Status } from "../../model/check.ts";
import { helm, type Outcome, run, startOver, tinyChart } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { kubeconfigOfVisitor } from "../support/visitor.ts";

interface Report {
  readonly verdict: Status;
  readonly checks: readonly Check[];
}

const reportIn = ({ stdout }: Outcome): Report => JSON.parse(stdout);

const errorsIn = (outcome: Outcome): string[] =>
  reportIn(outcome)
    .checks.filter(({ status }) => status === "ERROR")
    .map(({ subject, found }) => `${subject}: ${found}`);

/** One that may look at a cluster, but hardly more. */
const looking = [
  { apiGroups: [""], resources: ["namespaces", "services", "pods"], verbs: ["get", "list"] },
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "create", "patch"] },
];

describe("preflight", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("preflight", { type: "nodeport" });
  });

  it("is green on an empty cluster, before there is any stack", async () => {
    const noStack = { KRATEO_CONFIG_FILE: "", PULUMI_STACK: "" };
    const outcome = await run("node", ["commands/krateo.ts", "preflight", "--json"], noStack);
    assert.equal(outcome.code, 0, outcome.output);
    const { verdict, checks } = reportIn(outcome);
    assert.equal(verdict, "OK", outcome.output);
    assert.deepEqual(
      checks.map(({ check }) => check),
      [
        "cluster",
        "version",
        "permission",
        "installation",
        "ownership",
        "storage",
        "capacity",
        "node port",
        "precondition",
      ],
    );
    assert.match(outcome.output, /no stack with a configuration is selected: the defaults count/);
  });

  it("tells a user with few rights which ones are missing", async () => {
    const visitor = await kubeconfigOfVisitor("visitor", looking);
    const outcome = await stack.krateo("preflight", "--json", "--kubeconfig", visitor);
    assert.equal(outcome.code, 1, outcome.output);
    const { checks } = reportIn(outcome);
    const missing = new Map(checks.map(({ subject, found }) => [subject, found]));
    assert.equal(missing.get("deployments.apps"), "may not update, delete in namespace krateo-system");
    assert.equal(missing.get("pods"), undefined);
    assert.match(missing.get("clusterroles.rbac.authorization.k8s.io") ?? "", /may not .*escalate, bind$/);
    assert.match(missing.get("what preflight reads") ?? "", /nodes, storage classes/);
  });

  it("misses the IngressClass that the settings name", async () => {
    await stack.configure({ type: "ingress", domain: "krateo.test" });
    await stack.override({
      components: { frontend: { helmDefaults: { ingress: { className: "nginx" } } } },
    });
    const outcome = await stack.krateo("preflight", "--json");
    assert.deepEqual(errorsIn(outcome), ["IngressClass nginx: does not exist; there is none"]);
    await stack.configure({ type: "nodeport" });
    await stack.override({});
  });

  it("stops an up before it touches anything, and only warns a preview", async () => {
    for (const name of ["shop", "krateo-system"]) {
      await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
    await apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "shop" },
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
    });
    const preview = await stack.pulumi("preview");
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, /warning: node port 30080: held by Service shop\/web/);

    const installer = await tinyChart("installer", "2.6.0");
    const { code, output } = await helm("install", "installer", installer, "-n", "krateo-system");
    assert.equal(code, 0, output);

    const up = await stack.pulumi("up");
    assert.equal(up.code, 1, up.output);
    assert.match(up.output, /node port 30080: held by Service shop\/web/);
    assert.match(up.output, /only Krateo 2\.7\.0 can be migrated/);
    assert.match(up.output, /given: +Helm release installer \(installer 2\.6\.0\)/);
    assert.match(up.output, /next: +first upgrade it to 2\.7\.0: helm upgrade installer-crd/);
    assert.equal(await live("Secret", "jwt-sign-key"), undefined, "the cluster was touched");
  });

  it("says the same as a report", async () => {
    const outcome = await stack.krateo("preflight", "--json");
    assert.equal(outcome.code, 1);
    const errors = errorsIn(outcome);
    assert.ok(errors.includes("node port 30080: held by Service shop/web"), errors.join("\n"));
    const installer =
      "namespace krateo-system: only Krateo 2.7.0 can be migrated (Helm release installer (installer 2.6.0))";
    assert.ok(errors.includes(installer), errors.join("\n"));
  });
});
