import assert from "node:assert/strict";
import { verdictOf } from "../../model/check.ts";

describe("the verdict", () => {
  for (const [statuses, verdict] of [
    [[], "OK"],
    [["OK", "OK"], "OK"],
    [["OK", "WARNING"], "WARNING"],
    [["ERROR", "WARNING", "OK"], "ERROR"],
  ] as const) {
    it(`of ${statuses.join(", ") || "nothing"} is ${verdict}`, () => {
      const checks = statuses.map((status) => ({
        check: "",
        subject: "",
        status,
        found: "",
        expected: "",
        next: "",
      }));
      assert.equal(verdictOf(checks).verdict, verdict);
    });
  }
});
