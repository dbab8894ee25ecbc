import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { install, recipeDirectory } from "./cache.ts";
import { GoCommand } from "./go-command.ts";
import type { Recipe } from "./recipes.ts";
import { writeStagingModule } from "./staging.ts";

const run = promisify(execFile);

/** A line of progress for the user. */
export type Log = (line: string) => void;

/** The Go that the newest recipe's modules ask for. */
const neededGo = { major: 1, minor: 26 };

/** The first Go that fetches a newer one by itself, as a module. */
const selfUpdatingGo = { major: 1, minor: 21 };

/**
 * Builds the given recipes into the cache, and says every half minute what is going on. Recipes of one module are built
 * together, one module after another: each uses every core, and what one has compiled the next ones find.
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
  const expected = recipes.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
  log(`building tools from Go modules, once; about ${Math.ceil(expected / 60)} min on two cores`);
  const modules = Map.groupBy(recipes, ({ folder, name }) => folder ?? name);
  for (const together of modules.values())
    await buildTogether(together as [Recipe, ...Recipe[]], cache, environment, log);
}

/** Builds the recipes of one module. */
async function buildTogether(
  recipes: readonly [Recipe, ...Recipe[]],
  cache: string,
  environment: NodeJS.ProcessEnv,
  log: Log,
): Promise<void> {
  const [{ folder, staging, embeds, version, uncheckedModules, name: first }] = recipes;
  const name = folder ?? first;
  const label = recipes.map((recipe) => `${recipe.name} ${recipe.version}`).join(", ");
  const work = join(cache, `build-${name}-${process.pid}`);
  const output = join(work, "output");
  const source = join(work, "source");
  const env = {
    ...environment,
    GOBIN: output,
    GONOSUMDB: [environment.GONOSUMDB, uncheckedModules].filter(Boolean).join(","),
  };
  const report = join(cache, `${name}.log`);
  const go = new GoCommand({ purpose: `building ${label}`, folder: source, env, report });
  await rm(work, { recursive: true, force: true });
  try {
    log(`${label}: fetching the modules`);
    if (folder) await cp(join(import.meta.dirname, folder), source, { recursive: true });
    else await mkdir(source, { recursive: true });
    if (staging) await writeStagingModule(source, { module: staging, version }, env);
    if (embeds) await copyEmbeds(embeds, source, go);
    const packages = recipes.flatMap((recipe) => recipe.packages);
    const inModule = folder !== undefined || staging !== undefined;
    // What a staging module's go.sum lacks is held against the checksum database.
    const mode = staging ? ["-mod=mod"] : [];
    const targets = inModule ? await go.lines("list", ...mode, "-f", "{{.Target}}", ...packages) : undefined;
    const total = inModule ? (await go.lines("list", ...mode, "-deps", ...packages)).length : undefined;
    const begin = Date.now();
    const seconds = () => Math.round((Date.now() - begin) / 1000);
    const ticker = setInterval(() => {
      // What an earlier build has left is not compiled again, so that fewer may be needed.
      const of = total === undefined ? "" : ` of at most ${total}`;
      log(`${label}: ${go.compiled}${of} packages compiled in ${seconds()} s`);
    }, 30_000);
    try {
      await go.run(
        ...["install", "-v", ...mode, "-trimpath", "-buildvcs=false"],
        // The linker leaves out what debuggers read, so the compiler need not write it: a sixth of its work.
        ...["-gcflags", "all=-dwarf=false"],
        ...["-ldflags", ["-s -w", ...recipes.map(({ linkerFlags }) => linkerFlags ?? "")].join(" ").trim()],
        ...packages.map((path) => (inModule ? path : `${path}@v${version}`)),
      );
    } finally {
      clearInterval(ticker);
    }
    const built = targets ?? recipes.flatMap(({ binaries }) => binaries.map((name) => join(output, name)));
    for (const recipe of recipes) {
      const staged = join(work, recipe.name);
      await mkdir(staged, { recursive: true });
      for (const binary of recipe.binaries) await rename(built.shift() as string, join(staged, binary));
      await install(staged, await recipeDirectory(recipe, cache), recipe.binaries);
    }
    log(`${label}: built in ${seconds()} s`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function copyEmbeds(
  { module, files }: { module: string; files: readonly string[] },
  source: string,
  go: GoCommand,
): Promise<void> {
  await go.run("mod", "download", module);
  const [directory] = await go.lines("list", "-m", "-f", "{{.Dir}}", module);
  for (const file of files) await copyFile(join(directory as string, file), join(source, basename(file)));
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
