import { type Check, findingsOf } from "../model/check.ts";
import type { Inventory } from "../model/inventory.ts";
import type { PreviousRun } from "../model/previous-run.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { preconditionProblems, preconditionWarnings } from "./preconditions.ts";
import { type Repair, repairsOf } from "./repair.ts";

/** What the beginning of a run knows beside settings and inventory. */
interface StartContext {
  /** What the stack's last run recorded. */
  readonly previous: PreviousRun | undefined;
  /** Nothing will be changed this time. */
  readonly preview: boolean;
  /** Reasons not to migrate an earlier platform version that is there. */
  readonly migration: readonly Problem[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the cluster is ready. */
  readonly checks?: readonly Check[];
}

/** What was read, judged. */
export interface StartJudgement {
  /** Reasons not to start. */
  readonly problems: readonly Problem[];
  /** What is worth knowing, and what would stop an `up` where this is a preview. */
  readonly warnings: readonly Problem[];
  /** What a killed run left unfinished, and this one marks as failed. */
  readonly repairs: readonly Repair[];
}

/**
 * Judges whether a run may begin. `pulumi up`, `pulumi preview` and `krateo preflight` all ask here, so that whatever
 * stops the first is said by the other two.
 */
export function judgeStart(
  settings: Settings,
  inventory: Inventory,
  { previous, preview, migration, now, checks = [] }: StartContext,
): StartJudgement {
  const { repairs, blocked } = repairsOf(settings, inventory, now);
  const found = findingsOf(checks);
  // What only matters when something will be changed: another run in progress, a cluster that is not ready.
  const ofChanges = [...blocked, ...found.problems];
  return {
    problems: [
      ...preconditionProblems(settings, inventory, { previous, preview, migration }),
      ...(preview ? [] : ofChanges),
    ],
    warnings: [
      ...preconditionWarnings(settings, inventory, previous),
      ...(preview ? ofChanges : []),
      ...found.warnings,
    ],
    repairs,
  };
}

/** @throws ConfigurationError with all reasons not to start */
export function refuseStart({ problems }: StartJudgement): void {
  if (problems.length > 0) throw new ConfigurationError(problems);
}
