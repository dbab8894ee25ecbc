/** Programs that tests alone need, built from Go modules into the cache of the rehearsal's tools. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildRecipes } from "../../rehearsal/toolchain/build.ts";
import { cacheDirectory, isIntact, recipeDirectory } from "../../rehearsal/toolchain/cache.ts";
import { withLock } from "../../rehearsal/toolchain/lock.ts";
import type { Recipe } from "../../rehearsal/toolchain/recipes.ts";

/** Checks GitHub's workflows. */
export const actionlint: Recipe = {
  name: "actionlint",
  version: "1.7.12",
  binaries: ["actionlint"],
  packages: ["github.com/rhysd/actionlint/cmd/actionlint"],
  expectedSeconds: 30,
};

/** The Lua that Argo CD runs health checks with. */
export const lua: Recipe = {
  name: "gopher-lua",
  version: "1.1.2",
  binaries: ["glua"],
  packages: ["github.com/yuin/gopher-lua/cmd/glua"],
  expectedSeconds: 10,
};

/** Path of the program that a recipe makes; undefined where it cannot be built, which is told. */
export async function goTool(recipe: Recipe): Promise<string | undefined> {
  const say = (line: string): void => void process.stderr.write(`    ${line}\n`);
  const cache = cacheDirectory();
  const directory = await recipeDirectory(recipe, cache);
  if (!(await isIntact(directory, recipe.binaries))) {
    await mkdir(cache, { recursive: true });
    try {
      await withLock(
        join(cache, "toolchain.lock"),
        // Whoever held the lock before may have built it.
        async () => {
          if (!(await isIntact(directory, recipe.binaries))) await buildRecipes([recipe], cache, say);
        },
        ({ pid }) => say(`process ${pid} builds tools already; waiting for it`),
      );
    } catch (error) {
      say(`${recipe.name} cannot be built: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
      return undefined;
    }
  }
  return join(directory, recipe.binaries[0] as string);
}
