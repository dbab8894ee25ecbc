import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { rightsToDelegate } from "../../../plan/rights/delegation.ts";
import { kindsOf } from "../../../plan/rights/kinds.ts";
import { plannedObjects } from "../../../plan/rights/planned-objects.ts";
import type { Right } from "../../../plan/rights/right.ts";

const apiVersion = "rbac.authorization.k8s.io/v1";
const role = (kind: "Role" | "ClusterRole", name: string, body: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...body,
});
const binding = (kind: "Role" | "ClusterRole", ref: string, roleKind: string = kind): JsonObject => ({
  apiVersion,
  kind: `${kind}Binding`,
  metadata: { name: `bind-${ref}` },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: roleKind, name: ref },
});
const rule = (group: string, resource: string, verbs: string[], names?: string[]): JsonObject => ({
  rules: [{ apiGroups: [group], resources: [resource], verbs, ...(names && { resourceNames: names }) }],
});

/** May read and make ConfigMaps in the namespace of the chart, and read two CRDs. */
const held: Right[] = [
  { group: "", resource: "configmaps", verbs: ["get", "create"], namespace: "shop", why: "" },
  {
    group: "apiextensions.k8s.io",
    resource: "customresourcedefinitions",
    verbs: ["get"],
    names: ["a.example.org", "b.example.org"],
    why: "",
  },
];

const asked = (...objects: JsonObject[]): string[] =>
  rightsToDelegate(plannedObjects("chart web", "shop", objects), kindsOf([]), held).map(
    ({ namespace = "cluster", verbs, resource, names = [] }) =>
      [namespace, ...verbs, resource, ...names].join(" "),
  );

describe("rights to give away rights", () => {
  it("are not asked for where the account may do all of it itself", () => {
    const own = role("Role", "reader", rule("", "configmaps", ["get"]));
    assert.deepEqual(asked(own, binding("Role", "reader")), []);
  });

  it("are escalate for a role that goes further, and bind for just that role", () => {
    const further = role("Role", "writer", rule("", "configmaps", ["get", "delete"]));
    assert.deepEqual(asked(further, binding("Role", "writer")), [
      "shop escalate roles",
      "shop bind roles writer",
    ]);
  });

  it("are bind alone for a role that somebody else makes", () => {
    assert.deepEqual(asked(binding("ClusterRole", "cluster-admin")), [
      "cluster bind clusterroles cluster-admin",
    ]);
  });

  it("are those of the namespace where a binding in it names a ClusterRole", () => {
    assert.deepEqual(asked(binding("Role", "view", "ClusterRole")), ["shop bind clusterroles view"]);
  });

  it("count what is held in a namespace for nothing in the whole cluster", () => {
    const everywhere = role("ClusterRole", "reader", rule("", "configmaps", ["get"]));
    assert.deepEqual(asked(everywhere, binding("ClusterRole", "reader")), [
      "cluster escalate clusterroles",
      "cluster bind clusterroles reader",
    ]);
  });

  for (const [sentence, body, isMore] of [
    [
      "names among those that are held",
      rule("apiextensions.k8s.io", "customresourcedefinitions", ["get"], ["a.example.org"]),
      false,
    ],
    [
      "another name",
      rule("apiextensions.k8s.io", "customresourcedefinitions", ["get"], ["c.example.org"]),
      true,
    ],
    ["every name", rule("apiextensions.k8s.io", "customresourcedefinitions", ["get"]), true],
    ["every verb", rule("apiextensions.k8s.io", "customresourcedefinitions", ["*"], ["a.example.org"]), true],
    ["every kind", rule("", "*", ["get"]), true],
    ["a path of the API server", { rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] }, true],
    ["the rules of other roles", { aggregationRule: { clusterRoleSelectors: [] }, rules: [] }, true],
    ["nothing", { rules: [] }, false],
  ] as const) {
    it(`${isMore ? "are" : "are not"} asked for with ${sentence}`, () => {
      const found = asked(role("ClusterRole", "one", body as JsonObject));
      assert.deepEqual(found, isMore ? ["cluster escalate clusterroles"] : []);
    });
  }

  it("say which role goes how far", () => {
    const roles = ["one", "two", "three"].map((name) =>
      role("ClusterRole", name, rule("", "secrets", ["*"])),
    );
    const [right] = rightsToDelegate(plannedObjects("chart web", "shop", roles), kindsOf([]), held);
    assert.equal(
      right?.why,
      "ClusterRole one of chart web allows more than this account may do (* secrets); so do 2 more",
    );
  });
});
