import { type ExistingRelease, type Inventory, releaseKey } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";
import type { ChartStep, Settings } from "../model/settings.ts";
import { chartStepsOf } from "./plan.ts";
import { runInProgress } from "./run-in-progress.ts";

/** A Helm release that a killed run left in the middle of an operation. Helm refuses to change it for ever. */
export interface Repair {
  /** Release name, with `NAMESPACE/` in front where it is not the installation's. */
  readonly release: string;
  readonly revision: number;
  readonly status: string;
  /** How it is known that nobody works on it any more, as the end of a sentence. */
  readonly because: string;
}

/** The repair in one line, for plans and logs. */
export function describeRepair({ release, revision, status, because }: Repair): string {
  return `${release} is ${status} (revision ${revision}) and ${because}: it will be marked as failed, then upgraded`;
}

/** What has to be repaired before releases can be upgraded, and what may belong to a run in progress. */
export interface RepairPlan {
  readonly repairs: readonly Repair[];
  readonly blocked: readonly Problem[];
}

/** Statuses in which Helm 3 refuses every further operation on a release. */
const unfinished = ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling", "uninstalled"];

/** Whether Helm is at work on a release, or was when it ended. */
export function isUnfinished({ status }: Pick<ExistingRelease, "status">): boolean {
  return unfinished.includes(status);
}

/**
 * Tells which operations have certainly been interrupted, and which may be in progress. A run of this program holds a
 * Lease while it works: what was begun under a Lease is interrupted once that has ended. Anything else may be somebody's
 * helm, and counts as interrupted when it is older than the time that its own step may take.
 *
 * @param now Milliseconds since 1970.
 */
export function repairsOf(settings: Settings, inventory: Inventory, now: number): RepairPlan {
  const { lease } = inventory;
  if (lease && !lease.ended) {
    return { repairs: [], blocked: [runInProgress(settings.namespace, lease)] };
  }
  const repairs: Repair[] = [];
  const blocked: Problem[] = [];
  for (const step of chartStepsOf(settings)) {
    const name = releaseKey(step.release, settings.namespace);
    const existing = inventory.releases[name];
    if (!existing || !isUnfinished(existing)) continue;
    const { revision, status } = existing;
    const because = interruptionOf(existing, step, lease, now);
    if (because) repairs.push({ release: name, revision, status, because });
    else blocked.push(perhapsInProgress(step, existing, now));
  }
  return { repairs, blocked };
}

type Lease = NonNullable<Inventory["lease"]>;

function leaseEnd(lease: Lease): number {
  return lease.renewedAt + lease.durationSeconds * 1000;
}

function interruptionOf(
  { status, updatedAt }: ExistingRelease,
  step: ChartStep,
  lease: Lease | undefined,
  now: number,
): string | undefined {
  if (status === "uninstalled") return "its removal has ended";
  // Helm's clock is the machine's that ran it, so a little is allowed for.
  const skew = 5000;
  if (lease && updatedAt >= lease.acquiredAt - skew && updatedAt <= leaseEnd(lease) + skew) {
    return lease.durationSeconds === 0
      ? "the run that began it has ended"
      : `the run that began it (${lease.holder}) has ended`;
  }
  const seconds = Math.round((now - updatedAt) / 1000);
  if (seconds <= step.timeoutSeconds) return undefined;
  return `it has been so for ${minutes(seconds)}, longer than its time-out of ${minutes(step.timeoutSeconds)}`;
}

function perhapsInProgress(
  step: ChartStep,
  { status, revision, updatedAt }: ExistingRelease,
  now: number,
): Problem {
  const { name, namespace } = step.release;
  const left = Math.round(step.timeoutSeconds - (now - updatedAt) / 1000);
  return {
    what: `the Helm release ${name} in namespace ${namespace} is ${status}: somebody may be changing it`,
    path: `steps.${step.id}`,
    given: `revision ${revision}, begun at ${clock(updatedAt)}, not by a run of this program`,
    next: `wait until it has ended; it counts as interrupted in ${minutes(left)}, or at once with: npx krateo repair --force`,
    later: true,
  };
}

function clock(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, "");
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
