/** Formats the result of `krateo diff`. */
import { styleText } from "node:util";
import { createTwoFilesPatch } from "diff";
import { stringify } from "yaml";
import type { Drift, DriftReport } from "../cluster/drift/drift.ts";
import { type FieldHolder, gitOpsTool } from "../cluster/drift/field-holder.ts";
import { meansText } from "../cluster/drift/means.ts";
import { amount } from "../model/amount.ts";
import { isMap } from "../model/secret-value.ts";
import type { Json } from "../model/settings.ts";
import { reapplyCommand } from "../plan/reapply.ts";
import type { TableForm } from "./options.ts";
import { placeOf } from "./place.ts";
import { plainTable } from "./plain-table.ts";

/** What the report says beside the differences themselves. */
export interface ReportContext {
  readonly server: string;
  readonly namespace: string;
  /** Options that name the stack; without any, the selected one is meant. */
  readonly stackOptions?: readonly string[];
  /** Only the stored snapshot was compared. */
  readonly installed?: boolean;
  readonly table?: TableForm;
  readonly colours: boolean;
}

/** Longer values are cut off in the usual table; the wide one, the unified diff and the JSON have them whole. */
const longestValue = 60;

/**
 * Release, what of it, planned and live, one line a difference; then the verdict and the way back. The short table has one
 * line for each thing that differs.
 */
export function tableReport(report: DriftReport, context: ReportContext): string {
  const table = context.table === "short" ? shortTable(report) : fullTable(report, context);
  return [...(table === "" ? [] : [table, ""]), ...verdict(report, context)].join("\n");
}

function shortTable({ drifts }: DriftReport): string {
  const rows = drifts.map(({ release, subject, differences }) => [
    release,
    subject,
    amount(differences.length, "difference"),
  ]);
  return rows.length > 0 ? plainTable(["RELEASE", "WHAT", "FOUND"], rows) : "";
}

function fullTable({ drifts }: DriftReport, { table }: ReportContext): string {
  const longest = table === "wide" ? Number.POSITIVE_INFINITY : longestValue;
  const rows = drifts.flatMap(({ release, subject, differences }) =>
    differences.map(({ path, planned, live }) => [
      release,
      path === "" ? subject : `${subject}: ${path}`,
      shortened(cell(planned, live, path === ""), longest),
      shortened(cell(live, planned, path === ""), longest),
    ]),
  );
  return rows.length > 0 ? plainTable(["RELEASE", "WHAT", "PLANNED", "LIVE"], rows) : "";
}

/** One unified diff of YAML for each thing that differs: what `pulumi up` would take out and put in. */
export function unifiedReport(report: DriftReport, context: ReportContext): string {
  const diffs = report.drifts.map(({ release, subject, planned, live }) => {
    const [from, to] = [`live ${release}: ${subject}`, `planned ${release}: ${subject}`];
    const patch = createTwoFilesPatch(from, to, yaml(live), yaml(planned), undefined, undefined, {
      context: 3,
    });
    // Its first line is a ruler.
    return patch.trimEnd().split("\n").slice(1).map(paint(context.colours)).join("\n");
  });
  return [...diffs, ...(diffs.length > 0 ? [""] : []), ...verdict(report, context)].join("\n");
}

/** Everything, for programs. */
export function jsonReport(report: DriftReport, context: ReportContext): string {
  const { drifts, compared } = report;
  return JSON.stringify(
    {
      equal: drifts.length === 0,
      compared,
      differences: drifts.flatMap(({ release, subject, differences }) =>
        differences.map(({ path, planned = null, live = null, holder }) => ({
          release,
          subject,
          path,
          planned,
          live,
          ...(holder && { holder }),
        })),
      ),
      notes: notesOf(report),
      next: wayBack(drifts, context) ?? null,
    },
    undefined,
    2,
  );
}

/**
 * What the way back does beside merging, and what it cannot do, one sentence an object; then who else set what differs,
 * and how much the API server did not compare.
 */
function notesOf({ drifts, compared: { here } }: DriftReport): string[] {
  const means = drifts.flatMap(({ subject, means }) => meansText(subject, means) ?? []);
  const itself = `this program compared ${amount(here, "object")} itself, field by field, because the user may not patch: a value that the API server rewrites may show as a difference`;
  return [...means, ...holderNotes(drifts), ...(here > 0 ? [itself] : [])];
}

