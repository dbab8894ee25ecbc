/** Draws the history of a seed, and shorter ones where it fails. */
import * as fc from "fast-check";
import type { Model } from "./model.ts";
import type { Operation } from "./operation.ts";
import type { Platform } from "./platform.ts";
import { Step } from "./script.ts";

/**
 * Has the history of a seed tried, and for as long as it fails, shorter ones.
 *
 * @param options `length`: how many operations a history has at the most; half as many at the least, until one fails
 * @param attempt Gets the history and the number of the attempt, from 1; throws where the history fails.
 */
export async function tryHistory(
  operations: readonly Operation[],
  { seed, length }: { readonly seed: number; readonly length: number },
  attempt: (steps: Iterable<fc.AsyncCommand<Model, Platform>>, count: number) => Promise<void>,
): Promise<void> {
  const drawn = fc.oneof(
    ...operations.map((operation) => ({
      weight: operation.weight,
      arbitrary: fc.tuple(...operation.inputs).map((inputs) => new Step(operation, inputs)),
    })),
  );
  let failed = false;
  let count = 0;
  const history = fc.commands([drawn], { maxCommands: length, size: "max" });
  const property = fc.asyncProperty(history, async (steps) => {
    // Nobody learns from a history of nothing. A filter of the arbitrary would read a copy of the steps: fast-check shrinks only
    // to steps that have run, and in its own ones none would have.
    fc.pre(failed || [...steps].length >= length / 2);
    count += 1;
    try {
      await attempt(steps, count);
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  await fc.check(property, { seed, numRuns: 1, unbiased: true });
}
