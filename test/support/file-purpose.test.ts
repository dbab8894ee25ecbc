import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const folders = ["cluster", "commands", "resources", "migration/commands", "migration/live"];

/** Whether a comment with the file's purpose comes before everything else but a line for the shell. */
const opensWithPurpose = (text: string): boolean => /^(#!.*\n)?\/\*\*\s/.test(text);

describe("a file that touches the cluster, Pulumi or the command line", () => {
  for (const folder of folders) {
    it(`in ${folder}/ opens with its purpose`, () => {
      const files = globSync(`${folder}/**/*.ts`, { cwd: root });
      assert.ok(files.length > 0);
      assert.deepEqual(
        files.filter((file) => !opensWithPurpose(readFileSync(join(root, file), "utf8"))),
        [],
      );
    });
  }
});
