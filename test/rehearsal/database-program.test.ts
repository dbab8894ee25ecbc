import assert from "node:assert/strict";
import { readyAfterSeconds } from "../../rehearsal/simulation/database-program.ts";
import { delaySeconds } from "../../rehearsal/simulation/delays.ts";

describe("a simulated program that waits for its database or a table", () => {
  const cases: [string, number, number][] = [
    ["is ready at its first probe when nothing was missing", 0, 45],
    ["is, too, when it was there at its last look before that", 31, 45],
    ["misses that probe when it came after that look", 31.1, 135],
    ["looks every 30 s from then on", 121, 135],
    ["is ready at the third probe when it was there at the look before", 211, 225],
    ["is ended before it looks again, and ready 45 s after", 211.1, 270],
  ];
  for (const [rule, waited, ready] of cases) {
    it(rule, () => assert.equal(readyAfterSeconds(waited), ready));
  }

  // Why resources-ingester does not wait for deviser: beside it, it is ready as early as without any wait.
  it("is as early beside deviser as after it, from its own start, and never 15 s later than after deviser's readiness", () => {
    assert.equal(readyAfterSeconds(delaySeconds("tables", true)), 45);
    for (let tables = 0; tables < 300; tables += 0.5) {
      const afterDeviser = tables + 45 + 45;
      assert.ok(readyAfterSeconds(tables) < afterDeviser + 15, `tables after ${tables} s`);
    }
  });
});
