import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { namespacesNeeded, rightsNeeded } from "../../../plan/rights/needed.ts";
import type { Purpose, Right } from "../../../plan/rights/right.ts";
import { chartStep, objectStep, settingsOf } from "../../support/settings.ts";

const web = chartStep("install-web");
const object = (kind: string, name: string, apiVersion = "v1", namespace?: string): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});
const role = (name: string) => object("ClusterRole", name, "rbac.authorization.k8s.io/v1");

const of = (purpose: Purpose, documents: JsonObject[]): Right[] =>
  rightsNeeded(settingsOf([web]), purpose, { rendered: new Map([["install-web", documents]]) }).filter(
    ({ why }) => / by chart web$/.test(why),
  );
const lines = (rights: readonly Right[]): string[] =>
  rights.map(({ namespace = "cluster", resource, verbs, names }) =>
    [namespace, resource, verbs.join(","), ...(names ?? [])].join(" "),
  );

describe("rights on the objects of rendered charts", () => {
  it("are to make, change and remove those in namespaces", () => {
    assert.deepEqual(
      lines(of("install", [object("Service", "web"), object("Service", "other", "v1", "far")])),
      [
        "krateo-system services get,create,patch,update,delete",
        "far services get,create,patch,update,delete",
      ],
    );
  });

  it("are about just these names of those that are in none, but to make them", () => {
    assert.deepEqual(lines(of("install", [role("b"), role("a")])), [
      "cluster clusterroles list,create",
      "cluster clusterroles get,patch,delete a b",
    ]);
  });

  it("are to watch the Jobs of hooks", () => {
    assert.deepEqual(lines(of("install", [object("Job", "clean", "batch/v1")])), [
      "krateo-system jobs get,list,watch,create,patch,update,delete",
    ]);
  });

  it("are not to make namespaces, which are there before a role in them", () => {
    const documents = [object("Namespace", "demo")];
    assert.deepEqual(lines(of("install", documents)), ["cluster namespaces get,patch,delete demo"]);
    assert.deepEqual(
      namespacesNeeded(settingsOf([web]), { rendered: new Map([["install-web", documents]]) }),
      [{ name: "krateo-system" }, { name: "demo", release: web.release }],
    );
  });

  it("let Helm wait for what is in a namespace of its own, when the role in it has gone with it", () => {
    const documents = [object("Namespace", "demo"), object("Service", "web", "v1", "demo")];
    const rights = rightsNeeded(settingsOf([web]), "install", {
      rendered: new Map([["install-web", documents]]),
    });
    const why = "wait until what is in namespace demo is gone";
    assert.deepEqual(lines(rights.filter((right) => right.why === why)), ["cluster services get web"]);
  });

  it("leave cluster-wide objects where they are in operation, and roles as they are", () => {
    const binding = object("RoleBinding", "web", "rbac.authorization.k8s.io/v1");
    const hook = object("MutatingWebhookConfiguration", "web", "admissionregistration.k8s.io/v1");
    assert.deepEqual(lines(of("operate", [object("Service", "web"), role("a"), binding, hook])), [
      "krateo-system services get,create,patch,update,delete",
      "cluster clusterroles get a",
      "krateo-system rolebindings get",
      "cluster mutatingwebhookconfigurations get,patch web",
    ]);
  });

  it("leave out in operation what only hooks of an installation or a removal make", () => {
    const hook = (name: string, event: string): JsonObject => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: name, annotations: { "helm.sh/hook": event } },
    });
    const documents = [
      hook("first", "pre-install"),
      hook("each", "pre-install,pre-upgrade"),
      hook("last", "post-delete"),
    ];
    assert.deepEqual(
      of("operate", documents).map(({ namespace }) => namespace),
      ["each"],
    );
    assert.equal(of("install", documents).length, 3);
  });

  it("are none to verify", () => {
    assert.deepEqual(of("verify", [object("Service", "web")]), []);
  });

  it("include what an installed release has and the plan has not", () => {
    const manifest = object("ConfigMap", "former") as never;
    const installed = [{ maker: "release web", home: "krateo-system", manifest }];
    const rights = rightsNeeded(settingsOf([]), "install", { rendered: new Map(), installed });
    assert.deepEqual(lines(rights.filter(({ why }) => why.endsWith("by release web"))), [
      "krateo-system configmaps get,create,patch,update,delete",
    ]);
  });

  it("include objects of the document's own steps", () => {
    const step = objectStep("expose-web", object("Route", "web", "route.openshift.io/v1"));
    const rights = rightsNeeded(settingsOf([step]), "install", { rendered: new Map() });
    assert.deepEqual(lines(rights.filter(({ why }) => why.endsWith("by step expose-web"))), [
      "krateo-system routes get,list,watch,create,patch,update,delete",
    ]);
  });

  it("let nobody but an installer give away rights", () => {
    const documents = [{ ...role("all"), rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }];
    const rights = (purpose: Purpose) =>
      rightsNeeded(settingsOf([web]), purpose, { rendered: new Map([["install-web", documents]]) });
    const delegates = (purpose: Purpose) =>
      rights(purpose).some(({ verbs }) => verbs.includes("escalate") || verbs.includes("bind"));
    assert.deepEqual([delegates("install"), delegates("operate")], [true, false]);
  });
});

describe("rights of which no chart is rendered", () => {
  const named = (...given: Parameters<typeof settingsOf>): string[] =>
    rightsNeeded(settingsOf(...given), "install", { rendered: new Map() }).map(({ resource, namespace }) =>
      [namespace, resource].join("/"),
    );

  it("are those in every namespace that releases go to", () => {
    const far = chartStep("far", { release: { name: "far", namespace: "elsewhere" } });
    assert.ok(named([far]).includes("elsewhere/deployments"));
    assert.ok(named([far]).includes("krateo-system/leases"));
  });

  for (const [sentence, step, right] of [
    ["its webhooks with cloudnative-pg", "cloudnative-pg", "/mutatingwebhookconfigurations"],
    ["its policies with core-provider", "core-provider", "/validatingadmissionpolicybindings"],
    ["users with the portal", "portal", "krateo-system/users"],
  ] as const) {
    it(`are ${sentence}, and not without it`, () => {
      const made = (name: string) =>
        rightsNeeded(settingsOf([chartStep(name)]), "install", { rendered: new Map() })
          .filter(({ verbs }) => verbs.includes("create"))
          .map(({ resource, namespace }) => [namespace, resource].join("/"));
      assert.ok(made(step).includes(right));
      assert.ok(!made("authn").includes(right));
    });
  }

  it("are to make Ingresses only where there are any", () => {
    const made = (values: JsonObject) =>
      rightsNeeded(settingsOf([chartStep("web", { values })]), "install", { rendered: new Map() }).some(
        ({ resource, verbs }) => resource === "ingresses" && verbs.includes("create"),
      );
    assert.ok(made({ ingress: { enabled: true } }));
    assert.ok(!made({}));
  });
});
