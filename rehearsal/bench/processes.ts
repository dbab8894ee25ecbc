import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** A process of this machine, as /proc tells. */
export interface Process {
  pid: number;
  parent: number;
  arguments: readonly string[];
  /** What it holds in memory now, and the most it ever held; bytes. */
  resident: number;
  peak: number;
}

/** The parts of a run of Pulumi whose memory is of interest. */
export type Role = "program" | "engine" | "kubernetesProvider" | "other";

/** What a process does for Pulumi, by its command line. */
export function roleOf({ arguments: [program = "", ...rest] }: Pick<Process, "arguments">): Role {
  if (rest.some((argument) => /@pulumi\/pulumi\/cmd\/run(\/|$)/.test(argument))) return "program";
  const name = basename(program);
  if (name === "pulumi") return "engine";
  return name.startsWith("pulumi-resource-kubernetes") ? "kubernetesProvider" : "other";
}

/** The processes that another one has started, and those that they have; none where there is no /proc. */
export function descendantsOf(ancestor: number): Process[] {
  const all = everyProcess();
  const found = new Map<number, Process>();
  let generation = new Set([ancestor]);
  while (generation.size > 0) {
    const next = all.filter(({ pid, parent }) => generation.has(parent) && !found.has(pid));
    for (const process of next) found.set(process.pid, process);
    generation = new Set(next.map(({ pid }) => pid));
  }
  return [...found.values()];
}

function everyProcess(): Process[] {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8");
      return [parseProcess(Number(name), status, commandLine)];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

/** From the contents of /proc/PID/status and /proc/PID/cmdline. */
export function parseProcess(pid: number, status: string, commandLine: string): Process {
  const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return {
    pid,
    parent: field("PPid"),
    arguments: commandLine.replace(/\0$/, "").split("\0"),
    resident: field("VmRSS") * 1024,
    peak: field("VmHWM") * 1024,
  };
}
