export type Status = "OK" | "WARNING" | "ERROR";

/** One thing that was looked at. */
export interface Check {
  /** What kind of check, in a word or two: release, secret, node port… */
  readonly check: string;
  readonly subject: string;
  readonly status: Status;
  readonly found: string;
  readonly expected: string;
  /** What to do about it; empty when OK. */
  readonly next: string;
}

/** The worst status of all, and how many there are of each. */
export function verdictOf(checks: readonly Check[]): {
  verdict: Status;
  counts: Readonly<Record<Status, number>>;
} {
  const count = (status: Status): number => checks.filter((check) => check.status === status).length;
  const counts = { OK: count("OK"), WARNING: count("WARNING"), ERROR: count("ERROR") };
  return { verdict: counts.ERROR > 0 ? "ERROR" : counts.WARNING > 0 ? "WARNING" : "OK", counts };
}
