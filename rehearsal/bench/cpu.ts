import { join } from "node:path";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import type { Toolchain } from "../toolchain.ts";
import { runCommand } from "./command.ts";
import { median } from "./statistics.ts";

/** CPU seconds of commands that ask no cluster, by command: medians. Unlike wall time they hardly depend on other work. */
export interface CommandCpu {
  help: number;
  render: number;
  explain: number;
}

const commands: Readonly<Record<keyof CommandCpu, readonly string[]>> = {
  help: ["--help"],
  render: ["render"],
  explain: ["explain", "authn.env.AUTHN_DEBUG"],
};

/** Runs each command in turn, once untimed and `runs` times timed. @throws Error when one fails */
export async function commandCpu(
  toolchain: Toolchain,
  { root }: RehearsalPaths,
  runs: number,
): Promise<CommandCpu> {
  const program = join(root, "commands", "krateo.js");
  // As on a user's machine: where the commands keep their compiled code.
  const { NODE_COMPILE_CACHE: _, ...env } = toolchain.env;
  const figures: CommandCpu = { help: Number.NaN, render: Number.NaN, explain: Number.NaN };
  for (const [name, words] of Object.entries(commands)) {
    const seconds: number[] = [];
    for (let run = 0; run <= runs; run++)
      seconds.push(await cpuSeconds([process.execPath, program, ...words], { cwd: root, env }));
    figures[name as keyof CommandCpu] = median(seconds.slice(1));
  }
  return figures;
}

/** The CPU time, in user and system mode, of a program and of what it starts. */
async function cpuSeconds(
  words: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<number> {
  const script = 'exec 3>&2; TIMEFORMAT="%U %S"; { time "$@" >/dev/null 2>&3; } 2>&1';
  const [user, system] = (await runCommand("bash", ["-euc", script, "bash", ...words], options)).split(" ");
  return Number(user) + Number(system);
}
