import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { reasonIn, runHelm } from "../../../cluster/checks/helm.ts";
import { withHelm } from "../helm-stand-in.ts";

describe("running helm", () => {
  it("gives what it prints, and how it ends", async () => {
    await withHelm({ output: "out\n", errors: "no\n", code: 3 }, async (starts) => {
      assert.deepEqual(await runHelm(["template", "web"], { OWN: "1" }, "values"), {
        code: 3,
        output: "out\n",
        errors: "no\n",
      });
      const [{ args, environment, input } = assert.fail("no helm was started")] = await starts();
      assert.deepEqual([args, environment["OWN"], input], [["template", "web"], "1", "values"]);
    });
  });

  it("does not let it debug, which would add a stack to its errors", async () => {
    process.env["HELM_DEBUG"] = "true";
    try {
      await withHelm({}, async (starts) => {
        await runHelm(["version"], {});
        assert.equal((await starts())[0]?.environment["HELM_DEBUG"], "false");
      });
    } finally {
      delete process.env["HELM_DEBUG"];
    }
  });

  it("gives nothing where there is none", async () => {
    await withHelm(undefined, async () => assert.equal(await runHelm(["version"], {}), undefined));
  });

  it("says on request what it starts, without what stands there for each kind of the cluster", () => {
    const program = `
      import { runHelm } from ${JSON.stringify(join(import.meta.dirname, "../../../cluster/checks/helm.ts"))};
      await runHelm(["template", "web", "--api-versions=a/v1", "--api-versions=b/v1"], {}, "hush");
      process.stderr.write("ended");`;
    // None that does not end by itself soon: with a time-out of helm's under way it would take a minute.
    const said = execFileSync(
      "/bin/sh",
      ["-c", '"$0" --input-type=module --eval "$1" 2>&1', process.execPath, program],
      {
        env: { PATH: import.meta.dirname, KRATEO_DEBUG: "1" },
        timeout: 15_000,
        encoding: "utf8",
      },
    );
    assert.equal(said, "debug: runs helm template web\nended");
  });

  for (const [what, errors, reason] of [
    ["the last error", "warning: old\nError: one\nError: two\n", "two"],
    ["all lines of it", "Error: values:\nweb:\n- no\n", "values:\nweb:\n- no"],
    ["nothing that stands in front of every error", "Error: UPGRADE FAILED: no", "no"],
    ["no advice on another flag", "Error: no\n\nUse --debug flag to render out invalid YAML\n", "no"],
    ["that there is none", "\n", "it ended without a word"],
  ] as const) {
    it(`takes for the reason ${what}`, () => assert.equal(reasonIn(errors), reason));
  }
});
