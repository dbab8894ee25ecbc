import assert from "node:assert/strict";
import { build } from "./built-platform.ts";

describe("the repair", () => {
  it("shows which unfinished operations it ends", async () => {
    const dead = { revision: 2, status: "pending-upgrade", because: "its run has ended" };
    const { find } = await build([], {
      repairs: [
        { release: "authn", ...dead },
        { release: "other/web", ...dead },
      ],
    });
    assert.deepEqual(find("repair").inputs, {
      create: "node commands/krateo.ts end-revisions --stack test --namespace krateo-system",
      environment: { KRATEO_CLUSTER_UID: "uid-of-kube-system", KRATEO_REVISIONS: "authn@2 other/web@2" },
    });
    assert.deepEqual(find("repair").ignoreChanges, []);
  });

  it("keeps its inputs when there is nothing to end, so that a second run is empty", async () => {
    const { find } = await build([]);
    assert.deepEqual(find("repair").ignoreChanges, ["environment"]);
  });
});
