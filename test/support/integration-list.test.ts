import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..", "..");

describe("the list of integration tests, whose order counts", () => {
  it("names each file once", () => {
    const { spec } = parse(readFileSync(join(root, "test", "integration.mocharc.yaml"), "utf8"));
    const listed = spec.filter((file: string) => file.startsWith("test/integration/"));
    const there = readdirSync(join(root, "test", "integration"))
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => `test/integration/${file}`);
    assert.deepEqual(listed.toSorted(), there.toSorted());
  });
});
