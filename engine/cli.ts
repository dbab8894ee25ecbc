/** The only place that starts Pulumi's command line, in the project's root: the one that the project brings, else that of an image. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { debug } from "../configuration/debug.ts";

/** A command of Pulumi's that failed; the message is what it said. */
export class PulumiFailure extends Error {}

/** A state of some thousand resources is that long. */
const maxBuffer = 256 << 20;

/** How long an interrupted engine may take to end: it waits for what its plugins are doing. */
const interruptionSeconds = 300;

/**
 * Asks Pulumi something.
 *
 * @param directory The project's root.
 * @param options `timeoutSeconds`: it is ended then, which counts as a failure; without it, it may take as long as it likes.
 * @returns what it prints
 * @throws PulumiFailure
 */
export async function askPulumi(
  question: readonly string[],
  directory: string,
  { timeoutSeconds }: { readonly timeoutSeconds?: number } = {},
): Promise<string> {
  const args = [...question, "--non-interactive"];
  const timeout = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
  return await new Promise((resolve, reject) => {
    execFile(
      programFor(args, directory),
      args,
      { cwd: directory, maxBuffer, timeout },
      (error, out, said) => {
        if (error) reject(new PulumiFailure(said.trim() || error.message));
        else resolve(out.trim());
      },
    );
  });
}

/**
 * Runs Pulumi, its output going where this process's goes. Its Commands run this program's own command line, with the Node
 * that the project brings.
 *
 * @param directory The project's root.
 * @param options `environment`: what it gets beside this process's environment; `asks`: it may ask questions at the terminal.
 * @returns its exit code
 */
export async function runPulumi(
  args: readonly string[],
  directory: string,
  {
    environment = {},
    asks = false,
  }: { readonly environment?: Readonly<Record<string, string>>; readonly asks?: boolean },
): Promise<number> {
  let child: ChildProcess | undefined;
  // As Ctrl-C, by which the engine ends in order. What asks at the terminal gets that, and that it was closed, from there.
  const interrupt = (): void => void (asks ? child?.kill("SIGTERM") : signalGroup(child?.pid, "SIGINT"));
  const ofTerminal = (): void => void (asks || signalGroup(child?.pid, "SIGINT"));
  const handlers = { SIGINT: ofTerminal, SIGHUP: ofTerminal, SIGTERM: interrupt, exit: interrupt };
  // Before it starts: on a busy machine it may ask, and be answered with Ctrl-C, before this process goes on.
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  try {
    const started = spawn(programFor(args, directory), args, {
      cwd: directory,
      env: {
        ...process.env,
        PATH: [binFolder(directory), process.env["PATH"]].join(delimiter),
        ...environment,
      },
      stdio: [asks ? "inherit" : "ignore", "inherit", "inherit"],
      // A group of its own: what the npm package starts is not the engine but a process that starts it.
      detached: !asks,
    });
    child = started;
    const code = await new Promise<number>((resolve, reject) => {
      started.on("error", reject).on("close", (code) => resolve(code ?? 1));
    });
    // An interrupted engine needs a while after the process that started it has gone. Where nobody collects processes that
    // have ended, as in a container without an init, its group never looks empty.
    const end = performance.now() + interruptionSeconds * 1000;
    while (!asks && signalGroup(started.pid, 0) && performance.now() < end) await pause(200);
    return code;
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  }
}

/** @returns false when no process of the group is left */
function signalGroup(group: number | undefined, signal: NodeJS.Signals | 0): boolean {
  try {
    return group !== undefined && process.kill(-group, signal);
  } catch {
    return false;
  }
}

function programFor(args: readonly string[], directory: string): string {
  debug(() => [`runs pulumi ${args.join(" ")}`]);
  const own = join(binFolder(directory), "pulumi");
  // It is a development dependency, which an image leaves out.
  return existsSync(own) ? own : "pulumi";
}

function binFolder(directory: string): string {
  return join(directory, "node_modules", ".bin");
}
