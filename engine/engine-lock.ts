import { readFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { isRunning } from "../cluster/client/process-identity.ts";
import { ConfigurationError } from "../model/problem.ts";
import { describeRun } from "../plan/run-in-progress.ts";
import { askPulumi } from "./cli.ts";
import { stateFolder } from "./state-backend.ts";

/** A lock that a run of Pulumi holds, or left, on a stack. */
export interface EngineLock {
  /** Undefined where the state is in a bucket. */
  readonly file?: string;
  /** User, host, process and since when, in words. */
  readonly owner: string;
  /** `stale`: its process has ended; `held`: it runs; `elsewhere`: it may be on a host that cannot be asked. */
  readonly state: "stale" | "held" | "elsewhere";
  /** Which Pulumi it is; undefined where the lock does not say. */
  readonly engine?: { readonly host: string; readonly pid: number; readonly begun: number };
}

/** What Pulumi says of a lock. */
interface LockContent {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp?: string;
}

/** A stack as its backend knows it. */
interface LockedStack {
  /** The project's root, and its name. */
  readonly directory: string;
  readonly project: string;
  readonly stack: string;
}

/**
 * The locks on a stack, which a folder shows and of which Pulumi tells where the state is in a bucket.
 *
 * @param backendUrl As `pulumi whoami` tells it, e.g. `file:///home/ada`.
 * @returns undefined for Pulumi Cloud, which does not say who holds a lock
 * @throws ConfigurationError when a bucket cannot be asked
 */
export async function readEngineLocks(
  backendUrl: string,
  { directory, project, stack }: LockedStack,
): Promise<readonly EngineLock[] | undefined> {
  const state = stateFolder(backendUrl);
  if (!state) return /^https?:/.test(backendUrl) ? undefined : await namedLocks(stack, directory);
  const folder = join(state, "locks", "organization", project, stack);
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  return await Promise.all(files.map((name) => readLock(join(folder, name))));
}

async function readLock(file: string): Promise<EngineLock> {
  try {
    return lockOf(JSON.parse(await readFile(file, "utf8")), file);
  } catch {
    // Written by a run that was killed while it wrote: nobody ever held it.
    return { file, owner: "a run that was killed while it took the lock", state: "stale" };
  }
}

/** A line of Pulumi's message about a stack that is locked. */
const lockLine = /^\s+\S+: created by (.*)@(\S+) \(pid (\d+)\) at (\S+)$/gm;

/**
 * The locks on a stack in a bucket. Pulumi names them when it cannot take the lock, which it needs to rename a stack. The new
 * name is the old one: a stack that is not locked exists already, and Pulumi refuses that before it changes anything.
 */
async function namedLocks(stack: string, directory: string): Promise<readonly EngineLock[]> {
  const rename = ["stack", "rename", stack, "--stack", stack];
  const said = await askPulumi(rename, directory).catch((error: Error) => error.message);
  if (/\b(a stack named .* already exists|no stack named .* found)/.test(said)) return [];
  const locks = [...said.matchAll(lockLine)].map(([, username = "", hostname = "", pid, timestamp]) =>
    lockOf({ username, hostname, pid: Number(pid), timestamp }),
  );
  if (locks.length > 0) return locks;
  throw new ConfigurationError([
    {
      what: `Pulumi does not say whether stack ${stack} is locked: ${said}`,
      next: `if that is all about a lock, and no run is in progress: pulumi cancel --stack ${stack}; then krateo repair again`,
    },
  ]);
}

function lockOf({ pid, username, hostname: host, timestamp = "" }: LockContent, file?: string): EngineLock {
  const isHere = host === hostname();
  const runs = isHere && isRunning({ pid }) && isPulumi(pid);
  // A bucket may be shared by machines of the same name.
  const state = runs ? "held" : isHere && file !== undefined ? "stale" : "elsewhere";
  const begun = Date.parse(timestamp);
  const owner = describeRun({ holder: `${username} on ${host}, process ${pid}`, acquiredAt: begun || 0 });
  return { ...(file !== undefined && { file }), owner, state, engine: { host, pid, begun } };
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

/**
 * Removes all locks of a stack, as `pulumi cancel` does.
 *
 * @param locks As they were read.
 * @returns false, and removes none, where a bucket has another one by now
 */
export async function removeEngineLocks(
  locks: readonly EngineLock[],
  { directory, stack }: Pick<LockedStack, "directory" | "stack">,
): Promise<boolean> {
  const files = locks.flatMap(({ file }) => file ?? []);
  for (const file of files) await rm(file, { force: true });
  if (files.length === locks.length) return true;
  const known = locks.map(({ engine }) => JSON.stringify(engine));
  const present = await namedLocks(stack, directory);
  if (!present.every(({ engine }) => known.includes(JSON.stringify(engine)))) return false;
  if (present.length > 0) await askPulumi(["cancel", "--yes", "--stack", stack], directory);
  return true;
}
