import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GoCommand } from "../../rehearsal/toolchain/go-command.ts";

describe("a go command", () => {
  let folder: string;
  let report: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "go-"));
    report = join(folder, "report.log");
  });
  after(() => rm(folder, { recursive: true }));

  /** One whose `go` is a script. */
  const command = async (script: string): Promise<GoCommand> => {
    await writeFile(join(folder, "go"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return new GoCommand({
      purpose: "building tool 1.0.0",
      folder,
      env: { PATH: `${folder}:/usr/bin:/bin` },
      report,
    });
  };

  it("returns what go prints, and counts the packages that it compiles", async () => {
    const go = await command(
      "echo 'go: downloading example.com/a v1.0.0' >&2; echo example.com/a/b.v2 >&2; echo fmt >&2; echo /bin/tool; echo",
    );
    assert.deepEqual(await go.lines("install", "-v"), ["/bin/tool"]);
    assert.equal(go.compiled, 2);
  });

  it("that fails says for what it ran and what is wrong, without what it did before, and keeps all of it", async () => {
    const go = await command(
      "echo example.com/a >&2; echo '# example.com/b' >&2; echo 'b.go:1:2: undefined: c' >&2; exit 1",
    );
    await assert.rejects(go.run("install", "-v"), {
      message: [
        "building tool 1.0.0 failed: go install ended with 1",
        "  # example.com/b",
        "  b.go:1:2: undefined: c",
        `Everything it printed is in ${report}. Run the same command again to resume: what was compiled is kept.`,
      ].join("\n"),
    });
    assert.match(await readFile(report, "utf8"), /^example\.com\/a$/m);
  });
});
