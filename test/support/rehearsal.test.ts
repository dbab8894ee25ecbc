import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

describe("the rehearsal of the integration tests", () => {
  it("says why its tools cannot be made", () => {
    const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
    const words = ["--no-config", "--require", "test/support/rehearsal.ts", "test/integration/guard.test.ts"];
    const { status, stderr } = spawnSync(process.execPath, [mocha, ...words], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, KRATEO_TEST_KUBERNETES: "1.9" },
    });
    assert.equal(status, 1);
    assert.match(stderr, /^KRATEO_TEST_KUBERNETES: no such version: 1\.9; it must be one of 1\.31\.\d+, /);
  });
});
