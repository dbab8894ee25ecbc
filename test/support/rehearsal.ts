import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { patch, pathOf, resourceOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { readObject } from "../../cluster/client/read-object.ts";
import type { JsonObject } from "../../model/settings.ts";
import { packCharts } from "../../rehearsal/chart-repository.ts";
import { restoreCluster, saveCluster, startCluster, stopCluster } from "../../rehearsal/cluster.ts";
import { kubeConfig } from "../../rehearsal/control-plane.ts";
import { seedLegacyPlatform } from "../../rehearsal/legacy/seed.ts";
import { furnishOpenShift } from "../../rehearsal/simulation/openshift-kinds.ts";
import { rehearsalPaths, writePluginLauncher } from "../../rehearsal/toolchain/layout.ts";
import { ensureToolchain, type Toolchain } from "../../rehearsal/toolchain.ts";

/** What a command printed, both streams together as the user sees them, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly stdout: string;
}

const root = join(import.meta.dirname, "..", "..");
/** Where the rehearsal of the tests lies. */
export const paths = rehearsalPaths(join(root, process.env["KRATEO_TEST_REHEARSAL"] ?? ".rehearsal-test"));
const clusterOptions = { directory: paths.directory };
const log = (line: string): void => void process.stderr.write(`    ${line}\n`);

const tools = await ensureToolchain(log, paths);
// Read by the tests of the stand-in charts, which do without a cluster.
process.env["KRATEO_REHEARSAL_HELM"] ??= tools.helm;

let cluster: Promise<Toolchain> | undefined;

/** The tools, with the control plane and the stand-in charts that all integration tests share; made on first use. */
export function rehearsal(): Promise<Toolchain> {
  cluster ??= (async () => {
    await rm(paths.state, { recursive: true, force: true });
    await packCharts({ helm: tools.helm, output: paths.mirror });
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
    const child = execFile(program, args, options, (error, stdout) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output, stdout });
    });
    child.stdout?.on("data", (text) => (output += text));
    child.stderr?.on("data", (text) => (output += text));
  });
}

