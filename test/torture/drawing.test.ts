import assert from "node:assert/strict";
import * as fc from "fast-check";
import { tryHistory } from "./drawing.ts";
import { Model } from "./model.ts";
import type { Operation } from "./operation.ts";
import type { Platform } from "./platform.ts";

const operations: readonly Operation[] = ["value", "up", "repair", "kill"].map((name) => ({
  name,
  weight: 1,
  inputs: [fc.constantFrom("1", "2")],
  run: async () => undefined,
}));

/** The histories that are tried of a seed, where each with such a step fails. */
async function tried(seed: number, fails: RegExp): Promise<string[]> {
  const histories: string[] = [];
  await tryHistory(operations, { seed, length: 6 }, async (steps) => {
    const done: string[] = [];
    const step = async (words: string): Promise<void> => {
      done.push(words);
      if (fails.test(words)) throw new Error("as wanted");
    };
    const real = { step } as unknown as Platform;
    try {
      await fc.asyncModelRun(() => ({ model: new Model(), real }), steps);
    } finally {
      histories.push(done.join("; "));
    }
  });
  return histories;
}

describe("the drawing of histories", () => {
  it("gives a seed the same history each time, of half the length at least", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [history = "", ...more] = await tried(seed, /never/);
      assert.deepEqual([history], await tried(seed, /never/));
      assert.deepEqual(more, []);
      const { length } = history.split("; ");
      assert.ok(length >= 3 && length <= 6, history);
    }
  });

  it("tries shorter ones of a history that fails, down to what it fails at", async () => {
    const failing = /^kill 2/;
    const histories = await Promise.all(Array.from({ length: 20 }, (_, index) => tried(index + 1, failing)));
    const failed = histories.filter(([first = ""]) => first.includes("kill 2"));
    assert.ok(failed.length > 3, `only ${failed.length} failed`);
    for (const all of failed) {
      assert.ok(all.length > 1, `${all[0]} was not shrunk`);
      assert.equal(
        all.findLast((history) => history.includes("kill 2")),
        "kill 2",
      );
    }
  });
});
