import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import { ApiError } from "../../../cluster/client/api-errors.ts";
import type { ClusterApi } from "../../../rehearsal/simulation/cluster-api.ts";
import { type Intent, Scheduler } from "../../../rehearsal/simulation/intent.ts";

describe("the scheduler of the stand-ins", () => {
  const api = {} as ClusterApi;
  const intent = (key: string, afterSeconds: number, run: () => void): Intent => ({
    key,
    afterSeconds,
    run: async () => run(),
  });

  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("carries out an intent after its delay, once however often it is due", () => {
    let runs = 0;
    const scheduler = new Scheduler(api, () => undefined);
    for (let look = 0; look < 5; look++) {
      scheduler.update([intent("a", 5, () => runs++)]);
      mock.timers.tick(900);
    }
    assert.equal(runs, 0);
    mock.timers.tick(500);
    assert.equal(runs, 1);
    scheduler.update([intent("a", 0, () => runs++)]);
    mock.timers.tick(500);
    assert.equal(runs, 1);
  });

  it("drops an intent that is not due any more", () => {
    let runs = 0;
    const scheduler = new Scheduler(api, () => undefined);
    scheduler.update([intent("a", 5, () => runs++)]);
    scheduler.update([]);
    mock.timers.tick(10_000);
    assert.equal(runs, 0);
  });

  it("goes on after a failure, and logs what the server said but for what is settled by itself", async () => {
    const lines: string[] = [];
    const scheduler = new Scheduler(api, (line) => lines.push(line));
    const failing = (key: string, status: number, message: string) =>
      intent(key, 0, () => {
        throw new ApiError(status, message);
      });
    scheduler.update([
      failing("there", 409, "already exists"),
      failing("refused", 422, "no such field"),
      intent("fine", 0, () => undefined),
    ]);
    mock.timers.tick(1);
    await settled();
    assert.deepEqual(lines.toSorted(), ["fine", "refused: no such field"]);
  });
});
