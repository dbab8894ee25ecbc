import assert from "node:assert/strict";
import { helmReleases, startOver } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { openInstalled, TestStack } from "../support/test-stack.ts";

describe("the guard", () => {
  it("stops a stack that is pointed at another cluster, whose objects stay as they are", async () => {
    const state = await (await openInstalled()).state();
    await startOver();
    const stack = await TestStack.open("nodeport", { type: "nodeport" });
    await stack.restoreState(state);
    for (const command of ["preview", "up"]) {
      const { code, output } = await stack.pulumi(command);
      assert.equal(code, 1, output);
      assert.match(output, /this is not the cluster that this stack was installed on/);
    }
    assert.deepEqual(await helmReleases(), {});
    assert.equal(await live("Namespace", "krateo-system", { namespace: "" }), undefined);
  });
});
