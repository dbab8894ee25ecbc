import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { goldens } from "../golden/goldens.ts";

const folder = path.join(import.meta.dirname, "../golden");

describe("goldens", () => {
  for (const { file, content } of goldens) {
    it(`${file} shows the present state (npm run golden rewrites it)`, async () => {
      assert.ok(existsSync(path.join(folder, file)), `${file} is missing`);
      assert.equal(await content(), readFileSync(path.join(folder, file), "utf8"));
    });
  }

  it("are the same bytes when made twice", async function () {
    // All of them at once, each a whole configuration: more than one test's usual time on a busy machine.
    this.timeout(60_000);
    for (const { content } of goldens) assert.equal(await content(), await content());
  });

  it("are all there is", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
    assert.deepEqual(files.sort(), goldens.map(({ file }) => file).sort());
  });
});