/** Runs pulumi in a folder, with a state of its own, and without a cluster. */
export async function pulumiIn(folder: string, state: string, ...args: string[]): Promise<Outcome> {
  const { PULUMI_STACK: _, ...env } = tools.env;
  const options = { cwd: folder, env: { ...env, PULUMI_BACKEND_URL: `file://${state}` } };
  return await new Promise((resolve) => {
    execFile(tools.pulumi, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr, stdout });
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

/** Creates an object. */
export async function apply(object: JsonObject): Promise<void> {
  await rehearsal();
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  await client.create(object as never);
}

/** Changes an object by a merge patch. */
export async function change(
  kind: string,
  name: string,
  { apiVersion = "v1", namespace = "krateo-system" },
  body: JsonObject,
): Promise<void> {
  await patched(kind, name, { apiVersion, namespace }, "application/merge-patch+json", body, {});
}

/** Takes fields over as a GitOps tool does: server-side apply by force, under that tool's name. */
export async function takeOver(
  manager: string,
  object: JsonObject & { apiVersion: string; kind: string; metadata: { name: string } },
): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const query = { fieldManager: manager, force: "true" };
  await patched(kind, metadata.name, { apiVersion }, "application/apply-patch+yaml", object, query);
}

async function patched(
  kind: string,
  name: string,
  { apiVersion, namespace = "krateo-system" }: { apiVersion: string; namespace?: string },
  contentType: string,
  body: JsonObject,
  query: Record<string, string>,
): Promise<void> {
  await rehearsal();
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const resource = await resourceOf(connection, apiVersion, kind);
  if (!resource) throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
  await patch(connection, pathOf(apiVersion, resource.plural, namespace, name), contentType, body, query);
}

/** Why the API server would refuse to create an object, by its own admission; undefined when it would not. */
export async function refusal(object: JsonObject): Promise<string | undefined> {
  await rehearsal();
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  try {
    await client.create(object as never, undefined, "All");
    return undefined;
  } catch (error) {
    const { body } = error as { body?: string };
    if (body === undefined) throw error;
    return JSON.parse(body).message;
  }
}

/** A live object of the rehearsal cluster; undefined when there is none. */
export async function live(
  kind: string,
  name: string,
  { apiVersion = "v1", namespace = "krateo-system" } = {},
): Promise<JsonObject | undefined> {
  await rehearsal();
  return await readObject(connect({ kubeconfig: paths.kubeconfig }), { apiVersion, kind, name, namespace });
}

/** The Secrets that the platform itself needs, and that nothing may change. */
export const platformSecrets = ["jwt-sign-key", "krateo-db", "krateo-db-user"];

/** Contents, by name, of those of the Secrets that exist. */
export async function secretData(
  names: readonly string[] = platformSecrets,
): Promise<Record<string, unknown>> {
  const found = await Promise.all(names.map(async (name) => [name, (await live("Secret", name))?.["data"]]));
  return Object.fromEntries(found.filter(([, data]) => data !== undefined));
}

/** Deletes an object of the core group, in krateo-system. */
export async function deleteObject(kind: string, name: string): Promise<void> {
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  await client.delete({ apiVersion: "v1", kind, metadata: { name, namespace: "krateo-system" } });
}

/** Halts the API server for so many seconds: nothing answers, connections stay open. */
export async function haltApiServer(seconds: number): Promise<void> {
  const file = join(paths.directory, "kwok", "clusters", "krateo", "pids", "kube-apiserver.pid");
  const pid = Number(await readFile(file, "utf8"));
  process.kill(pid, "SIGSTOP");
  try {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/**
 * Raises etcd's own alarm of a full database, or takes it away: while it stands etcd refuses every write, and so does
 * the API server, exactly as when the quota of its data is used up.
 */
export async function setEtcdFull(full: boolean): Promise<void> {
  const pids = join(paths.directory, "kwok", "clusters", "krateo", "pids", "etcd.pid");
  const words = (await readFile(`/proc/${Number(await readFile(pids, "utf8"))}/cmdline`, "utf8")).split("\0");
  const urls = words.find((word) => word.startsWith("--listen-client-urls="))?.split("=")[1] ?? "";
  const port = new URL(urls.split(",")[0] as string).port;
  const answer = await fetch(`http://127.0.0.1:${port}/v3/maintenance/alarm`, {
    method: "POST",
    body: JSON.stringify({ action: full ? "ACTIVATE" : "DEACTIVATE", alarm: "NOSPACE" }),
  });
  if (!answer.ok) throw new Error(`etcd answers ${answer.status}: ${await answer.text()}`);
}

/** Waits, for a minute at the most unless told otherwise, until something is so. */
export async function until(condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`it did not come to pass within ${seconds} s`);
}

/** A process and all that descends from it, children first. */
export function descendants(pid: number): number[] {
  const tasks = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(tasks.map((task) => [Number(task), parentOf(task)]));
  const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
  return [...children.flatMap(descendants), pid];
}

function parentOf(task: string): number {
  try {
    const stat = readFileSync(`/proc/${task}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself in the meantime.
  }
}

/** A stack on the rehearsal cluster, with its configuration outside the tree. */
export class TestStack {
  readonly name: string;
  readonly configFile: string;
  readonly overridesFile: string;
  private readonly env: NodeJS.ProcessEnv;

  private constructor(name: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.env = env;
    this.configFile = join(paths.directory, `Pulumi.${name}.yaml`);
    this.overridesFile = join(paths.directory, `overrides.${name}.yaml`);
  }

  /**
   * Makes a new stack, or takes up the one of that name after a `comeBackTo`.
   *
   * @param env for all its commands, beside the rehearsal's: another backend, say
   */
  static async open(type: string, config: JsonObject = {}, env: NodeJS.ProcessEnv = {}): Promise<TestStack> {
    await rehearsal();
    // Never the name of a stack whose file the project holds.
    const stack = new TestStack(`test-${type}`, env);
    const created = await stack.run("pulumi", ["stack", "init", stack.name, "--non-interactive"]);
    // The encryption salt that `init` writes beside Pulumi.yaml belongs to this stack alone.
    if (created.code === 0) await rename(join(root, `Pulumi.${stack.name}.yaml`), `${stack.configFile}.salt`);
    await stack.override({});
    await stack.configure(config);
    return stack;
  }

  /** Replaces the stack's configuration. */
  async configure(config: JsonObject): Promise<void> {
    const all: JsonObject = { chartMirror: paths.mirror, overrides: this.overridesFile, ...config };
    const keyed = Object.fromEntries(Object.entries(all).map(([key, value]) => [`krateo:${key}`, value]));
    const salt = await readFile(`${this.configFile}.salt`, "utf8");
    await writeFile(this.configFile, `${salt}\n${stringify({ config: keyed })}`);
  }

  /** Sets one key of the configuration as Pulumi does with --secret. */
  async encrypt(key: string, value: JsonObject): Promise<void> {
    for (const [path, item] of Object.entries(value)) {
      const place = ["--path", `${key}["${path}"]`, "--stack", this.name, "--config-file", this.configFile];
      const words = ["config", "set", "--secret", ...place, String(item)];
      const { code, output } = await this.run("pulumi", words);
      if (code !== 0) throw new Error(output);
    }
  }

  /** Replaces the user's override document. */
  async override(document: JsonObject): Promise<void> {
    await writeFile(this.overridesFile, stringify(document));
  }

  /** `preview`, `up`, `destroy` or `refresh`. */
  async pulumi(command: string, ...args: string[]): Promise<Outcome> {
    const unasked = command === "preview" ? [] : ["--yes", "--skip-preview"];
    const common = ["--stack", this.name, "--config-file", this.configFile, "--non-interactive"];
    return await this.run("pulumi", [command, ...unasked, ...common, ...args]);
  }

  /**
   * Starts a command and kills it with everything that it started, kill -9, as soon as its output matches.
   * @returns what it had printed
   */
  async killAt(command: string, moment: RegExp, given: NodeJS.ProcessEnv = {}): Promise<string> {
    const child = this.spawn(command, given);
    let output = "";
    let killed = false;
    await new Promise<void>((resolve, reject) => {
      const read = (text: Buffer): void => {
        output += text;
        if (killed || !moment.test(output)) return;
        killed = true;
        descendants(child.pid as number).forEach(endAtOnce);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("close", (_code, signal) => {
        if (signal === "SIGKILL") resolve();
        else
          reject(new Error(`${command} ended by itself before it could be killed at ${moment}:\n${output}`));
      });
    });
    return output;
  }

  /** Starts `up` or `destroy` and does not wait for it. */
  start(command: string): { pid: number; ended: Promise<Outcome> } {
    const child = this.spawn(command);
    let output = "";
    const read = (text: Buffer): void => {
      output += text;
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    const ended = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, output, stdout: output }));
    });
    return { pid: child.pid as number, ended };
  }

  private spawn(command: string, given: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
    const args = [command, "--yes", "--skip-preview", "--non-interactive"];
    const place = ["--stack", this.name, "--config-file", this.configFile];
    const env = { ...tools.env, ...this.environment(), ...given };
    return spawn(tools.pulumi, [...args, ...place], { cwd: root, env });
  }

  /** The project's own command line, for this stack. */
  async krateo(...args: string[]): Promise<Outcome> {
    const place = ["--stack", this.name, "--config-file", this.configFile];
    return await this.run("node", ["commands/krateo.ts", ...args, ...place]);
  }

  async outputs(): Promise<JsonObject> {
    const { stdout } = await this.run("pulumi", ["stack", "output", "--json", "--stack", this.name]);
    return JSON.parse(stdout);
  }

  /** Makes the engine remember what `state` gave. */
  async restoreState(state: string): Promise<void> {
    const file = scratch(`${this.name}.state.json`);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, state);
    const { code, output } = await this.run("pulumi", [
      "stack",
      "import",
      "--file",
      file,
      "--stack",
      this.name,
    ]);
    if (code !== 0) throw new Error(output);
  }

  /** Everything that the engine remembers, as text. */
  async state(): Promise<string> {
    return (await this.run("pulumi", ["stack", "export", "--stack", this.name])).stdout;
  }

  private environment(): NodeJS.ProcessEnv {
    // The program's own Commands read the configuration from there.
    return { KRATEO_CONFIG_FILE: this.configFile, ...this.env };
  }

  private async run(program: string, args: readonly string[]): Promise<Outcome> {
    return await run(program, args, this.environment());
  }
}

/** Name of the starting point that most tests begin at. */
export const installedPoint = "nodeport installed";

/** The stack of type nodeport, installed: as a test before has kept it, or made and kept now. */
export async function openInstalled(): Promise<TestStack> {
  const installed = await comeBackTo(installedPoint);
  if (!installed) await startOver();
  const stack = await TestStack.open("nodeport", { type: "nodeport" });
  if (installed) return stack;
  const { code, output } = await stack.pulumi("up");
  if (code !== 0) throw new Error(output);
  await keep(installedPoint);
  return stack;
}