function holderNotes(drifts: readonly Drift[]): string[] {
  const held = drifts.flatMap(({ subject, differences }) =>
    differences.flatMap(({ path, holder }) => (holder ? [{ field: `${subject}: ${path}`, holder }] : [])),
  );
  return Object.values(Object.groupBy(held, ({ holder }) => holder.manager)).flatMap((all = []) => {
    const since = all.flatMap(({ holder }) => holder.since ?? []).toSorted()[0];
    const fields = all.map(({ field }) => field).join(", ");
    return all.slice(0, 1).map(({ holder }) => {
      const by = `set by ${holder.manager}${since === undefined ? "" : ` since ${since}`}`;
      return `${fields}: ${by}${consequence(holder)}`;
    });
  });
}

function consequence({ manager, applies }: FieldHolder): string {
  const tool = gitOpsTool(manager);
  if (tool === undefined && !applies) return "";
  return `; ${tool ?? "it"} sets it again at its next synchronisation, whatever is put back here: take the field out of its manifests, or give this configuration the same value`;
}

/**
 * The command that puts everything back; undefined when there is none that can. The engine sees what is gone once it
 * refreshes; what was changed inside a release it never sees, so those releases are named, but for one with an object
 * that the API server refuses: Helm would fail on it. Where a refresh would fail, what only it finds comes next time.
 */
export function wayBack(drifts: readonly Drift[], { stackOptions = [] }: ReportContext): string | undefined {
  const stuck = new Set(drifts.filter(({ means }) => means?.how === "none").map(({ release }) => release));
  const curable = drifts.filter(({ release, remedy }) => remedy !== "reapply" || !stuck.has(release));
  if (curable.length === 0) return undefined;
  const again = [
    ...new Set(curable.filter(({ remedy }) => remedy === "reapply").map(({ release }) => release)),
  ];
  const refresh =
    drifts.some(({ remedy }) => remedy === "refresh") && drifts.every(({ remedy }) => remedy !== "up-first");
  return [
    again.length > 0 ? reapplyCommand(...again) : "npx pulumi up",
    ...(refresh ? ["--refresh"] : []),
    ...stackOptions,
  ].join(" ");
}

function verdict(report: DriftReport, context: ReportContext): string[] {
  const { drifts, compared } = report;
  const notes = notesOf(report).map((note) => `note: ${note}`);
  const { server, namespace, installed } = context;
  const where = placeOf({ namespace, server });
  const what = installed
    ? "the stored snapshot"
    : `${amount(compared.releases, "release")} with ${amount(compared.objects, "object")}`;
  if (drifts.length === 0) return [`equal: ${what} as planned ${where}`, ...notes];
  const differences = drifts.flatMap((drift) => drift.differences).length;
  return [
    `different: ${amount(differences, "difference")} in ${what} ${where}`,
    ...notes,
    `next: ${wayBack(drifts, context) ?? "correct by hand what the notes name, then compare again"}`,
  ];
}

/** One side of a difference in a table cell; `other` is the one in the cell beside it. */
function cell(value: Json | undefined, other: Json | undefined, isWhole: boolean): string {
  if (value === undefined) return isWhole ? "missing" : "(none)";
  if (isWhole && isMap(value)) return summaryOf(value);
  // The text "true" and the boolean would look alike.
  const alike =
    typeof value === "string" && value !== "" && (other === undefined || typeof other === "string");
  return (alike ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ");
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** A Helm release by chart, version and status; any other thing is there, or not. */
function summaryOf({ chart, version, status }: { [key: string]: Json }): string {
  return chart === undefined ? "there" : [chart, version, status].join(" ");
}

function yaml(value: Json | undefined): string {
  return value === undefined
    ? ""
    : stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

function paint(colours: boolean) {
  return (line: string): string => {
    const colour = /^(---|\+\+\+|@@)/.test(line)
      ? "bold"
      : line.startsWith("-")
        ? "red"
        : line.startsWith("+")
          ? "green"
          : undefined;
    return colours && colour ? styleText(colour, line, { validateStream: false }) : line;
  };
}
