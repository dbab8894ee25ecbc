/** Formats the result of `krateo migrate`. */
import { plainTable } from "../../commands/plain-table.ts";
import { amount } from "../../model/amount.ts";
import { pathText } from "../../model/path.ts";
import { secretMask } from "../../model/secret-value.ts";
import type { Json } from "../../model/settings.ts";
import type { ChangeOutcome, Outcome } from "../change-outcome.ts";
import type { Change } from "../changes.ts";
import { legacyVersion } from "../legacy-facts.ts";
import { type Migration, type StackKey, targetVersion } from "../migrate.ts";
import { overridesText } from "../overrides-file.ts";
import { isSecret } from "../plain-value.ts";
import type { SetEntry } from "../set-list.ts";

/** What the report says beside the merge itself. */
export interface MigrateCircumstances {
  /** Where the object was read: a file, or the cluster. */
  readonly source: string;
  readonly live: boolean;
  /** Options that name the stack, as Pulumi takes them. */
  readonly stackOptions: readonly string[];
  /** Files that were written, by the name the user gave or knows. */
  readonly written: readonly string[];
  /** Warnings of the configuration that comes out. */
  readonly warnings: readonly string[];
}

const longestValue = 48;

/** The report for people: what was changed and what becomes of it, then what is to be done. */
export function migrateText(migration: Migration, context: MigrateCircumstances): string {
  const { platform, type, otherTypes, outcomes, notes } = migration;
  const { source, warnings, written } = context;
  const guess = otherTypes.length > 0 ? `, which fits as well as ${otherTypes.join(", ")} (--type)` : "";
  const counts = (kind: Outcome["kind"]) => outcomes.filter(({ outcome }) => outcome.kind === kind).length;
  const sections: [title: string, lines: readonly string[]][] = [
    ["stack configuration:", migration.stackKeys.map((key) => `  ${configCommand(key, migration, context)}`)],
    ["to know:", [...notes, ...warnings].map((note) => `  ${note}`)],
  ];
  return [
    `Krateo ${legacyVersion}, ${platform.namespace}/${platform.name} in ${source}, type ${type}${guess}`,
    ...(outcomes.length === 0
      ? [`nothing in it differs from ${legacyVersion}'s defaults`]
      : [
          "",
          plainTable(["STEP", "KEY", "YOURS", `${legacyVersion} DEFAULT`, "WHAT HAPPENS"], rowsOf(outcomes)),
        ]),
    "",
    `${amount(outcomes.length, "change")}: ${counts("carried")} carried, ${counts("configured")} by the stack configuration, ${counts("same")} are so in ${targetVersion} already, ${counts("left")} not carried`,
    ...sections.flatMap(([title, lines]) => (lines.length > 0 ? [title, ...lines] : [])),
    ...(written.length > 0
      ? [`written: ${written.join(", ")}`]
      : [
          overridesText(migration) === undefined
            ? "nothing to write: no overrides are needed"
            : "nothing was written: --write writes krateo-overrides.yaml",
        ]),
  ].join("\n");
}

/** The report for scripts. */
export function migrateJson(migration: Migration, context: MigrateCircumstances): string {
  const { platform, type, otherTypes, outcomes, stackKeys, notes } = migration;
  const { name, namespace } = platform;
  const { source, written, warnings } = context;
  return JSON.stringify(
    {
      object: { name, namespace, source },
      type,
      otherTypes,
      changes: outcomes.map(({ change, outcome }) => ({
        step: change.step.id,
        key: keyOf(change),
        yours: shown(change.yours, change) ?? null,
        default: shown(change.default, change) ?? null,
        origin: change.origin,
        outcome: outcome.kind === "left" ? "not carried" : outcome.kind,
        what: describeOutcome({ change, outcome }),
      })),
      stackConfiguration: stackKeys.map((key) => ({
        key: key.key,
        value: key.value ?? null,
        command: configCommand(key, migration, context),
      })),
      notes: [...notes, ...warnings],
      overrides: overridesText(migration) ?? null,
      written,
    },
    null,
    2,
  );
}

/** What becomes of a change, in words. */
export function describeOutcome({ change, outcome }: ChangeOutcome): string {
  switch (outcome.kind) {
    case "carried":
      return carriedText(change, outcome);
    case "configured":
      return `carried by ${outcome.key} ${outcome.value}`;
    case "same":
      return `nothing to do: ${outcome.why}`;
    case "left":
      return `NOT CARRIED: ${outcome.why}${outcome.next ? `; ${outcome.next}` : ""}`;
  }
}

