import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ConfigVariant, configVariants, encrypted, filesOf } from "../support/pulumi-config.ts";
import { pulumiIn, scratch } from "../support/rehearsal.ts";

/** What the unit tests hold the project's own reader against is what Pulumi says. */
describe("the configuration that pulumi config --json shows, of", () => {
  const folder = scratch("stack-config");

  async function lay({ files }: Pick<ConfigVariant, "files">): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  }

  for (const variant of configVariants) {
    it(variant.name, async () => {
      const { stack = "dev", configFile, config } = variant;
      await rm(folder, { recursive: true, force: true });
      await lay({ files: filesOf(variant) });
      const made = await pulumiIn(folder, "stack", "init", "dev", "--non-interactive");
      if (config !== undefined) assert.equal(made.code, 0, made.output);
      // Making the stack wrote into its file.
      await lay(variant);
      const { code, output, stdout } = await pulumiIn(
        folder,
        ...["config", "--json", "--non-interactive", `--stack=${stack}`],
        ...(configFile ? [`--config-file=${configFile}`] : []),
      );
      if (config === undefined) {
        assert.notEqual(code, 0, output);
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
