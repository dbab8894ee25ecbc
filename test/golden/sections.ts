/** What a golden shows, in sections: the difference between two goldens names the section that it is in. */
import { stringify } from "yaml";
import { valueAt } from "../../model/path.ts";
import { secretMask } from "../../model/secret-value.ts";
import type { Path, Settings, Snapshot, Step } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { planLines } from "./plan-lines.ts";

/** YAML of each section, by its name, in the order of the file. */
export type Sections = Readonly<Record<string, string>>;

/** The file of a golden that is shown in full: one YAML map. */
export function textOf(sections: Sections): string {
  return Object.values(sections).join("");
}

/**
 * All that settings say, secrets masked, and the plan that follows from them; a section for each step. Not the
 * snapshot: it repeats the steps, which test/configuration/snapshot.test.ts shows for the settings of every golden.
 */
export function settingsSections(settings: Settings): Sections {
  const { steps, snapshot: _, ...rest } = settings;
  const login = rest.database?.login ? [["database", "login", "password"]] : [];
  return sectionsOf({
    settings: masked(rest, login),
    plan: planLines(planOf(settings)),
    ...Object.fromEntries(steps.map(maskedStep).map(({ id, ...step }) => [id, step])),
  });
}

/** What the Installation object stores; a section for each step. */
export function snapshotSections({ steps, ...definitions }: Snapshot): Sections {
  return sectionsOf({
    ...definitions,
    ...Object.fromEntries(steps.map(({ id, ...step }) => [String(id), step])),
  });
}

/** YAML of values, each under its name. Equal values are the same bytes, whatever the order of their keys. */
export function sectionsOf(values: Readonly<Record<string, unknown>>): Sections {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      stringify(
        { [name]: value },
        {
          sortMapEntries: (a, b) => order(String(a.key), String(b.key)),
          lineWidth: 0,
          aliasDuplicateObjects: false,
          // Quotes texts like off, which other readers of YAML take for a boolean.
          compat: "yaml-1.1",
        },
      ),
    ]),
  );
}

/** Keys that say what the others are about; they come first. */
const leading = ["step", "key", "name", "type", "yours"];

function order(a: string, b: string): number {
  const rank = (key: string) => (leading.includes(key) ? leading.indexOf(key) : leading.length);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

/** A step as it may be shown: the values that its secret paths name are masked. */
export function maskedStep(step: Step): Step {
  if (step.type === "var") return step;
  const root = step.type === "object" ? "manifest" : "values";
  return masked(
    step,
    (step.secretPaths ?? []).map((path) => [root, ...path]),
  );
}

function masked<T extends object>(value: T, secretPaths: readonly Path[]): T {
  const copy = structuredClone(value);
  for (const path of secretPaths) {
    const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    holder[path.at(-1) as string | number] = secretMask;
  }
  return copy;
}
