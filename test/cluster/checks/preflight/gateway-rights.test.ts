import assert from "node:assert/strict";
import { rightsNeeded } from "../../../../cluster/checks/preflight/rights.ts";
import { objectStep, settingsOf } from "../../../support/settings.ts";
import { others, own, toOwn } from "./gateways.ts";

describe("preflight of type gateway", () => {
  it("asks for the rights to make what is planned, in its namespace", () => {
    const grant = objectStep("grant-certificates", {
      apiVersion: "gateway.networking.k8s.io/v1beta1",
      kind: "ReferenceGrant",
      metadata: { name: "g", namespace: "certs" },
    });
    const rights = rightsNeeded(settingsOf([grant, own(), toOwn]));
    assert.deepEqual(
      rights
        .filter(({ group }) => group === "gateway.networking.k8s.io")
        .map(({ resource, namespace }) => [resource, namespace]),
      [
        ["referencegrants", "certs"],
        ["gateways", "krateo-system"],
        ["httproutes", "krateo-system"],
      ],
    );
  });

  it("asks for no rights for objects of other steps, as for those of any other kind", () => {
    const rights = rightsNeeded(settingsOf([others("Gateway", {}), others("HTTPRoute", {})]));
    assert.ok(!rights.some(({ group }) => group === "gateway.networking.k8s.io"));
  });
});
