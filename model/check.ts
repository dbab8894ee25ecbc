import type { Problem } from "./problem.ts";

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
  /** Set where only the moment is wrong. */
  readonly later?: true;
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

/** What checks mean to a run: reasons not to start, and what is worth knowing. */
export function findingsOf(checks: readonly Check[]): { problems: Problem[]; warnings: Problem[] } {
  return {
    problems: checks
      .filter(({ status }) => status === "ERROR")
      .map(({ subject, found, expected, next, later }) => ({
        what: `${subject}: ${found}`,
        allowed: expected,
        next,
        ...(later && { later }),
      })),
    warnings: checks
      .filter(({ status }) => status === "WARNING")
      .map(({ subject, found, next }) => ({ what: `${subject}: ${found}`, next })),
  };
}

/** A reason not to start, or with another status what is worth knowing, in a report of checks. */
export function checkOf(check: string, subject: string, problem: Problem, status: Status = "ERROR"): Check {
  const { what, given, allowed, next, later } = problem;
  const expected = typeof allowed === "string" ? allowed : allowed?.join(" or ");
  return {
    check,
    subject,
    status,
    found: given === undefined ? what : `${what} (${given})`,
    expected: expected ?? "nothing of the kind",
    next: next ?? "",
    ...(later && { later }),
  };
}
