import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { chartStep, objectStep } from "../support/settings.ts";
import { build, resolved, service } from "./built-platform.ts";

describe("a Route", () => {
  const manifest = {
    apiVersion: "route.openshift.io/v1",
    kind: "Route",
    metadata: { name: "authn", namespace: "krateo-system" },
    spec: { to: { kind: "Service", name: "authn" }, tls: { termination: "edge" } },
  };
  const steps = [chartStep("install-authn"), objectStep("expose-authn", manifest)];

  it("does not wait for the release of its Service, and is done when a router has admitted it", async () => {
    const { find } = await build(steps);
    const { type, dependsOn, inputs } = find("expose-authn");
    assert.equal(type, "kubernetes:route.openshift.io/v1:Route");
    assert.deepEqual(dependsOn, ["cleanup"]);
    const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
    assert.match(annotations["pulumi.com/waitFor"] ?? "", /^jsonpath=.*Admitted.*True/);
    assert.match(annotations["pulumi.com/timeoutSeconds"] ?? "", /^\d+$/);
    assert.equal(annotations["pulumi.com/patchForce"], "true");
  });

  it("is what the address is taken from, not the Service", async () => {
    const live = {
      ...manifest,
      status: {
        ingress: [{ host: "authn.apps.example.org", conditions: [{ type: "Admitted", status: "True" }] }],
      },
    };
    const { platform } = await build(steps, {
      read: async ({ kind }) => (kind === "Route" ? live : (service as unknown as JsonObject)),
    });
    assert.deepEqual(await resolved(platform.addresses), { authn: "https://authn.apps.example.org" });
  });
});
