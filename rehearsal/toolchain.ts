import { execFile } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { buildRecipes, type Log } from "./toolchain/build.ts";
import { cacheDirectory, isIntact, recipeDirectory } from "./toolchain/cache.ts";
import {
  keepOnly,
  link,
  pulumiBin,
  type RehearsalPaths,
  rehearsalEnvironment,
  rehearsalPaths,
  unlinkIfLink,
  writeEnvironmentFile,
  writePluginLauncher,
} from "./toolchain/layout.ts";
import { withLock } from "./toolchain/lock.ts";
import { neededPlugins, officialPlugins, officialPulumi, userPulumiHome } from "./toolchain/plugins.ts";
import {
  clusterRecipes,
  kubernetesProviderRecipe,
  kubernetesVersion,
  pulumiRecipe,
  type Recipe,
} from "./toolchain/recipes.ts";
import { chooseSource, downloadTools } from "./toolchain/tool-download.ts";

/** The tools of the rehearsal, ready to run. */
export interface Toolchain {
  /** Of the control plane. */
  kubernetes: string;
  kwok: string;
  kwokctl: string;
  helm: string;
  /** The npm package's command, which runs the pinned version from PULUMI_HOME. */
  pulumi: string;
  /** Absent where kwokctl downloads the control plane by itself. */
  controlPlane?: {
    etcd: string;
    kubeApiserver: string;
    kubeControllerManager: string;
    kubeScheduler: string;
  };
  /** Folders to put first on PATH, joined. */
  path: string;
  /** The environment for the program and its tools, PATH included. */
  env: NodeJS.ProcessEnv;
  /** Programs that this rehearsal replaces by its stand-ins. */
  standIns: string[];
}

/**
 * Makes sure that every tool of the rehearsal is there, and lays them out under `.rehearsal`.
 *
 * Tools come from the official downloads where those can be reached, else they are built from Go modules,
 * once, into a cache outside the tree. KRATEO_TOOLCHAIN=download|build decides instead. Official plugins that
 * this user already has win over stand-ins.
 *
 * @param kubernetes Version of the control plane, one of `kubernetesVersions`.
 * @throws Error that says what is missing and how to get it
 */
export async function ensureToolchain(
  log: Log,
  paths: RehearsalPaths = rehearsalPaths(),
  kubernetes: string = kubernetesVersion,
): Promise<Toolchain> {
  const cache = cacheDirectory();
  const official = await officialPulumi();
  const plugins = await officialPlugins(paths.root);
  const recipes = [
    ...clusterRecipes(kubernetes),
    ...(official ? [] : [pulumiRecipe]),
    ...(plugins.has("kubernetes") ? [] : [kubernetesProviderRecipe]),
  ];

  for (const directory of [paths.bin, paths.pulumiHome, paths.state])
    await mkdir(directory, { recursive: true });
  const missing = await brokenOrMissing(recipes, cache);
  const source = await chooseSource(missing.length === 0, log);
  if (source === "download") return { kubernetes, ...(await downloaded(paths, cache, log)) };

  if (missing.length > 0) {
    await withLock(
      join(cache, "toolchain.lock"),
      async () => {
        // Whoever held the lock before may have built them.
        const still = await brokenOrMissing(recipes, cache);
        if (still.length > 0) await buildRecipes(still, cache, log);
      },
      ({ pid }) => log(`process ${pid} is building the tools already; waiting for it`),
    );
  }
  return { kubernetes, ...(await layOut(paths, recipes, cache, official, plugins)) };
}

async function brokenOrMissing(recipes: readonly Recipe[], cache: string): Promise<Recipe[]> {
  const intact = await Promise.all(
    recipes.map(async (recipe) => isIntact(await recipeDirectory(recipe, cache), recipe.binaries)),
  );
  return recipes.filter((_, index) => !intact[index]);
}

