import assert from "node:assert/strict";
import { sizeOf } from "../../../cluster/client/quantity.ts";

describe("a quantity", () => {
  const cases: [value: unknown, size: number | undefined][] = [
    ["1", 1],
    [2, 2],
    ["500m", 0.5],
    [".5", 0.5],
    ["1e3", 1000],
    ["1k", 1000],
    ["1Ki", 1024],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["one", undefined],
    [null, undefined],
  ];
  for (const [value, size] of cases) {
    it(`${JSON.stringify(value)} is ${size ?? "none"}`, () => assert.equal(sizeOf(value), size));
  }
});
