/** Formats checks, for `krateo preflight` and `krateo verify`. */
import { styleText } from "node:util";
import { amount } from "../model/amount.ts";
import { type Check, type Status, verdictOf } from "../model/check.ts";
import { withoutLogins } from "../model/describe.ts";
import type { TableForm } from "./options.ts";
import { placeOf } from "./place.ts";
import { plainTable } from "./plain-table.ts";
import { BadResult, type Session, tryLater } from "./session.ts";

const colourOf: Readonly<Record<Status, "green" | "yellow" | "red">> = {
  OK: "green",
  WARNING: "yellow",
  ERROR: "red",
};

/**
 * Prints checks, as a table for people or as JSON for scripts, without the logins that what was found may hold.
 *
 * @throws BadResult when one of them is an ERROR: with exit code 3 when nothing is wrong but the moment
 */
export function report(
  given: readonly Check[],
  { json, ...context }: { json: boolean | undefined; table?: TableForm; server: string; namespace: string },
  session: Session,
): void {
  const checks = given.map((check) => ({
    ...check,
    subject: withoutLogins(check.subject),
    found: withoutLogins(check.found),
    expected: withoutLogins(check.expected),
    next: withoutLogins(check.next),
  }));
  const { verdict } = verdictOf(checks);
  session.print(
    json
      ? JSON.stringify({ verdict, checks }, undefined, 2)
      : reportOf(checks, { ...context, colours: session.colours }),
  );
  const errors = checks.filter(({ status }) => status === "ERROR");
  if (verdict === "ERROR") throw new BadResult(errors.every(({ later }) => later) ? tryLater : 1);
}

/**
 * The table of checks with what to do about each, and the verdict as its last line.
 *
 * @param context `table`: short leaves out the checks that are OK, wide adds what was expected.
 */
export function reportOf(
  checks: readonly Check[],
  {
    server,
    namespace,
    table,
    colours,
  }: { server: string; namespace: string; table?: TableForm; colours: boolean },
): string {
  const paint = (status: Status, text: string): string =>
    colours ? styleText(colourOf[status], text, { validateStream: false }) : text;
  const wide = table === "wide";
  const shown = table === "short" ? checks.filter(({ status }) => status !== "OK") : checks;
  const rows = shown.map(({ status, check, subject, found, expected }) => [
    paint(status, status),
    check,
    subject,
    found,
    ...(wide ? [expected] : []),
  ]);
  const head = ["STATUS", "CHECK", "SUBJECT", "FOUND", ...(wide ? ["EXPECTED"] : [])];
  const todo = checks
    .filter((check) => check.status !== "OK")
    .flatMap(({ status, subject, expected, next }) => [
      `${paint(status, status)} ${subject}`,
      `  expected: ${expected}`,
      ...(next === "" ? [] : [`  next:     ${next}`]),
    ]);
  const { verdict, counts } = verdictOf(checks);
  const summary = `${amount(counts.ERROR, "error")}, ${amount(counts.WARNING, "warning")}, ${amount(counts.OK, "check")} passed`;
  const last = `${paint(verdict, verdict)}: ${summary} ${placeOf({ namespace, server })}`;
  return [...(rows.length > 0 ? [plainTable(head, rows), ""] : []), ...todo, last].join("\n");
}
