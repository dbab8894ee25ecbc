import type { ExistingLease } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";

/** Who changes an installation, as far as that is known. */
type Run = Pick<ExistingLease, "holder"> & Partial<Pick<ExistingLease, "activity" | "acquiredAt">>;

/** The reason not to change an installation while another run does. */
export function runInProgress(namespace: string, run: Run): Problem {
  return {
    what: `another run is in progress on the installation in namespace ${namespace}: ${describeRun(run)}`,
    next:
      "wait until it has ended; if it was killed, its Lease expires 30 s after its last renewal, " +
      "or at once with: npx krateo repair --force",
  };
}

/** Who it is, what it does and since when, by the holder's clock. */
export function describeRun({ holder, activity, acquiredAt = 0 }: Run): string {
  const since = acquiredAt > 0 ? `, since ${new Date(acquiredAt).toISOString().replace(/\.\d+/, "")}` : "";
  return `${holder}${activity === undefined ? "" : ` (${activity})`}${since}`;
}
