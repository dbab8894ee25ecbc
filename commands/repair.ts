/** `krateo repair`: cleans up after a killed run. */
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import { type EngineLock, readEngineLocks, removeEngineLocks } from "../engine/engine-lock.ts";
import { endPlugins, leftPlugins } from "../engine/left-plugins.ts";
import { readProjectFile } from "../engine/project-file.ts";
import { halfWrittenSidecars } from "../engine/sidecar.ts";
import { selectedStack } from "../engine/stack-file.ts";
import { readBackendUrl } from "../engine/state-backend.ts";
import { damagedProblem, damagedWarning } from "../model/helm-record.ts";
import { ConfigurationError, ReportableError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { concerns } from "../plan/concerned-records.ts";
import { describeRepair, type RepairPlan, repairsOf } from "../plan/repair.ts";
import { describeRun } from "../plan/run-in-progress.ts";
import { revisionOf } from "./end-revisions.ts";
import { exclusively } from "./exclusively.ts";
import { withClusterOptions } from "./options.ts";
import {
  BadResult,
  type ClusterOptions,
  connectTo,
  type Session,
  stackSettings,
  stackTarget,
  tryLater,
} from "./session.ts";

interface RepairOptions extends ClusterOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * `krateo repair`: after a run that was killed, clears what the engine would stop at before the program even
 * starts, a stale lock, and what Helm would stop at, unfinished operations. `pulumi up` ends the latter itself.
 */
export function repairCommand(session: Session): Command {
  return withClusterOptions(new Command("repair"))
    .description(
      "Ends plugins that a killed engine has left at work on this machine, removes the stack's lock if its owner has ended, removes half-written state files, and marks unfinished Helm operations " +
        "of a killed run as failed. Then `pulumi up` can continue. Leaves alone what may belong to a run in progress. Deletes no object, " +
        "changes no Secret's value, and is safe to repeat.",
    )
    .option("--dry-run", "only say what would be done")
    .option(
      "--force",
      "also clear what may belong to a run in progress: a lock or Lease of another host, or a young Helm operation",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo repair --dry-run --stack nodeport
  npx krateo repair && npx pulumi up
  npx krateo repair --force        when you know that the other run has ended

Exit codes: 0 nothing blocks pulumi up any more (with --dry-run: can be cleared), 1 something does, and was left alone,
3 only another run in progress does: try again later.`,
    )
    .action(async (options: RepairOptions) => {
      const reading = readLocks(options, session);
      const killed = wasKilled(await reading);
      repairPlugins(options, session);
      const leave = (left: readonly InTheWay[]): readonly InTheWay[] => {
        for (const { reason } of left) session.print(`left alone: ${reason}`);
        return left;
      };
      // Each is said at once: the next may fail, and must not take this with it.
      const inTheWay = [
        ...leave(await repairLocks(options, session, reading)),
        ...leave(await repairReleases(options, session, killed)),
      ];
      if (inTheWay.length > 0) throw new BadResult(inTheWay.every(({ later }) => later) ? tryLater : 1);
    });
}

/** First of all: what they still change would be read as it is in the middle of that. */
function repairPlugins({ dryRun }: RepairOptions, session: Session): void {
  const left = leftPlugins(session.directory);
  if (!dryRun) endPlugins(left);
  for (const { program, pid } of left)
    session.print(
      `plugin: ${dryRun ? "would end" : "ended"} ${program}, process ${pid}, of a run whose engine has ended`,
    );
}

/** What keeps `pulumi up` from beginning, in words. */
interface InTheWay {
  readonly reason: string;
  /** It goes by itself: a run that is in progress. */
  readonly later?: true;
}

/** The locks on the stack; of those of other hosts the cluster is asked. Undefined where nobody says who holds them. */
async function readLocks(
  options: RepairOptions,
  session: Session,
): Promise<readonly EngineLock[] | undefined> {
  const { directory } = session;
  const { name: project } = readProjectFile(directory);
  const stack = await stackOf(options, session);
  const locks = await readEngineLocks(await readBackendUrl(directory), { directory, project, stack });
  if (!locks?.some(({ state }) => state === "elsewhere")) return locks;
  const { engineState } = await import("../cluster/lease/engine-state.ts");
  try {
    const { namespace, choice } = await stackTarget(options, session);
    const connection = await connectTo(choice, session);
    return await Promise.all(
      locks.map(async (lock): Promise<EngineLock> => {
        if (lock.state !== "elsewhere" || !lock.engine) return lock;
        const found = await engineState(connection, namespace, lock.engine, { say: session.note });
        if (!found) return lock;
        const owner = `${lock.owner} (${found.because})`;
        return { ...lock, owner, state: found.isRunning ? "held" : "stale" };
      }),
    );
  } catch (error) {
    if (!(error instanceof ReportableError)) throw error;
    session.note(`whether the lock's owner still runs cannot be asked: ${error.message}`);
    return locks;
  }
}

async function stackOf({ stack }: RepairOptions, { directory }: Session): Promise<string> {
  return (stack ?? (await selectedStack(directory))).split("/").at(-1) as string;
}

/** Removes the stack's stale locks. @returns what is left in the way */
export async function repairLocks(
  options: RepairOptions,
  session: Session,
  reading: ReturnType<typeof readLocks> = readLocks(options, session),
): Promise<InTheWay[]> {
  const locks = await reading;
  const stack = await stackOf(options, session);
  await repairSidecars(await readBackendUrl(session.directory), stack, options, session);
  if (!locks) {
    session.print(
      `lock: Pulumi Cloud does not say who holds that of stack ${stack}; if pulumi says that another update is in progress, and nobody is at work: pulumi cancel`,
    );
    return [];
  }
  if (locks.length === 0) session.print(`lock: stack ${stack} is not locked`);
  // With one of them left nothing can begin.
  const left = options.force ? [] : locks.filter(({ state }) => state !== "stale");
  if (left.length > 0) return left.map(lockInTheWay);
  if (!options.dryRun && !(await removeEngineLocks(locks, { directory: session.directory, stack })))
    return [{ reason: `stack ${stack} has been locked by another run since its lock was read`, later: true }];
  for (const { owner, state } of locks)
    session.print(`lock: ${options.dryRun ? "would remove" : "removed"} that of ${owner} (${state})`);
  return [];
}

function lockInTheWay({ owner, state }: EngineLock): InTheWay {
  const held = state === "held";
  const where = held ? "is running" : "may run on another host, where this command cannot look";
  return {
    reason: `the lock of ${owner}, which ${where}; end it first, or use --force if you know that it has ended`,
    ...(held && { later: true }),
  };
}

/** A lost sidecar loses nothing, so there is nothing to refuse. */
async function repairSidecars(
  url: string,
  stack: string,
  options: RepairOptions,
  session: Session,
): Promise<void> {
  for (const file of await halfWrittenSidecars(url, readProjectFile(session.directory).name, stack)) {
    if (!options.dryRun) await rm(file, { force: true });
    session.print(`state: ${options.dryRun ? "would remove" : "removed"} the half-written ${basename(file)}`);
  }
}

/** @returns what is left in the way */
async function repairReleases(
  options: RepairOptions,
  session: Session,
  killed: boolean,
): Promise<InTheWay[]> {
  const settings = await stackSettings(options, session);
  const connection = await connectTo(settings.cluster, session);
  const [{ readInventory }, { endRevision }, { endLease }] = await Promise.all([
    import("../run/inventory.ts"),
    import("../cluster/repair.ts"),
    import("../cluster/lease/end-lease.ts"),
  ]);
  const inventory = await readInventory(connection, settings, { say: session.note });
  const { unreachable, isAway } = inventory;
  if (unreachable) throw new ConfigurationError([{ what: unreachable, ...(isAway && { later: isAway }) }]);
  const { lease } = inventory;
  const isCleared = options.force && lease && !lease.ended;
  if (isCleared) {
    const whose = `the Lease of ${describeRun(lease)}, who has renewed it just now`;
    if (options.dryRun) session.print(`lease: would clear ${whose}`);
    else if (await endLease(connection, settings.namespace)) session.print(`lease: cleared ${whose}`);
    else {
      const reason = `the Lease of ${describeRun(lease)}, which has been renewed again: that run is in progress`;
      return [{ reason, later: true }];
    }
  }
  const { repairs, blocked } = decide(settings, inventory, options.force ?? false, killed);
  const { damaged = [] } = inventory;
  const unreadable = damaged.filter(concerns(settings));
  for (const record of damaged.filter((one) => !unreadable.includes(one)))
    session.note(damagedWarning(record));
  if (repairs.length + blocked.length + unreadable.length === 0)
    session.print("releases: none is unfinished");
  const end = async (): Promise<void> => {
    for (const { release, revision } of repairs)
      session.print(await endRevision(connection, revisionOf(`${release}@${revision}`, settings.namespace)));
  };
  if (options.dryRun) for (const repair of repairs) session.print(`would repair: ${describeRepair(repair)}`);
  // A Lease that was cleared just now is another one than was read.
  else if (repairs.length > 0)
    await exclusively(connection, settings.namespace, session, end, isCleared ? undefined : { lease });
  return [...unreadable.map(damagedProblem), ...blocked].map(({ what, next, later }) => ({
    reason: `${what}; ${next}`,
    ...(later && { later }),
  }));
}

/**
 * Whether an engine was killed while it worked on the stack: its lock is still there. So nobody goes on with the
 * operations that it left unfinished.
 */
function wasKilled(locks: readonly EngineLock[] = []): boolean {
  return locks.length > 0 && locks.every(({ state }) => state === "stale");
}

/**
 * Forced, or after a killed engine with no other run in progress, every unfinished operation counts as interrupted: as
 * if the clock were far ahead and no Lease held.
 */
function decide(
  settings: Settings,
  inventory: Parameters<typeof repairsOf>[1],
  force: boolean,
  killed: boolean,
): RepairPlan {
  const { lease } = inventory;
  const held = lease && !lease.ended;
  if (!force && (!killed || held)) return repairsOf(settings, inventory, Date.now());
  return repairsOf(settings, { ...inventory, lease: undefined }, Number.MAX_SAFE_INTEGER);
}
