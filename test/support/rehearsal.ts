import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { packCharts } from "../../rehearsal/chart-repository.ts";
import { restoreCluster, saveCluster, startCluster, stopCluster } from "../../rehearsal/cluster.ts";
import { kubeConfig } from "../../rehearsal/control-plane.ts";
import { seedLegacyPlatform } from "../../rehearsal/legacy/seed.ts";
import { furnishOpenShift } from "../../rehearsal/simulation/openshift-kinds.ts";
import { rehearsalPaths, writePluginLauncher } from "../../rehearsal/toolchain/layout.ts";
import {
  kubernetesChoices,
  kubernetesVersion,
  kubernetesVersionFor,
} from "../../rehearsal/toolchain/recipes.ts";
import { ensureToolchain, type Toolchain } from "../../rehearsal/toolchain.ts";

/** What a command printed, both streams together as the user sees them, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly stdout: string;
  /** The longest time in which it printed nothing. */
  readonly silentSeconds: number;
}

/** Measures how long a command prints nothing at the most. */
export class Silence {
  private last = performance.now();
  private longest = 0;

  /** Called when something was printed, and when the command has ended. @returns the longest silence so far, in seconds */
  broken(): number {
    const now = performance.now();
    this.longest = Math.max(this.longest, (now - this.last) / 1000);
    this.last = now;
    return this.longest;
  }
}

/** The project. */
export const root = join(import.meta.dirname, "..", "..");
/** Where the rehearsal of the tests lies. */
export const paths = rehearsalPaths(join(root, process.env["KRATEO_TEST_REHEARSAL"] ?? ".rehearsal-test"));
// Every test may ask who wrote what: it costs the API server little.
const clusterOptions = { directory: paths.directory, audit: true };
const log = (line: string): void => void process.stderr.write(`    ${line}\n`);

/** The tools, without a control plane; that is of the Kubernetes version which KRATEO_TEST_KUBERNETES names. */
export const tools = await makeTools().catch((error: Error) => {
  // mocha would not say why, but that this module must not be loaded by require().
  console.error(error.message);
  process.exit(1);
});
// Read by the tests of the stand-in charts, which do without a cluster.
process.env["KRATEO_REHEARSAL_HELM"] ??= tools.helm;

async function makeTools(): Promise<Toolchain> {
  const asked = process.env["KRATEO_TEST_KUBERNETES"] ?? kubernetesVersion;
  const version = kubernetesVersionFor(asked);
  if (version === undefined)
    throw new Error(
      `KRATEO_TEST_KUBERNETES: no such version: ${asked}; it must be one of ${kubernetesChoices}`,
    );
  return await ensureToolchain(log, paths, version);
}

let cluster: Promise<Toolchain> | undefined;

/** The tools, with the control plane and the stand-in charts that all integration tests share; made on first use. */
export function rehearsal(): Promise<Toolchain> {
  cluster ??= (async () => {
    await rm(paths.state, { recursive: true, force: true });
    await packCharts({ helm: tools.helm, output: paths.mirror, lock: paths.lock });
    await stopCluster(paths.directory);
    await startCluster(tools, clusterOptions, log);
    return tools;
  })();
  return cluster;
}

/** Ends what `rehearsal` started; mocha calls it after the last test. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    if (cluster) await stopCluster(paths.directory);
  },
};

/** Starting points that this very run has kept; those of earlier runs may be out of date. */
const kept = new Set<string>();

/** Keeps cluster and Pulumi state under a name, to come back to. */
export async function keep(point: string): Promise<void> {
  kept.add(point);
  await saveCluster(await rehearsal(), clusterOptions, point, ["state"]);
}

/** Back to what a test before has kept under that name; false when none has. */
export async function comeBackTo(point: string): Promise<boolean> {
  if (!kept.has(point)) return false;
  return await restoreCluster(await rehearsal(), clusterOptions, point);
}

/** An empty cluster and no stacks. */
export async function startOver(): Promise<void> {
  await rehearsal();
  await stopCluster(paths.directory);
  await rm(paths.state, { recursive: true, force: true });
  await mkdir(paths.state, { recursive: true });
  await startCluster(tools, clusterOptions, () => undefined);
}

