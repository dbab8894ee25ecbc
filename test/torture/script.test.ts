import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Operation } from "./operation.ts";
import { parseScript } from "./script.ts";

const operations: readonly Operation[] = [
  { name: "up", weight: 1, inputs: [], run: async () => undefined },
  {
    name: "kill",
    weight: 1,
    inputs: [fc.constantFrom("cli"), fc.constant("1")],
    run: async () => undefined,
  },
];

describe("a script of a history", () => {
  it("is read as it is written", () => {
    const script = "up; kill cli 12; up";
    assert.equal(parseScript(script, operations).join("; "), script);
  });

  it("may have blanks and an empty end", () => {
    assert.equal(parseScript("  up ;kill  cli 1; ", operations).join("; "), "up; kill cli 1");
  });

  for (const [words, why] of [
    ["down", "is no operation"],
    ["kill cli", "lacks an input"],
    ["up now", "has an input too many"],
  ])
    it(`is refused where a line ${why}`, () => {
      assert.throws(() => parseScript(`up; ${words}`, operations), {
        name: "RangeError",
        message: `"${words}" is no operation; allowed: up, kill INPUT INPUT`,
      });
    });
});
