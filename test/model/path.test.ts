import assert from "node:assert/strict";
import { valueAt } from "../../model/path.ts";

describe("a value at a path", () => {
  it("is an item of a list by its index alone, and none of what a list has besides", () => {
    const root = { items: ["a", "b"] };
    assert.equal(valueAt(root, ["items", 1]), "b");
    assert.equal(valueAt(root, ["items", "length"]), undefined);
    assert.equal(valueAt(root, ["items", 2]), undefined);
  });
});
