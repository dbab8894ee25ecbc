import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..", "..");

/** Where Node keeps compiled code once it was started with these arguments; undefined: nowhere. */
function cacheOf(args: readonly string[]): string {
  const program = 'import m from "node:module"; console.log(m.getCompileCacheDir())';
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const words = [...args, "--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, env, encoding: "utf8" });
  return stdout.trim() || stderr;
}

describe("compiled code", () => {
  it("is kept for the next run of the program, in the project's own folder", () => {
    const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
    const args = runtime.options.nodeargs.split(" ");
    assert.match(cacheOf(args), /node_modules\/\.cache\/compiled\//);
    assert.equal(cacheOf([]), "undefined");
  });

  for (const [file, imports] of [
    ["krateo.js", ['import "../run/compile-cache.js";']],
    ["krateo.ts", ['import { resolve } from "node:path";', 'import "../run/compile-cache.js";']],
  ] as const) {
    it(`is kept for the next command, before ${file} loads anything else`, () => {
      const text = readFileSync(join(root, "commands", file), "utf8");
      assert.deepEqual(text.match(/^import .*$/gm), imports);
    });
  }
});