function carriedText(change: Change, { overrides, secret, note }: Outcome & { kind: "carried" }): string {
  const [first] = overrides;
  const path = first?.path ?? [];
  if (path.length === 3) return `carried: component ${path[1]} is switched off`;
  const key = pathText(path.slice(path[4] === "helmValues" ? 5 : 4));
  const step = path[3] === change.step.id ? "" : ` to ${path[3]}`;
  const where = key === keyOf(change) ? step : `${step === "" ? " as" : step} ${key}`;
  const how = secret ? "carried by the stack's encrypted configuration" : `carried${where}`;
  return note === undefined ? how : `${how}; ${note}`;
}

function keyOf({ path }: Change): string {
  if (path.length === 0) return "(the step)";
  return path[0] === "values" ? pathText(path.slice(1)) : `with.${pathText(path)}`;
}

/** Steps that are missing for one reason, with one consequence, are one line. */
function rowsOf(outcomes: readonly ChangeOutcome[]): string[][] {
  const rows = new Map<string, { steps: string[]; cells: string[] }>();
  for (const outcome of outcomes) {
    const { change } = outcome;
    const whole = change.path.length === 0 && change.kind === "removed";
    const what = describeOutcome(outcome);
    const known = whole ? rows.get(what) : undefined;
    if (known !== undefined) known.steps.push(change.step.id);
    else
      rows.set(whole ? what : `${rows.size}`, {
        steps: [change.step.id],
        cells: [keyOf(change), cell(change.yours, change), cell(change.default, change), what],
      });
  }
  return [...rows.values()].map(({ steps, cells: [key = "", yours = "", standard = "", what = ""] }) => {
    const [first = ""] = steps;
    if (steps.length === 1) return [first, key, yours, standard, what];
    return [`${first} and ${steps.length - 1} more`, "(the steps)", yours, "there", what];
  });
}

function cell(value: Json | undefined, change: Change): string {
  const text = shown(value, change);
  if (text === undefined) return "(none)";
  const line = typeof text === "string" ? text.replaceAll("\n", " ") : JSON.stringify(text);
  return line.length > longestValue ? `${line.slice(0, longestValue - 1)}…` : line;
}

/** A value as it may be seen. */
function shown(value: Json | undefined, { path, step }: Change): Json | undefined {
  const hidden =
    isSecret(path, value) || (step.with["kind"] === "Secret" && path[0] !== "metadata" && path.length > 1);
  return value === undefined || !hidden ? value : secretMask;
}

function configCommand(
  { key, isPath, value, secretOf }: StackKey,
  { platform }: Migration,
  { live, stackOptions }: MigrateCircumstances,
): string {
  const set = ["npx pulumi config set", ...(secretOf ? ["--secret"] : []), ...(isPath ? ["--path"] : [])];
  const stack = stackOptions.map((option) => ` ${option}`).join("");
  const command = `${set.join(" ")} ${quoted(key)}${value === undefined ? "" : ` ${quoted(value)}`}${stack}`;
  if (secretOf === undefined) return command;
  const asks = `${command}    # asks for the value of ${secretOf.step.id}, ${secretOf.origin}`;
  const entry = entryOf(secretOf);
  if (entry !== undefined && !entry.isPlain) return `${asks}, without what Helm's --set takes off it`;
  if (!live) return asks;
  const path = `{.${platform.stepsAt.join(".")}${jsonPathOf(secretOf)}}`;
  const read = `kubectl get ${platform.resource} ${platform.name} -n ${platform.namespace} -o jsonpath=${quoted(path)}`;
  return `${read} | ${command}`;
}

/** Where a value stands in the live object, from its steps on. */
function jsonPathOf(secretOf: Change): string {
  const { step, path } = secretOf;
  const at = `[?(@.id=="${step.id}")].with`;
  const entry = entryOf(secretOf);
  if (entry !== undefined) return `${at}.set[?(@.name==${JSON.stringify(entry.name)})].value`;
  const keys = path.map((segment) =>
    typeof segment === "number" ? `[${segment}]` : `.${segment.replace(/[.]/g, "\\.")}`,
  );
  return `${at}${keys.join("")}`;
}

/** The entry of a `set` list that a change was made by. */
function entryOf({ step, path }: Change): SetEntry | undefined {
  const below = step.type === "chart" ? path.slice(1) : path;
  return step.entries.findLast((one) => pathText(one.path) === pathText(below));
}

/** A word of a shell's. */
function quoted(text: string): string {
  return /^[\w:.,/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
