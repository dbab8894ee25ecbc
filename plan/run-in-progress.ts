import type { ExistingLease } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";

/** Who changes an installation, as far as that is known. */
type Run = Pick<ExistingLease, "holder"> & Partial<Pick<ExistingLease, "activity" | "acquiredAt">>;

/** The reason not to change an installation while another run does. */
export function runInProgress(namespace: string, run: Run): Problem {
  return {
    what: `another run is in progress on the installation in namespace ${namespace}: ${describeRun(run)}`,
    next:
      "wait until it has ended, as npx krateo status tells; if it was killed, its Lease expires 30 s after its last " +
      "renewal, or at once with: npx krateo repair --force",
    later: true,
  };
}

/** Who it is, what it does and since when, by the holder's clock. */
export function describeRun({ holder, activity, acquiredAt = 0 }: Run): string {
  const since = acquiredAt > 0 ? `, since ${wholeSeconds(acquiredAt)}` : "";
  return `${holder}${activity === undefined ? "" : ` (${activity})`}${since}`;
}

/** Who worked last and did not end in good order, and what to do; undefined when nobody did. */
export function brokenOffRun(lease: ExistingLease | undefined): string | undefined {
  // A run that ends in good order gives its Lease up, and is not named any more.
  if (!lease?.ended || lease.durationSeconds === 0) return undefined;
  return (
    `the last run was broken off: ${describeRun(lease)}, last seen ${wholeSeconds(lease.renewedAt)}; ` +
    "before the next one: npx krateo repair"
  );
}

/** RFC 3339, without what nobody reads. */
export function wholeSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, "");
}
