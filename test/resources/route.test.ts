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

  it("is waited for as it is written now: a router admits it anew after no change but its host's", async () => {
    const annotations = async (spec: JsonObject, given: JsonObject = {}) => {
      const written = { ...manifest, metadata: { ...manifest.metadata, annotations: given }, spec };
      const { inputs } = (await build([objectStep("expose-authn", written)])).find("expose-authn");
      return (inputs["metadata"] as { annotations: Record<string, string> }).annotations;
    };
    const hash = async (spec: JsonObject, given: JsonObject = {}) => {
      const { "krateo.io/written": mark, "pulumi.com/waitFor": wait } = await annotations(spec, given);
      assert.ok(wait?.includes(`&& $.metadata.annotations["krateo.io/written"] == "${mark}"]`), wait);
      return mark;
    };
    const first = await hash(manifest.spec);
    assert.equal(await hash(manifest.spec), first);
    assert.notEqual(await hash(manifest.spec, { "haproxy.router.openshift.io/timeout": "1h" }), first);
    assert.notEqual(await hash({ ...manifest.spec, tls: { termination: "reencrypt" } }), first);
    const wait = (await annotations({ ...manifest.spec, host: "a.example.org" }))["pulumi.com/waitFor"];
    assert.match(
      wait ?? "",
      /^jsonpath=\{\.status\.ingress\[\?\(@\.host == "a\.example\.org" && @\.conditions/,
    );
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
