import assert from "node:assert/strict";
import { summaryOf } from "../../resources/summary.ts";

describe("the summary of a run", () => {
  const names = ["authn", "snowplow", "frontend", "portal"];

  it("is silent when all is done", () => {
    assert.deepEqual(summaryOf(names, new Set(names), new Set()), []);
  });

  it("tells what failed, what was not started for it, and what is done, in the order of the plan", () => {
    assert.deepEqual(summaryOf(names, new Set(["snowplow"]), new Set(["authn"])), [
      "failed:      authn",
      "not started: frontend, portal",
      "done:        snowplow",
    ]);
  });

  it("tells while the run goes on what is in progress, too", () => {
    assert.deepEqual(summaryOf(names, new Set(), new Set(["authn"]), new Set(["authn", "snowplow"])), [
      "failed:      authn",
      "in progress: snowplow",
      "not started: frontend, portal",
    ]);
  });

  it("leaves out what there is none of", () => {
    assert.deepEqual(summaryOf(["authn"], new Set(), new Set(["authn"])), ["failed:      authn"]);
  });
});
