import assert from "node:assert/strict";
import { secondsOf } from "../../model/go-duration.ts";

describe("a duration", () => {
  const table: [text: string, seconds: number | undefined][] = [
    ["90s", 90],
    ["15m", 900],
    ["1h30m", 5400],
    ["1.5h", 5400],
    [".5m", 30],
    ["1500ms", 2],
    ["300", undefined],
    ["5 m", undefined],
    ["-5m", undefined],
    ["0s", undefined],
    ["5d", undefined],
    ["m", undefined],
    ["", undefined],
  ];
  for (const [text, seconds] of table) {
    it(`${JSON.stringify(text)} is ${seconds === undefined ? "none" : `${seconds} seconds`}`, () => {
      assert.equal(secondsOf(text), seconds);
    });
  }
});