/** Links the built tools and the stand-ins into `.rehearsal`. */
async function layOut(
  paths: RehearsalPaths,
  recipes: readonly Recipe[],
  cache: string,
  official: string | undefined,
  plugins: ReadonlySet<string>,
): Promise<Omit<Toolchain, "kubernetes">> {
  const binaries = new Map<string, string>();
  for (const recipe of recipes) {
    const directory = await recipeDirectory(recipe, cache);
    for (const binary of recipe.binaries) binaries.set(binary, join(directory, binary));
  }
  const tool = (name: string) => binaries.get(name) as string;
  const standIns: string[] = [];
  const standIn = async (program: string, directory: string, plugin: string) => {
    standIns.push(program);
    await writePluginLauncher(join(directory, program), join(paths.root, "rehearsal", "plugins", plugin));
  };

  const bin = pulumiBin(paths);
  await unlinkIfLink(join(paths.pulumiHome, "versions"));
  await unlinkIfLink(join(paths.pulumiHome, "plugins"));
  if (plugins.size > 0) await link(join(userPulumiHome, "plugins"), join(paths.pulumiHome, "plugins"));
  if (official) {
    for (const name of await readdir(official)) await link(join(official, name), join(bin, name));
  } else {
    await link(tool("pulumi"), join(bin, "pulumi"));
    await standIn("pulumi-language-nodejs", bin, "language-nodejs.ts");
  }

  const commands = new Set(["helm", "kwokctl"]);
  for (const name of commands) await link(tool(name), join(paths.bin, name));
  for (const name of neededPlugins) {
    if (plugins.has(name)) continue;
    const program = `pulumi-resource-${name}`;
    commands.add(program);
    if (name === "kubernetes") await link(tool(program), join(paths.bin, program));
    else await standIn(program, paths.bin, `resource-${name}.ts`);
  }
  await keepOnly(paths.bin, commands);

  return {
    ...(await finish(paths, !neededPlugins.every((name) => plugins.has(name)))),
    kwok: tool("kwok"),
    kwokctl: tool("kwokctl"),
    helm: tool("helm"),
    controlPlane: {
      etcd: tool("etcd"),
      kubeApiserver: tool("kube-apiserver"),
      kubeControllerManager: tool("kube-controller-manager"),
      kubeScheduler: tool("kube-scheduler"),
    },
    standIns,
  };
}

/** The official builds: the engine and its plugins then download themselves. */
async function downloaded(
  paths: RehearsalPaths,
  cache: string,
  log: Log,
): Promise<Omit<Toolchain, "kubernetes">> {
  const tools = await downloadTools(cache, log);
  for (const name of ["helm", "kwokctl"] as const) await link(tools[name], join(paths.bin, name));
  await keepOnly(paths.bin, new Set(["helm", "kwokctl"]));
  // What they download lands where this user's own Pulumi keeps it.
  for (const name of ["plugins", "versions"]) {
    const own = join(paths.pulumiHome, name);
    await unlinkIfLink(own);
    await rm(own, { recursive: true, force: true });
    await mkdir(join(userPulumiHome, name), { recursive: true });
    await link(join(userPulumiHome, name), own);
  }
  const common = await finish(paths, false);
  log("pulumi: checking the command line, which downloads itself when it is missing");
  await promisify(execFile)(common.pulumi, ["version"], { env: common.env });
  return { ...common, ...tools, standIns: [] };
}

async function finish(paths: RehearsalPaths, offline: boolean) {
  const nodeModules = join(paths.root, "node_modules", ".bin");
  const path = [paths.bin, pulumiBin(paths), nodeModules].join(delimiter);
  const environment = rehearsalEnvironment(paths, offline);
  await writeEnvironmentFile(paths, environment, path);
  return {
    path,
    pulumi: join(nodeModules, "pulumi"),
    env: { ...process.env, ...environment, PATH: [path, process.env.PATH].filter(Boolean).join(delimiter) },
  };
}
