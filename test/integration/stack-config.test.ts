import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { configVariants, encrypted, filesOf } from "../support/pulumi-config.ts";
import { pulumiIn, scratch } from "../support/rehearsal.ts";

/** What the unit tests hold the project's own reader against is what Pulumi says. */
describe("the configuration that pulumi config --json shows, of", () => {
  const folder = scratch("stack-config");
  const state = scratch("stack-config-state");

  async function lay(files: Readonly<Record<string, string>>): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  }

  before(async () => {
    await rm(state, { recursive: true, force: true });
    await mkdir(state, { recursive: true });
    for (const project of ["krateo", "shop"]) {
      await lay({ "Pulumi.yaml": `name: ${project}\nruntime: nodejs\n` });
      const { code, output } = await pulumiIn(folder, state, "stack", "init", "dev", "--non-interactive");
      assert.equal(code, 0, output);
    }
  });

  for (const variant of configVariants) {
    it(variant.name, async () => {
      const { stack = "dev", configFile, config } = variant;
      await lay(filesOf(variant));
      const { code, output, stdout } = await pulumiIn(
        folder,
        state,
        ...["config", "--json", "--non-interactive", `--stack=${stack}`],
        ...(configFile ? [`--config-file=${configFile}`] : []),
      );
      if (config === undefined) {
        assert.notEqual(code, 0, output);
        assert.doesNotMatch(output, /no stack named/);
        return;
      }
      assert.equal(code, 0, output);
      const shown: Record<string, { value?: string; objectValue?: unknown; secret: boolean }> =
        JSON.parse(stdout);
      const known = Object.entries(shown).map(([key, { value, objectValue, secret }]) => [
        key,
        secret ? encrypted : (objectValue ?? (/^\["/.test(value ?? "") ? JSON.parse(value ?? "") : value)),
      ]);
      assert.deepEqual(Object.fromEntries(known), config);
    });
  }
});
