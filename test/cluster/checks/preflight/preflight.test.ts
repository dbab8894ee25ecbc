import assert from "node:assert/strict";
import type { ClusterScoped } from "../../../../cluster/checks/preflight/ownership.ts";
import { judge } from "../../../../cluster/checks/preflight/preflight.ts";
import { readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, settingsOf } from "../../../support/settings.ts";

describe("preflight", () => {
  it("finds nothing at fault in a ready cluster, and says what it looked at", () => {
    const authn = chartStep("install-authn", {
      values: {
        service: { type: "NodePort", nodePort: 30082 },
        ingress: { enabled: true, className: "nginx" },
      },
    });
    const steps = [authn, chartStep("install-cluster")];
    assert.deepEqual(
      judge(settingsOf(steps), emptyInventory, readyCluster(), () => []).map(
        ({ status, check, subject, found }) => [status, check, subject, found],
      ),
      [
        ["OK", "cluster", "context shop", "https://c, UID of kube-system uid-of-kube-system"],
        ["OK", "version", "Kubernetes", "v1.31.2"],
        ["OK", "permission", "user of context shop", "all granted"],
        ["OK", "installation", "earlier installation", "none: everything will be created"],
        ["OK", "ownership", "cluster-scoped names", "free, or this installation's own"],
        ["OK", "storage", "default StorageClass", "standard (csi)"],
        ["OK", "capacity", "nodes", "16 vCPU and 64 GiB free on 1 of 1 nodes"],
        ["OK", "node port", "node ports", "30082: free, or this installation's own"],
        ["OK", "ingress", "IngressClass nginx", "exists"],
      ],
    );
  });

  it("says nothing about what may not be read, but that it may not be", () => {
    const nothing: ClusterScoped = {
      CustomResourceDefinition: undefined,
      ClusterRole: undefined,
      Namespace: undefined,
      ValidatingAdmissionPolicy: undefined,
      MutatingWebhookConfiguration: undefined,
      ValidatingWebhookConfiguration: undefined,
    };
    const unread = {
      version: undefined,
      groups: undefined,
      nodes: undefined,
      pods: undefined,
      services: undefined,
      storageClasses: undefined,
      ingressClasses: undefined,
      clusterScoped: nothing,
      missingRights: [
        {
          group: "apps",
          resource: "deployments",
          verbs: ["create"],
          namespace: "krateo-system",
          why: "work",
        },
      ],
      refused: ["nodes", "pods", "nodes"],
    };
    const step = chartStep("install-cluster", { values: { service: { type: "NodePort", nodePort: 30082 } } });
    assert.deepEqual(
      judge(settingsOf([step]), undefined, readyCluster(unread), () => []).map(
        ({ status, subject, found }) => [status, subject, found],
      ),
      [
        ["OK", "context shop", "https://c, UID of kube-system unknown"],
        ["ERROR", "deployments.apps", "may not create in namespace krateo-system"],
        ["WARNING", "what preflight reads", "may not read nodes, pods: not checked"],
      ],
    );
  });

  for (const [what, releases, purpose] of [
    ["an installation", [], "install"],
    [
      "a migration where it finds a 2.7.0",
      [{ name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" }],
      "migrate",
    ],
  ] as const) {
    it(`asks for the rights of ${what}`, () => {
      const missing = { group: "", resource: "secrets", verbs: ["list"], why: "work" };
      const inventory = { ...emptyInventory, legacy: { releases, volumes: [] } };
      const checks = judge(settingsOf([]), inventory, readyCluster({ missingRights: [missing] }), () => []);
      const [lacking] = checks.filter(({ subject }) => subject === "secrets");
      assert.match(lacking?.next ?? "", new RegExp(`npx krateo rbac --for ${purpose} prints the roles`));
    });
  }
});
