/** The processes of a run. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type ProcessIdentity, processIdentity } from "../../cluster/client/process-identity.ts";
import { descendants } from "../support/test-stack.ts";

/**
 * Who of a run is killed: the `pulumi` that a user starts, which starts the engine; the engine; our program; the Kubernetes
 * provider; a Command of ours; or all at once.
 */
export const victims = ["cli", "engine", "program", "plugin", "command", "all"] as const;
export type Victim = (typeof victims)[number];

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

const isVictim: Record<Exclude<Victim, "cli" | "all">, (words: readonly string[]) => boolean> = {
  engine: ([program = ""]) => basename(program) === "pulumi",
  program: (words) => words.some((word) => word.includes("@pulumi/pulumi/cmd/run")),
  plugin: ([program = ""]) => basename(program).startsWith("pulumi-resource-kubernetes"),
  command: (words) => words.some((word) => /\/commands\/krateo\.(js|ts)$/.test(word)),
};

/** The processes of a run, by its first one, that are meant. */
export function processesOf(cli: number, who: Victim): ProcessIdentity[] {
  const all = descendants(cli);
  const meant =
    who === "all" ? all : who === "cli" ? [cli] : all.filter((pid) => isVictim[who](commandLine(pid)));
  return meant.map((pid) => processIdentity(pid));
}
