import assert from "node:assert/strict";
import { differencesOf, withDifferences } from "../../../cluster/drift/difference.ts";
import { pathText } from "../../../model/path.ts";
import type { Json, JsonObject } from "../../../model/settings.ts";

describe("two values", () => {
  const cases: [rule: string, planned: Json, live: Json, paths: string[]][] = [
    ["are equal whatever the order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ["differ where one is missing", { a: 1 }, { b: 1 }, ["a", "b"]],
    ["differ between an empty map and none", { a: {} }, {}, ["a"]],
    ["differ in the item of a list", [1, { a: 2 }], [1, { a: 3 }], ["[1].a"]],
    ["differ in a list as a whole where one is longer", { a: [1] }, { a: [1, 2] }, ["a"]],
    ["differ as a whole where their types do", { a: [] }, { a: {} }, ["a"]],
  ];
  for (const [rule, planned, live, paths] of cases) {
    it(rule, () => {
      assert.deepEqual(
        differencesOf(planned, live).map(({ path }) => pathText(path)),
        paths,
      );
    });
  }
});

describe("what differs", () => {
  it("is put into what is planned, so that both can be compared line by line", () => {
    const planned: JsonObject = { a: 1, list: [{ x: 1 }, { y: 2 }, { z: 3 }], gone: "there", same: [1] };
    const found = [
      { path: ["a"], planned: 1, live: 2 },
      { path: ["list", 0], planned: { x: 1 }, live: undefined },
      { path: ["list", 2, "z"], planned: 3, live: 4 },
      { path: ["gone"], planned: "there", live: undefined },
      { path: ["more"], planned: undefined, live: true },
    ];
    assert.deepEqual(withDifferences(planned, found), {
      a: 2,
      list: [{ y: 2 }, { z: 4 }],
      same: [1],
      more: true,
    });
    assert.deepEqual(planned["a"], 1);
    assert.equal(withDifferences(planned, [{ path: [], planned, live: undefined }]), undefined);
  });
});
