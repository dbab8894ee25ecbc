import assert from "node:assert/strict";
import { build } from "./built-platform.ts";

describe("the namespace", () => {
  it("is kept on removal, marked when it is ours", async () => {
    const { find } = await build([]);
    assert.equal(find("namespace").retainOnDelete, true);
    assert.deepEqual(find("namespace").inputs["metadata"], {
      name: "krateo-system",
      annotations: { "krateo.io/created-by": "krateo-pulumi" },
    });
  });

  it("is taken as it is when it was there before", async () => {
    const { find } = await build([], { inventory: { namespace: { ours: false, uid: "u" } } });
    const { importId, ignoreChanges, inputs } = find("namespace");
    assert.equal(importId, "krateo-system");
    assert.deepEqual(ignoreChanges, ["metadata", "spec"]);
    assert.deepEqual(inputs["metadata"], { name: "krateo-system" });
  });
});
