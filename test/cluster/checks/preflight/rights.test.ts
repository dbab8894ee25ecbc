import assert from "node:assert/strict";
import { rightsNeeded } from "../../../../cluster/checks/preflight/rights.ts";
import { chartStep, objectStep, settingsOf } from "../../../support/settings.ts";
import { settings } from "./readable-cluster.ts";

describe("rights that an installation needs", () => {
  const named = (...given: Parameters<typeof settingsOf>): string[] =>
    rightsNeeded(settingsOf(...given)).map(({ resource, namespace }) => [namespace, resource].join("/"));

  it("are those in every namespace that releases go to", () => {
    const far = chartStep("far", { release: { name: "far", namespace: "elsewhere" } });
    assert.ok(named([far]).includes("elsewhere/deployments"));
    assert.ok(named([far]).includes("krateo-system/leases"));
  });

  for (const [sentence, step, right] of [
    ["its webhooks with cloudnative-pg", "cloudnative-pg", "/mutatingwebhookconfigurations"],
    ["its policies with core-provider", "core-provider", "/validatingadmissionpolicies"],
    ["databases with pg-cluster's chart", "cluster", "krateo-system/databases"],
    ["users with the portal", "portal", "krateo-system/users"],
  ] as const) {
    it(`are ${sentence}, and not without it`, () => {
      assert.ok(named([chartStep(step)]).includes(right));
      assert.ok(!named([chartStep("authn")]).includes(right));
    });
  }

  it("are to list nodes where one's address is to be found", () => {
    const frontend = chartStep("frontend", { values: { url: "http://${NODE_ADDRESS}:30080" } });
    assert.ok(named([frontend], { nodeAddress: undefined }).includes("/nodes"));
    assert.ok(!named([frontend]).includes("/nodes"));
    assert.ok(!named([], { nodeAddress: undefined }).includes("/nodes"));
  });

  it("are Ingresses and Routes only where there are any", () => {
    assert.ok(rightsNeeded(settings).some(({ resource }) => resource === "ingresses"));
    assert.ok(!named([]).includes("krateo-system/ingresses"));
    const route = objectStep("expose-web", {
      apiVersion: "route.openshift.io/v1",
      kind: "Route",
      metadata: { name: "web" },
    });
    assert.ok(named([route]).includes("krateo-system/routes"));
    assert.ok(!named([]).includes("krateo-system/routes"));
  });
});
