import assert from "node:assert/strict";
import { installationKey } from "../../plan/installation.ts";
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

  it("of somebody else is taken over once its secrets are masked, and its own as it is", async () => {
    const key = installationKey.object("krateo-system");
    for (const [ours, expected] of [
      [false, 1],
      [true, 0],
    ] as const) {
      let masked = 0;
      const { find } = await build([], {
        inventory: { objects: { [key]: { ours, uid: "u" } } },
        maskSnapshot: async () => void masked++,
      });
      assert.equal(find("snapshot").importId, "krateo-system/krateoctl");
      assert.equal(masked, expected);
    }
  });
});
