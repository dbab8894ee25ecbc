import { execFile, spawn } from "node:child_process";
import { copyFile, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { install, recipeDirectory } from "./cache.ts";
import type { Recipe } from "./recipes.ts";
import { writeStagingModule } from "./staging.ts";

const run = promisify(execFile);

/** A line of progress for the user. */
export type Log = (line: string) => void;

/** The Go that the newest recipe's modules ask for. */
const neededGo = { major: 1, minor: 26 };

/** The first Go that fetches a newer one by itself, as a module. */
const selfUpdatingGo = { major: 1, minor: 21 };

/** How many builds run side by side: each already uses every core, a second fills the gaps of linking. */
const buildsAtOnce = 2;

/**
 * Builds the given recipes into the cache, the longest first, and says every half minute what is going on.
 * The caller holds the toolchain's lock.
 *
 * @throws Error when Go is missing or too old, or a build fails; with what to do
 */
export async function buildRecipes(recipes: readonly Recipe[], cache: string, log: Log): Promise<void> {
  const environment = await goEnvironment();
  // Left by builds that were interrupted; the caller's lock says that none is running.
  for (const name of await readdir(cache)) {
    if (name.startsWith("build-")) await rm(join(cache, name), { recursive: true, force: true });
  }
  const queue = recipes.toSorted((a, b) => b.expectedSeconds - a.expectedSeconds);
  const total = queue.length;
  const expected = queue.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
  log(
    `building ${total} tools from Go modules, once; about ${Math.ceil(expected / 60)} minutes on two cores`,
  );

  let started = 0;
  const worker = async () => {
    for (let recipe = queue.shift(); recipe; recipe = queue.shift()) {
      const label = `${recipe.name} ${recipe.version} (${++started} of ${total})`;
      const begin = Date.now();
      const seconds = () => Math.round((Date.now() - begin) / 1000);
      log(`${label}: building`);
      const ticker = setInterval(
        () => log(`${label}: ${seconds()} s of about ${recipe.expectedSeconds}`),
        30_000,
      );
      try {
        await buildRecipe(recipe, cache, environment);
      } catch (error) {
        queue.length = 0;
        throw error;
      } finally {
        clearInterval(ticker);
      }
      log(`${label}: built in ${seconds()} s`);
    }
  };
  // When one fails, the other is let finish: what it makes is kept, and no compiler is left behind.
  const outcomes = await Promise.allSettled(Array.from({ length: buildsAtOnce }, worker));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure) throw failure.reason;
}

async function buildRecipe(recipe: Recipe, cache: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const work = join(cache, `build-${recipe.name}-${process.pid}`);
  const output = join(work, "output");
  await rm(work, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  try {
    const env = { ...environment, GOBIN: output, GONOSUMDB: uncheckedModules(environment, recipe) };
    const linker = `-s -w ${recipe.linkerFlags ?? ""}`.trim();
    // The linker leaves out what debuggers read, so the compiler need not write it: a sixth of its work.
    const compiler = "all=-dwarf=false";
    const flags = ["-trimpath", "-buildvcs=false", "-gcflags", compiler, "-ldflags", linker];
    const source = join(work, "source");
    const { folder, staging, version } = recipe;
    if (folder) await cp(join(import.meta.dirname, folder), source, { recursive: true });
    if (staging) {
      await writeStagingModule(source, { module: staging, version }, env);
      // What go.sum lacks is held against the checksum database.
      flags.push("-mod=mod");
    }
    if (folder || staging) {
      await copyEmbeds(recipe, source, env);
      for (const [index, executable] of executables(recipe).entries()) {
        const packagePath = recipe.packages[index] as string;
        await go(recipe, ["build", ...flags, "-o", join(output, executable), packagePath], source, env);
      }
    } else {
      const versioned = recipe.packages.map((path) => `${path}@v${recipe.version}`);
      await go(recipe, ["install", ...flags, ...versioned], work, env);
    }
    await install(output, await recipeDirectory(recipe, cache), recipe.binaries);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The binaries of a recipe that lists as many packages, in the packages' order. */
function executables(recipe: Recipe): readonly string[] {
  if (recipe.binaries.length !== recipe.packages.length) {
    throw new Error(
      `recipe ${recipe.name}: ${recipe.binaries.length} binaries from ${recipe.packages.length} packages`,
    );
  }
  return recipe.binaries;
}

async function copyEmbeds(recipe: Recipe, source: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!recipe.embeds) return;
  const { module, files } = recipe.embeds;
  await go(recipe, ["mod", "download", module], source, env);
  const { stdout } = await run("go", ["list", "-m", "-f", "{{.Dir}}", module], { cwd: source, env });
  for (const file of files) await copyFile(join(stdout.trim(), file), join(source, basename(file)));
}

function uncheckedModules(environment: NodeJS.ProcessEnv, recipe: Recipe): string {
  return [environment.GONOSUMDB, recipe.uncheckedModules].filter(Boolean).join(",");
}

/** Runs go; what it prints is kept and shown, from its end, only when it fails. */
async function go(recipe: Recipe, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-100_000);
    });
  }
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) => resolve(exitCode ?? signal));
  });
  if (code === 0) return;
  const report = join(cwd, "..", "..", `${recipe.name}.log`);
  await writeFile(report, printed).catch(() => undefined);
  const errors = printed.split("\n").filter((line) => line && !line.startsWith("go: downloading "));
  throw new Error(
    `building ${recipe.name} ${recipe.version} failed: go ${args[0]} ended with ${code}\n` +
      `${errors
        .slice(-8)
        .map((line) => `  ${line}`)
        .join("\n")}\n` +
      `Everything it printed is in ${report}. Run the same command again to resume: what was compiled is kept.`,
  );
}

/** The environment for go, after a check that there is one that will do. */
async function goEnvironment(): Promise<NodeJS.ProcessEnv> {
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };
  const version = await goVersion(env);
  const found = version && /go(\d+)\.(\d+)/.exec(version);
  const at = found ? { major: Number(found[1]), minor: Number(found[2]) } : undefined;
  if (at && reaches(at, neededGo)) return { ...env, GOTOOLCHAIN: "local" };
  // Such a Go fetches the one that the modules ask for through the module proxy, unless told not to.
  if (at && reaches(at, selfUpdatingGo)) return { ...env, GOTOOLCHAIN: "auto" };
  throw new Error(
    `the rehearsal's tools are built from Go modules on this machine, which needs Go ${neededGo.major}.${neededGo.minor} ` +
      `or later (${selfUpdatingGo.major}.${selfUpdatingGo.minor} will do: it fetches the newer one itself); ` +
      `${version ? `found ${version}` : "found no go on PATH"}.\n` +
      "Install it with `apt-get install golang-go` where Debian's is new enough, or from https://go.dev/dl/.\n" +
      "With access to the open internet none is needed: KRATEO_TOOLCHAIN=download fetches the official builds.",
  );
}

async function goVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return (await run("go", ["env", "GOVERSION"], { env: { ...env, GOTOOLCHAIN: "local" } })).stdout.trim();
  } catch {
    return undefined;
  }
}

function reaches(
  version: { major: number; minor: number },
  least: { major: number; minor: number },
): boolean {
  return version.major > least.major || (version.major === least.major && version.minor >= least.minor);
}
