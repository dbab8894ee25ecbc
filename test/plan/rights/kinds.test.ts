import assert from "node:assert/strict";
import { kindsOf } from "../../../plan/rights/kinds.ts";

describe("kinds without a cluster", () => {
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "oxen.farm.example.org" },
    spec: { group: "farm.example.org", scope: "Cluster", names: { kind: "Ox", plural: "oxen" } },
  };
  const kindOf = kindsOf([definition, null, "text"]);

  for (const [apiVersion, kind, expected] of [
    ["v1", "ConfigMap", "configmaps"],
    ["v1", "Endpoints", "endpoints"],
    ["networking.k8s.io/v1", "Ingress", "networking.k8s.io ingresses"],
    ["networking.k8s.io/v1", "NetworkPolicy", "networking.k8s.io networkpolicies"],
    ["gateway.networking.k8s.io/v1", "Gateway", "gateway.networking.k8s.io gateways"],
    ["storage.k8s.io/v1", "StorageClass", "storage.k8s.io storageclasses of the cluster"],
    ["v1", "Namespace", "namespaces of the cluster"],
    [
      "security.openshift.io/v1",
      "SecurityContextConstraints",
      "security.openshift.io securitycontextconstraints of the cluster",
    ],
    ["farm.example.org/v1", "Ox", "farm.example.org oxen of the cluster"],
    ["other.example.org/v1", "Ox", "other.example.org oxes"],
  ] as const) {
    it(`are those of ${apiVersion} ${kind}: ${expected}`, () => {
      const { group, resource, namespaced } = kindOf(apiVersion, kind);
      assert.equal([group, resource, namespaced ? "" : "of the cluster"].join(" ").trim(), expected);
    });
  }
});
