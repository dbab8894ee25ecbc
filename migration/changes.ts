/** What a user changed: an object of Krateo 2.7.0 against the defaults of its type. */

import { isDeepStrictEqual } from "node:util";
import { pathText, startsWith } from "../model/path.ts";
import { isMap, type Tree } from "../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";
import type { LegacyType } from "./legacy-defaults.ts";
import { legacyDefaults, legacyTypes } from "./legacy-defaults.ts";
import type { LegacyPlatform, LegacyStep } from "./legacy-platform.ts";

/** One difference. Lists count as one value, since Helm replaces them as a whole. */
export interface Change {
  readonly kind: "added" | "changed" | "removed";
  /** The step in the user's object; for one that is missing there, the one of 2.7.0. */
  readonly step: LegacyStep;
  /** Id of the step of 2.7.0 that it stands for; undefined for a step of the user's own. */
  readonly standsFor: string | undefined;
  /** Below `with`; empty for a whole step. */
  readonly path: Path;
  readonly yours: Json | undefined;
  readonly default: Json | undefined;
  /** How the user's object says it: `set image.repository`, `with.version`. */
  readonly origin: string;
}

/** Every difference between an object and the defaults of a type, in the object's order; missing steps come last. */
export function changesOf(platform: LegacyPlatform, type: LegacyType): Change[] {
  const defaults = legacyDefaults(type, platform.namespace);
  const partners = partnersOf(platform.steps, defaults);
  const found = new Set(partners.values());
  return [
    ...platform.steps.flatMap((step): Change[] => {
      const base = partners.get(step);
      if (base === undefined) return [wholeStep("added", step, undefined)];
      return differences(base.with, step.with, []).flatMap(({ path, yours, base: standard }): Change[] => {
        if (isSigningKey(base.id, path)) return [];
        const kind = yours === undefined ? "removed" : standard === undefined ? "added" : "changed";
        const origin = originOf(step, path);
        return [{ kind, step, standsFor: base.id, path, yours, default: standard, origin }];
      });
    }),
    ...defaults.filter((step) => !found.has(step)).map((step) => wholeStep("removed", step, step.id)),
  ];
}

/**
 * The type of an object: the one from whose defaults it differs least. The installer has no field for it.
 *
 * @returns `others`: types from which it differs just as little, so that the choice was a guess
 */
export function detectType(platform: LegacyPlatform): { type: LegacyType; others: LegacyType[] } {
  const counts = legacyTypes.map((type) => ({ type, count: changesOf(platform, type).length }));
  const least = Math.min(...counts.map(({ count }) => count));
  const [type = "nodeport", ...others] = counts.filter(({ count }) => count === least).map((one) => one.type);
  return { type, others };
}

/** Texts that say the same number or boolean are one value: the object may have either. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (isScalar(one) && isScalar(other)) return String(one) === String(other);
  return isDeepStrictEqual(one, other);
}

/** Which step of 2.7.0 a step stands for: the one of its id, else the one of its chart that no id claims. */
function partnersOf(
  steps: readonly LegacyStep[],
  defaults: readonly LegacyStep[],
): Map<LegacyStep, LegacyStep> {
  const partners = new Map<LegacyStep, LegacyStep>();
  for (const step of steps) {
    const base = defaults.find(({ id, type }) => id === step.id && type === step.type);
    if (base !== undefined) partners.set(step, base);
  }
  for (const step of steps.filter((one) => one.type === "chart" && !partners.has(one))) {
    const claimed = new Set(partners.values());
    const base = defaults.find((one) => !claimed.has(one) && releaseOf(one) === releaseOf(step));
    if (base !== undefined && base.with["name"] === step.with["name"]) partners.set(step, base);
  }
  return partners;
}

/** Name of the Helm release that a chart step makes. */
export function releaseOf(step: LegacyStep): string | undefined {
  return step.type === "chart" ? String(step.with["releaseName"] ?? chartOf(step)) : undefined;
}

/** A chart that is named by its address alone has no other name. */
function chartOf({ id, with: input }: LegacyStep): string {
  return String(input["name"] ?? input["repository"] ?? `of step ${id}`);
}

function wholeStep(kind: "added" | "removed", step: LegacyStep, standsFor: string | undefined): Change {
  const what = step.type === "chart" ? `chart ${chartOf(step)}` : describe(step);
  const [yours, standard] = kind === "added" ? [what, undefined] : [undefined, what];
  const origin = kind === "added" ? "the whole step" : "the step is missing";
  return { kind, step, standsFor, path: [], yours, default: standard, origin };
}

function describe({ type, with: input }: LegacyStep): string {
  if (type === "var") return `variable ${input["name"]}`;
  return `${input["kind"]} ${(input["metadata"] as JsonObject)["name"]}`;
}

/** Every installation has one of its own; it is adopted with its Secret and goes nowhere else. */
function isSigningKey(step: string, path: Path): boolean {
  return step === "create-jwt-sign-key" && ["data", "stringData"].includes(String(path[0]));
}

interface Difference {
  readonly path: Path;
  readonly yours: Json | undefined;
  readonly base: Json | undefined;
}

function differences(base: Json | undefined, yours: Json | undefined, path: Path): Difference[] {
  const [below, above] = [base, yours].map((value) =>
    isMap(value as Tree | undefined) ? (value as JsonObject) : undefined,
  );
  if (above !== undefined && (below !== undefined || base === undefined)) {
    const keys = [...new Set([...Object.keys(above), ...Object.keys(below ?? {})])];
    return keys.flatMap((key) => differences(own(below, key), own(above, key), [...path, key]));
  }
  return isSame(base, yours) ? [] : [{ path, yours, base }];
}

/** Not what every map inherits, such as `constructor`. */
function own(map: JsonObject | undefined, key: string): Json | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function originOf(step: LegacyStep, path: Path): string {
  const below = step.type === "chart" && path[0] === "values" ? path.slice(1) : path;
  const inSet = step.type !== "chart" || path[0] === "values";
  const names = step.entries
    .filter((entry) => inSet && (startsWith(entry.path, below) || startsWith(below, entry.path)))
    .map(({ name }) => name);
  const unique = [...new Set(names)];
  return unique.length > 0 ? `set ${unique.join(", ")}` : `with.${pathText(path)}`;
}