/**
 * The environment of a stack whose Kubernetes provider does as 4.34 does: its stand-in in front of the plugin that the
 * registries allow to build. Where this user has an official one, that is used, as everywhere.
 */
export async function newerProvider(): Promise<NodeJS.ProcessEnv> {
  await rehearsal();
  const program = "pulumi-resource-kubernetes";
  const built = join(paths.bin, program);
  if (!existsSync(built)) return {};
  const directory = scratch("newer-provider");
  const plugin = join(root, "rehearsal", "plugins", "resource-kubernetes.ts");
  await writePluginLauncher(join(directory, program), plugin, built);
  return { PATH: [directory, tools.env["PATH"]].join(delimiter) };
}

/** Where commands write backups. */
export const backups = join(paths.directory, "backup");

/** Puts a Krateo 2.7.0 into an empty cluster, and forgets the backups of others. */
export async function seedLegacy(
  type: "nodeport" | "loadbalancer" | "ingress",
  { openshift = false } = {},
): Promise<void> {
  await startOver();
  await rm(backups, { recursive: true, force: true });
  if (openshift) await furnishOpenShift(kubeConfig(paths.directory));
  const options = { directory: paths.directory, type, openshift, namespace: "krateo-system" };
  await seedLegacyPlatform(tools, options);
}

/** The environment of every program of the rehearsal. */
export async function environment(): Promise<NodeJS.ProcessEnv> {
  return { ...(await rehearsal()).env };
}

/** Runs a program of the project in its folder, with the rehearsal's environment. */
export async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  await rehearsal();
  const options = { cwd: root, env: { ...tools.env, ...env }, maxBuffer: 64 << 20 };
  return await new Promise((resolve) => {
    let output = "";
    const silence = new Silence();
    const child = execFile(program, args, options, (error, stdout) => {
      const silentSeconds = silence.broken();
      resolve({ code: error ? Number(error.code ?? 1) : 0, output, stdout, silentSeconds });
    });
    const read = (text: string): void => {
      output += text;
      silence.broken();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
  });
}

/** Runs pulumi in a folder, with a state of its own, and without a cluster. */
export async function pulumiIn(folder: string, state: string, ...args: string[]): Promise<Outcome> {
  const { PULUMI_STACK: _, ...env } = tools.env;
  const options = { cwd: folder, env: { ...env, PULUMI_BACKEND_URL: `file://${state}` } };
  return await new Promise((resolve) => {
    const silence = new Silence();
    execFile(tools.pulumi, args, options, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0;
      resolve({ code, output: stdout + stderr, stdout, silentSeconds: silence.broken() });
    });
  });
}

/** Runs helm against the rehearsal cluster. */
export async function helm(...args: string[]): Promise<Outcome> {
  return await run("helm", args);
}

/** Every Helm release of a namespace: name -> chart, revision and status. */
export async function helmReleases(namespace = "krateo-system"): Promise<Record<string, string>> {
  const { stdout } = await helm("list", "--all", "--namespace", namespace, "--output", "json");
  const releases: { name: string; chart: string; revision: string; status: string }[] = JSON.parse(stdout);
  return Object.fromEntries(
    releases.map((item) => [item.name, `${item.chart} r${item.revision} ${item.status}`]),
  );
}

/** A path for a test's own files, ignored by git. */
export function scratch(name: string): string {
  return join(paths.directory, "scratch", name);
}

/** Folder of the stand-in charts, and the kubeconfig of the cluster's administrator. */
export const { mirror, kubeconfig } = paths;

/** A chart of that name with nothing in it but a ConfigMap, for releases that are not Krateo's. */
export async function tinyChart(name: string, version = "1.0.0"): Promise<string> {
  const directory = scratch(name);
  await mkdir(join(directory, "templates"), { recursive: true });
  await writeFile(join(directory, "Chart.yaml"), stringify({ apiVersion: "v2", name, version }));
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `${name}-release` } };
  await writeFile(join(directory, "templates", "config.yaml"), stringify(manifest));
  return directory;
}

/** Waits, for a minute at the most unless told otherwise, until something is so. */
export async function until(condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`it did not come to pass within ${seconds} s`);
}
