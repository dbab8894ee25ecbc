import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { faultOf, type Golden, superfluousFiles, writeGoldens } from "./golden-folder.ts";

const golden = (file: string, text: string): Golden => ({ file, content: async () => text });
const next = "npm run golden writes the present state; read the difference before you commit it";

describe("the folder of the goldens", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "krateo-golden-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (file: string, text = "") => writeFileSync(path.join(folder, file), text);

  it("gets every golden, and loses what nothing makes any more, but no program and no folder", async () => {
    const goldens = [golden("a.yaml", "a: 1\n"), golden("a.b.diff", "+b\n")];
    for (const file of ["old.json", "old.yaml", "old.diff", "write.ts"]) put(file);
    put("a.yaml", "a: 0\n");
    mkdirSync(path.join(folder, "legacy"));
    assert.deepEqual(superfluousFiles(folder, goldens), ["old.diff", "old.json", "old.yaml"]);

    await writeGoldens(folder, goldens);
    assert.deepEqual(readdirSync(folder).sort(), ["a.b.diff", "a.yaml", "legacy", "write.ts"]);
    assert.equal(readFileSync(path.join(folder, "a.yaml"), "utf8"), "a: 1\n");
    assert.deepEqual(superfluousFiles(folder, goldens), []);
    for (const each of goldens) assert.equal(await faultOf(folder, each), undefined);
  });

  it("is at fault where a golden is missing", async () => {
    assert.equal(await faultOf(folder, golden("a.yaml", "a: 1\n")), `a.yaml is missing: ${next}`);
  });

  it("is at fault where a golden differs, and the fault shows where", async () => {
    put("a.yaml", "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n");
    assert.equal(
      await faultOf(folder, golden("a.yaml", "a: 1\nb: 2\nc: 3\nd: 5\ne: 5\n")),
      `a.yaml does not show the present state, from line 2 on (- the file, + the present state):
 b: 2
 c: 3
-d: 4
+d: 5
 e: 5
${next}`,
    );
  });

  it("shows the first lines of a long difference", async () => {
    put("a.yaml", "a\n");
    const fault = await faultOf(folder, golden("a.yaml", `a\n${"b\n".repeat(30)}`));
    assert.deepEqual(fault?.split("\n").slice(1), [
      " a",
      ...Array(19).fill("+b"),
      "… and 11 lines more",
      next,
    ]);
  });
});
