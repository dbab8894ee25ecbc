import assert from "node:assert/strict";
import { problems } from "./found-problems.ts";

const older = "it is older: upstream tests no way back, and tables and objects may have a newer form already";
const skips = "it is not the next minor version: upstream tests upgrades from one minor version to the next";

describe("a change of the platform version", () => {
  const cases: [installed: string | undefined, wanted: string, why: string | undefined][] = [
    [undefined, "3.0.0", undefined],
    ["3.0.0", "3.0.0", undefined],
    ["3.0.0", "3.0.4", undefined],
    ["3.0.0", "3.1.0-rc1-dev3", undefined],
    ["3.1.0-rc1-dev3", "3.1.0", undefined],
    ["3.9.2", "4.0.0", undefined],
    ["local", "3.0.0", undefined],
    ["3.1.0", "local", undefined],
    ["3.1.0-rc1-dev3", "3.0.0", older],
    ["3.1.0", "3.1.0-rc1-dev3", older],
    ["4.0.0", "3.9.0", older],
    ["3.0.0", "3.2.0", skips],
    ["3.0.0", "4.1.0", skips],
    ["3.0.0", "5.0.0", skips],
  ];
  for (const [installed, wanted, why] of cases) {
    const found = (allowVersion?: string) =>
      problems(
        { ...(installed && { platformVersion: installed }) },
        { settings: { platformVersion: wanted, ...(allowVersion && { allowVersion }) } },
      );
    it(`from ${installed ?? "nothing"} to ${wanted} is ${why === undefined ? "fine" : "refused"}`, () => {
      const expected =
        why === undefined
          ? []
          : [`platform version ${wanted} cannot take the place of ${installed}, which is installed: ${why}`];
      assert.deepEqual(found(), expected);
      assert.deepEqual(found("3.7.0"), expected);
      assert.deepEqual(found(wanted), []);
    });
  }
});
