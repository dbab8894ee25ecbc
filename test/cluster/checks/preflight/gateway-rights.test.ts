import assert from "node:assert/strict";
import { rightsNeeded } from "../../../../plan/rights/needed.ts";
import { objectStep, settingsOf } from "../../../support/settings.ts";
import { others, own, toOwn } from "./gateways.ts";

describe("preflight of type gateway", () => {
  it("asks for the rights to make what is planned, in its namespace", () => {
    const grant = objectStep("grant-certificates", {
      apiVersion: "gateway.networking.k8s.io/v1beta1",
      kind: "ReferenceGrant",
      metadata: { name: "g", namespace: "certs" },
    });
    const rights = rightsNeeded(settingsOf([grant, own(), toOwn]), "install", { rendered: new Map() });
    assert.deepEqual(
      rights
        .filter(({ group, verbs }) => group === "gateway.networking.k8s.io" && verbs.includes("create"))
        .map(({ resource, namespace }) => [resource, namespace]),
      [
        ["referencegrants", "certs"],
        ["gateways", "krateo-system"],
        ["httproutes", "krateo-system"],
      ],
    );
  });

  it("asks for the same for objects of the user's own steps", () => {
    const rights = rightsNeeded(settingsOf([others("Gateway", {})]), "install", { rendered: new Map() });
    assert.ok(rights.some(({ resource, verbs }) => resource === "gateways" && verbs.includes("create")));
  });
});
