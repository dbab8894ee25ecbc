import assert from "node:assert/strict";
import { build } from "./built-platform.ts";

describe("the snapshot", () => {
  it("is an Installation in upstream's shape, without a finalizer", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("snapshot").inputs, {
      apiVersion: "krateo.io/v1",
      kind: "Installation",
      metadata: {
        name: "krateoctl",
        namespace: "krateo-system",
        annotations: {
          "pulumi.com/patchForce": "true",
          "krateo.io/created-by": "krateo-pulumi",
          "krateo.io/installation-version": "3.0.0",
        },
      },
      spec: { spec: { componentsDefinition: {}, steps: [], installationVersion: "3.0.0" } },
    });
  });
});
