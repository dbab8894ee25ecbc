import assert from "node:assert/strict";
import { chartStep } from "../support/settings.ts";
import { build } from "./built-platform.ts";

describe("the check for users' objects", () => {
  it("stands behind everything, so that a destroy begins with it, and does nothing on installation", async () => {
    const { find } = await build([chartStep("install-authn")]);
    const { inputs, dependsOn, ignoreChanges } = find("user-objects");
    assert.deepEqual(inputs, {
      delete: "node commands/krateo.ts check-user-objects --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system" },
    });
    assert.deepEqual([dependsOn, ignoreChanges], [["snapshot"], []]);
  });
});
