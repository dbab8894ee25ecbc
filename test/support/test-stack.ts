import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { JsonObject } from "../../model/settings.ts";
import {
  comeBackTo,
  keep,
  type Outcome,
  paths,
  rehearsal,
  root,
  run,
  Silence,
  scratch,
  startOver,
  tools,
} from "./rehearsal.ts";

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

  /** The same stack, with more in the environment of its commands. */
  with(env: NodeJS.ProcessEnv): TestStack {
    return new TestStack(this.name, { ...this.env, ...env });
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

  /**
   * Starts `up` or `destroy` and does not wait for it.
   *
   * @returns `exited`: the exit code of pulumi itself, when what it had started may still run; `ended`: the outcome, when
   * that has ended too; `output`: what was printed by now
   */
  start(command: string): {
    pid: number;
    exited: Promise<number>;
    ended: Promise<Outcome>;
    output: () => string;
  } {
    const child = this.spawn(command);
    const exited = new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
    let output = "";
    const silence = new Silence();
    const read = (text: Buffer): void => {
      output += text;
      silence.broken();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    const ended = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({ code: code ?? 1, output, stdout: output, silentSeconds: silence.broken() }),
      );
    });
    return { pid: child.pid as number, exited, ended, output: () => output };
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
