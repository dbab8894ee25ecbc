import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { faultOf, superfluousFiles } from "../golden/golden-folder.ts";
import { goldens } from "../golden/goldens.ts";

const folder = path.join(import.meta.dirname, "../golden");

describe("goldens", () => {
  for (const golden of goldens) {
    it(`${golden.file} shows the present state`, async () => {
      const fault = await faultOf(folder, golden);
      if (fault !== undefined) assert.fail(fault);
    });
  }

  it("are the same bytes when made twice", async function () {
    // All of them at once, each a whole configuration: more than one test's usual time on a busy machine.
    this.timeout(60_000);
    for (const { content } of goldens) assert.equal(await content(), await content());
  });

  it("hold no secret", () => {
    for (const { file } of goldens) {
      assert.doesNotMatch(readFileSync(path.join(folder, file), "utf8"), /GOLDEN/, file);
    }
  });

  it("are all there is: npm run golden removes what is superfluous", () => {
    assert.deepEqual(superfluousFiles(folder, goldens), []);
  });
});
