/** Plugins of an engine that was killed. Nobody listens to them, but they end their work, Helm's too, and stay for minutes. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import {
  ancestors,
  engineOf,
  killAtOnce,
  type ProcessIdentity,
  processIdentity,
} from "../cluster/client/process-identity.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";
import { isUnfinished } from "../plan/repair.ts";
import { brokenOffRun } from "../plan/run-in-progress.ts";

export interface LeftPlugin extends ProcessIdentity {
  /** Name of its program, as `pulumi-resource-kubernetes`. */
  readonly program: string;
}

/**
 * What runs of the project have left on this machine. Only Linux tells; elsewhere nothing is found.
 *
 * @param directory The project's folder, in which the engine starts its plugins
 */
export function leftPlugins(directory: string): LeftPlugin[] {
  const folder = realpathSync(directory);
  return processIds()
    .map((pid) => ({ ...processIdentity(pid), program: pluginOf(pid, folder) ?? "" }))
    .filter(({ pid, program }) => program !== "" && engineOf(ancestors(pid)) === undefined);
}

/**
 * Why a run does not begin beside plugins that are left. Only where they may have work: the last run was broken off, or a release is
 * unfinished. An engine that ends in good order leaves an idle one behind now and then, for minutes.
 */
export function leftPluginProblems(
  directory: string,
  { lease, releases }: Pick<Inventory, "lease" | "releases">,
): Problem[] {
  if (brokenOffRun(lease) === undefined && !Object.values(releases).some(isUnfinished)) return [];
  return leftPlugins(directory).map(({ pid, program }) => ({
    what: `${program}, process ${pid}, of a run whose engine was killed may still be changing the installation`,
    next: "npx krateo repair ends it",
  }));
}

/** kill -9, as the engine itself ended. What they were doing is repaired like everything of a killed run. */
export function endPlugins(left: readonly LeftPlugin[]): void {
  killAtOnce(left);
}

function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The program's name when the process is a plugin that changes clusters, which an engine has started in the folder. */
function pluginOf(pid: number, folder: string): string | undefined {
  try {
    const [path = "", engine = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const program = basename(path);
    const isPlugin = /^pulumi-resource-(kubernetes|command)$/.test(program) && /^[\d.]+:\d+$/.test(engine);
    return isPlugin && readlinkSync(`/proc/${pid}/cwd`) === folder ? program : undefined;
  } catch {
    // It has ended, or is another user's.
    return undefined;
  }
}
