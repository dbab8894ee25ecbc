/** The platform that a history is done to: a small one, on the rehearsal's control plane. */
import { mkdir, readFile, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { isRunning, type ProcessIdentity } from "../../cluster/client/process-identity.ts";
import type { JsonObject } from "../../model/settings.ts";
import { type Outcome, paths, scratch } from "../support/rehearsal.ts";
import { TestStack } from "../support/test-stack.ts";
import { configOf, Model, overridesOf, secretPath, type Wanted } from "./model.ts";
import { addNewerVersion } from "./newer-version.ts";
import { processesOf, victims } from "./processes.ts";
import { RemovalLog } from "./removal-log.ts";

/** A value of the stack's own that nobody may see. */
export const stackSecret = "torture-hush-hush";

/** An `up` or `destroy` in progress. */
export interface Run {
  readonly pid: number;
  /** Returns when it has printed so many events of resources, or has ended. @returns whether it is still in progress */
  readonly untilEvent: (event: number) => Promise<boolean>;
  /** Its exit code. What it had started may still run. */
  readonly exited: Promise<number>;
  readonly output: () => string;
}

/** A line that says what becomes of a resource, not of the stack. */
const resourceEvent = /^ [+~-]+ +(?!pulumi:pulumi:Stack)\S+ \S+ (creat|updat|delet|import|replac)/gm;

/** What went wrong in a history. */
export class Fault extends Error {}

export class Platform {
  readonly model = new Model();
  readonly removals = new RemovalLog();
  /** The steps that were begun, each as it is written in a script. */
  readonly script: string[] = [];
  private readonly stack: TestStack;
  private readonly say: (line: string) => void;
  private secret: JsonObject = {};
  private mirror = "";
  /** All that commands have printed. */
  private readonly printed: (() => string)[] = [];
  private readonly started: ProcessIdentity[] = [];

  private constructor(stack: TestStack, say: (line: string) => void) {
    this.stack = stack;
    this.say = say;
  }

  /** A new stack, on a cluster that is empty. */
  static async open(say: (line: string) => void): Promise<Platform> {
    await rm(paths.state, { recursive: true, force: true });
    await mkdir(paths.state, { recursive: true });
    const platform = new Platform(await TestStack.open("torture"), say);
    platform.mirror = await addNewerVersion(platform.stack);
    await platform.stack.encrypt("krateo:set", { [secretPath]: stackSecret });
    const written = parse(await readFile(platform.stack.configFile, "utf8"));
    platform.secret = written.config["krateo:set"][secretPath];
    await platform.want({});
    await platform.removals.skip();
    return platform;
  }

  /** Does one step, and says how long it took. */
  async step(words: string, work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    this.printed.push(() => `\n======== ${words}\n`);
    // What every history ends with is no part of a script.
    if (!words.startsWith("(")) this.script.push(words);
    try {
      await work();
    } finally {
      this.say(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${words}`);
    }
  }

  /** Changes the configuration; nothing is run. */
  async want(change: Partial<Wanted>): Promise<void> {
    this.model.wanted = { ...this.model.wanted, ...change };
    this.model.settled = false;
    await this.stack.override(overridesOf(this.model.wanted));
    await this.stack.configure({ ...configOf(this.model.wanted, this.secret), chartMirror: this.mirror });
  }

  /** A command of pulumi's, to its end. */
  async pulumi(command: string, ...args: string[]): Promise<Outcome> {
    return this.kept(`pulumi ${command}`, await this.stack.pulumi(command, ...args));
  }

  /** A command of `npx krateo`, to its end. */
  async krateo(...args: string[]): Promise<Outcome> {
    return this.kept(`krateo ${args.join(" ")}`, await this.stack.krateo(...args));
  }

  /** The command line that `krateo diff` names, to its end. */
  async putBack(commandLine: string): Promise<Outcome> {
    const reapply = /^KRATEO_REAPPLY=(\S+) /.exec(commandLine)?.[1];
    const refresh = / --refresh( |$)/.test(commandLine) ? ["--refresh"] : [];
    const stack = reapply === undefined ? this.stack : this.stack.with({ KRATEO_REAPPLY: reapply });
    return this.kept(commandLine, await stack.pulumi("up", ...refresh));
  }

  /** Fails unless a command ended well. */
  async well(outcome: Promise<Outcome>): Promise<Outcome> {
    const { code, output } = await outcome;
    if (code !== 0) throw new Fault(`exit code ${code}:\n${output}`);
    return outcome;
  }

  /** Starts `up` or `destroy`. */
  start(command: string): Run {
    const { pid, exited, output } = this.stack.start(command);
    this.printed.push(() => `\n-------- pulumi ${command}, disturbed\n${output()}`);
    let over = false;
    const finish = (): void => {
      over = true;
    };
    exited.then(finish, finish);
    const untilEvent = async (event: number): Promise<boolean> => {
      while (!over && (output().match(resourceEvent)?.length ?? 0) < event) await pause(20);
      return !over;
    };
    return { pid, untilEvent, exited, output };
  }

  /** A stack of the same configuration in a backend of its own, which knows nothing of this one. */
  async elsewhere(): Promise<TestStack> {
    const folder = scratch("torture-elsewhere");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const backend = { PULUMI_BACKEND_URL: pathToFileURL(folder).href };
    const stack = await TestStack.open("torture-elsewhere", {}, backend);
    await stack.override(overridesOf(this.model.wanted));
    const { set: _, ...config } = configOf(this.model.wanted, {});
    await stack.configure({ ...config, chartMirror: this.mirror });
    await stack.encrypt("krateo:set", { [secretPath]: stackSecret });
    return stack;
  }

  /** `up` of a stack that `elsewhere` has made. */
  async upElsewhere(stack: TestStack): Promise<Outcome> {
    return this.kept("pulumi up, elsewhere", await stack.pulumi("up"));
  }

  /**
   * Remembers the processes of a run that write: all have to end, whatever is killed. The stand-ins for other plugins write
   * nothing without an engine, and may stay.
   */
  watch(run: Run): void {
    for (const who of victims) if (who !== "all") this.started.push(...processesOf(run.pid, who));
  }

  /** Those of the watched processes that still run; each has up to a minute to end. */
  async leftAfterAWhile(): Promise<ProcessIdentity[]> {
    for (const end = performance.now() + 60_000; performance.now() < end; await pause(500))
      if (!this.started.some(isRunning)) break;
    return this.started.filter(isRunning);
  }

  /** The state that the engine keeps, as text. */
  state(): Promise<string> {
    return this.stack.state();
  }

  /** All that commands have printed. */
  transcript(): string {
    return this.printed.map((text) => text()).join("");
  }

  private kept(words: string, outcome: Outcome): Outcome {
    this.printed.push(() => `\n-------- ${words}: exit code ${outcome.code}\n${outcome.output}`);
    return outcome;
  }
}
