import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const maxLines = 300;
const { include }: { include: readonly string[] } = JSON.parse(
  readFileSync(join(root, "tsconfig.json"), "utf8"),
);

describe("a file of the program or of its tests", () => {
  for (const place of include) {
    it(`in ${place} has at most ${maxLines} lines`, () => {
      const files = place.endsWith(".ts") ? [place] : globSync(`${place}/**/*.ts`, { cwd: root });
      assert.ok(files.length > 0);
      const lengths = files.map((file) => ({
        file,
        lines: readFileSync(join(root, file), "utf8").trimEnd().split("\n").length,
      }));
      assert.deepEqual(
        lengths.filter(({ lines }) => lines > maxLines),
        [],
      );
    });
  }
});
