import { readFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { isRunning } from "../cluster/client/process-identity.ts";
import { describeRun } from "../plan/run-in-progress.ts";
import { stateFolder } from "./state-backend.ts";

/** A lock that a run of Pulumi holds, or left, on a stack. */
export interface EngineLock {
  readonly file: string;
  /** User, host, process and since when, in words. */
  readonly owner: string;
  /** `stale`: its process has ended; `held`: it runs; `elsewhere`: it is on a host that cannot be asked. */
  readonly state: "stale" | "held" | "elsewhere";
  /** Which Pulumi it is; undefined where the lock does not say. */
  readonly engine?: { readonly host: string; readonly pid: number; readonly begun: number };
}

/**
 * The locks on a stack. Only a backend of files shows them; the others keep theirs out of reach, and Pulumi's cloud
 * has none that outlives a run.
 *
 * @param backendUrl As `pulumi whoami` tells it, e.g. `file:///home/ada`.
 * @returns undefined for a backend that does not show its locks
 */
export async function readEngineLocks(
  backendUrl: string,
  project: string,
  stack: string,
): Promise<readonly EngineLock[] | undefined> {
  const state = stateFolder(backendUrl);
  if (!state) return undefined;
  const folder = join(state, "locks", "organization", project, stack);
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  return await Promise.all(files.map((name) => readLock(join(folder, name))));
}

async function readLock(file: string): Promise<EngineLock> {
  try {
    const { pid, username, hostname: host, timestamp } = JSON.parse(await readFile(file, "utf8"));
    const state = host !== hostname() ? "elsewhere" : isRunning({ pid }) && isPulumi(pid) ? "held" : "stale";
    const begun = Date.parse(timestamp ?? "");
    const owner = describeRun({ holder: `${username} on ${host}, process ${pid}`, acquiredAt: begun || 0 });
    return { file, owner, state, engine: { host, pid, begun } };
  } catch {
    // Written by a run that was killed while it wrote: nobody ever held it.
    return { file, owner: "a run that was killed while it took the lock", state: "stale" };
  }
}

/** The id may be another program's by now; where the system does not tell, it counts as Pulumi's. */
function isPulumi(pid: number): boolean {
  try {
    const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return basename(program).startsWith("pulumi");
  } catch {
    return true;
  }
}

/** Removes one lock, as `pulumi cancel` does with all of a stack's. */
export async function removeEngineLock({ file }: EngineLock): Promise<void> {
  await rm(file, { force: true });
}
