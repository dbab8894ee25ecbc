import assert from "node:assert/strict";
import { nearestVersions } from "../../charts/repository-index.ts";

describe("nearest versions", () => {
  for (const [asked, available, nearest] of [
    ["1.0.1", ["2.0.0", "1.0.0", "1.1.0"], ["1.0.0", "1.1.0", "2.0.0"]],
    ["1.0.0", ["1.0.3", "1.0.2", "1.0.1"], ["1.0.3", "1.0.2", "1.0.1"]],
    ["v1.0.0", ["0.1.0", "1.0.0"], ["1.0.0", "0.1.0"]],
    ["1.0.0", [], []],
    ["0", ["1", "2", "3", "4", "5", "6"], ["1", "2", "3", "4", "5"]],
  ] as const) {
    it(`of ${asked} among ${available.join(" ") || "none"} are ${nearest.join(" ") || "none"}`, () => {
      assert.deepEqual(nearestVersions(asked, available), nearest);
    });
  }
});
