/**
 * Values that a chart of Krateo 3.0.0 cannot render, takes in a form of its own, or does not read where its neighbours
 * do (components/ says which). Read in the charts' templates; a later version may have mended it, and is not judged.
 */

import { knownChart } from "../../components/catalogue.ts";
import type { ValueLimit } from "../../components/description.ts";
import { loginLimit } from "../../components/value-limits.ts";
import { pathText, valueAt } from "../../model/path.ts";
import { type Problem, placeText, sentenceOf } from "../../model/problem.ts";
import type { ChartStep, Json, Path } from "../../model/settings.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

const isFilled = (value: Json): boolean =>
  value !== null && typeof value === "object"
    ? Object.keys(value).length > 0
    : value !== "" && value !== null;
const isMap = (value: Json): boolean => value !== null && typeof value === "object" && !Array.isArray(value);
const isNoListOf = (fits: (item: Json) => boolean) => (value: Json) =>
  isFilled(value) && !(Array.isArray(value) && value.every(fits));

/** Whether a limit is about a value. */
const holds: Readonly<Record<ValueLimit["when"], (value: Json) => boolean>> = {
  on: (value) => value === true,
  filled: isFilled,
  "no list of maps": isNoListOf(isMap),
  "no list of names": isNoListOf((item) => typeof item === "string"),
  "no list of references": isNoListOf(
    (item) => isMap(item) && typeof (item as { readonly name?: Json }).name === "string",
  ),
};

/** Why a chart does not take a value, or takes it without effect; undefined when nothing is known against it. */
export function limitOn(chart: string, version: string, path: Path, value: Json): ValueLimit | undefined {
  return limitsOf(chart).find((limit) => {
    if (!isWithin(limit, version)) return false;
    // A value of a map, or of a key above, counts as much as the whole of it.
    const shared = Math.min(limit.path.length, path.length);
    if (!limit.path.slice(0, shared).every((segment, index) => segment === path[index])) return false;
    const whole = path
      .slice(shared)
      .reduceRight<Json>(
        (below, segment) => (typeof segment === "number" ? [below] : { [segment]: below }),
        value,
      );
    const given = valueAt(whole, limit.path.slice(shared)) as Json | undefined;
    return given !== undefined && holds[limit.when](given);
  });
}

function limitsOf(name: string): ValueLimit[] {
  const { limits = [], images = [] } = knownChart(name) ?? {};
  const logins = images.flatMap((image) => loginLimit(image) ?? []);
  // Images of one chart may share the value that names their pull Secrets.
  return [...limits, ...new Map(logins.map((limit) => [pathText(limit.path), limit])).values()];
}

/** What would make the installation fail, or be wrong. */
export function chartProblems(configuration: ResolvedConfiguration): Problem[] {
  return limitProblems("refused", configuration);
}

/** A warning for each value that its chart does not read. */
export function chartWarnings(configuration: ResolvedConfiguration): string[] {
  return limitProblems("ignored", configuration).map(
    (problem) => `${placeText(problem)}: ${sentenceOf(problem)}`,
  );
}

/** What the charts of the steps that are installed cannot do with their values. */
function limitProblems(kind: ValueLimit["kind"], { steps, computed }: ResolvedConfiguration): Problem[] {
  return steps.flatMap((step): Problem[] => {
    if (step.type !== "chart" || !step.enabled) return [];
    const place = computed.find(({ id }) => id === step.id)?.place;
    const { name, version } = step.chart;
    return limitsOf(name)
      .filter((limit) => limit.kind === kind && isWithin(limit, version))
      .filter((limit) => {
        const value = valueAt(step.values, limit.path) as Json | undefined;
        return value !== undefined && holds[limit.when](value);
      })
      .map((limit) => ({
        what: `step ${step.id}: chart ${name} ${version} ${limit.why}`,
        ...place?.(["values", ...limit.path]),
        ...(limit.allowed === undefined ? {} : { allowed: limit.allowed }),
        next: nextOf(limit, step),
      }));
  });
}

function nextOf({ next }: ValueLimit, { id, component }: ChartStep): string {
  return next.replace("HERE", `components.${component}.stepConfig.${id}.helmValues`);
}

function isWithin({ from, upTo }: ValueLimit, version: string): boolean {
  return compare(version, upTo) <= 0 && (from === undefined || compare(version, from) >= 0);
}

/** By their numbers; a pre-release counts as its release. */
function compare(one: string, other: string): number {
  const numbers = (version: string): number[] =>
    (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  const index = left.findIndex((number, at) => number !== right[at]);
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}
