import { styleText } from "node:util";
import Table from "cli-table3";
import { type Check, type Status, verdictOf } from "../cluster/verification.ts";

const colourOf: Readonly<Record<Status, "green" | "yellow" | "red">> = {
  OK: "green",
  WARNING: "yellow",
  ERROR: "red",
};

/** The table of checks with what to do about each, and the verdict as its last line. */
export function reportOf(
  checks: readonly Check[],
  { server, namespace, colours }: { server: string; namespace: string; colours: boolean },
): string {
  const paint = (status: Status, text: string): string =>
    colours ? styleText(colourOf[status], text, { validateStream: false }) : text;
  const table = new Table({
    head: ["STATUS", "CHECK", "SUBJECT", "FOUND"],
    style: { head: [], border: [], compact: true },
    chars: plainBorders,
  });
  for (const { status, check, subject, found } of checks) {
    table.push([paint(status, status), check, subject, found]);
  }
  const rows = table.toString().replaceAll(/ +$/gm, "");
  const todo = checks
    .filter((check) => check.status !== "OK")
    .flatMap(({ status, subject, expected, next }) => [
      `${paint(status, status)} ${subject}`,
      `  expected: ${expected}`,
      `  next:     ${next}`,
    ]);
  const { verdict, counts } = verdictOf(checks);
  const summary = `${counts.ERROR} errors, ${counts.WARNING} warnings, ${counts.OK} checks passed`;
  const last = `${paint(verdict, verdict)}: ${summary} (namespace ${namespace} at ${server})`;
  return [rows, "", ...todo, last].join("\n");
}

/** Columns apart by spaces alone: borders make lines that a terminal wraps. */
const plainBorders = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((part) => [part, ""]),
);
