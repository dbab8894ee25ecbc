import assert from "node:assert/strict";
import type { Right } from "../../../plan/rights/right.ts";
import { asYaml, namespaceObject, roleObjects, type Subject } from "../../../plan/rights/roles.ts";

const account: Subject = { kind: "ServiceAccount", name: "ci", namespace: "tools" };
const rights: Right[] = [
  { group: "", resource: "services", verbs: ["get", "create"], namespace: "shop", why: "chart web" },
  { group: "", resource: "configmaps", verbs: ["get", "create"], namespace: "shop", why: "chart web" },
  { group: "", resource: "nodes", verbs: ["list"], why: "find an address" },
  { group: "", resource: "namespaces", verbs: ["get"], names: ["shop"], why: "look whether it is there" },
];

describe("the objects that give rights", () => {
  it("are a role and a binding in each place, rules with the same reason in one, the reason above it", () => {
    assert.equal(
      asYaml(roleObjects("install", rights, account)),
      `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: krateo-install
  labels:
    krateo.io/rights: install
rules:
  # find an address
  - apiGroups: [""]
    resources: [nodes]
    verbs: [list]
  # look whether it is there
  - apiGroups: [""]
    resources: [namespaces]
    resourceNames:
      - shop
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: krateo-install:tools:ci
  labels:
    krateo.io/rights: install
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: krateo-install
subjects:
  - kind: ServiceAccount
    name: ci
    namespace: tools
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: krateo-install
  namespace: shop
  labels:
    krateo.io/rights: install
rules:
  # chart web
  - apiGroups: [""]
    resources: [configmaps, services]
    verbs: [get, create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: krateo-install:tools:ci
  namespace: shop
  labels:
    krateo.io/rights: install
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: krateo-install
subjects:
  - kind: ServiceAccount
    name: ci
    namespace: tools
`,
    );
  });

  it("name all objects of a kind in one rule, where nothing else is different", () => {
    const named = (name: string): Right => ({
      ...{ group: "", resource: "services", verbs: ["get"], names: [name], why: "wait" },
    });
    const [role] = roleObjects("install", [named("b"), named("a")], account);
    assert.deepEqual(role?.object["rules"], [
      { apiGroups: [""], resources: ["services"], resourceNames: ["a", "b"], verbs: ["get"] },
    ]);
  });

  it("bind a user as a user", () => {
    const [, binding] = roleObjects("verify", rights, { kind: "User", name: "ada" });
    assert.deepEqual(binding?.object["subjects"], [
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "ada" },
    ]);
  });

  it("mark a namespace that a chart makes as that release's, so that Helm takes it over", () => {
    const release = { name: "portal", namespace: "krateo-system" };
    assert.deepEqual(namespaceObject({ name: "demo", release }).object["metadata"], {
      name: "demo",
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: {
        "meta.helm.sh/release-name": "portal",
        "meta.helm.sh/release-namespace": "krateo-system",
      },
    });
  });
});
