/** Rules for a value that counts for itself alone: whether 3.0.0's chart takes it, and in which form. */

import { limitOn } from "../configuration/rules/chart-limits.ts";
import { variablesIn } from "../configuration/variables.ts";
import { isSensitiveKey } from "../model/describe.ts";
import { pathText, valueAt } from "../model/path.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";
import { carriedValue, type MergeContext, type Outcome, settingsOf, valuesOf } from "./change-outcome.ts";
import { type Change, isSame } from "./changes.ts";
import { acceptValue } from "./chart-keys.ts";
import { type TargetStep, targetOf } from "./target-steps.ts";

/** What becomes of such a value. */
export function plainValue(change: Change, path: Path, step: TargetStep, context: MergeContext): Outcome {
  const standard = valueAt(valuesOf(step), path) as Json | undefined;
  const at = pathText([...settingsOf(step), "helmValues", ...path]);
  if (change.yours === undefined) {
    if (standard === undefined || standard === null || standard === "")
      return { kind: "same", why: "3.0.0 does not set it either" };
    return {
      kind: "left",
      why: `3.0.0 sets it, and your object has no value to put in its place`,
      next: `name the value you want: ${at}`,
    };
  }
  const accepted = acceptValue(String(step.with["repo"]), path, change.yours);
  if ("why" in accepted) return { kind: "left", why: accepted.why, next: `if it does, set ${at}` };
  const renamed = withVariables(accepted.value, step, context);
  if ("why" in renamed) return { kind: "left", why: renamed.why };
  const { value } = renamed;
  if (isSame(value, standard)) return { kind: "same", why: "3.0.0 has the same value" };
  if (holdsInexactNumber(value)) {
    return { kind: "left", why: "this number cannot be kept exactly" };
  }
  if (holdsEmptyItem(value)) {
    return {
      kind: "left",
      why: "a list in it has an item without a value, which 3.0.0 does not take",
      next: `set the whole list: ${at}`,
    };
  }
  if (holdsBraces(value)) {
    return {
      kind: "left",
      why: "double braces stand for tokens in the documents of 3.0.0",
      next: `set it in the stack configuration, where they do not: krateo:set ${at}`,
    };
  }
  const chart = String(step.with["repo"]);
  const limit = limitOn(chart, String(step.with["version"]), path, value);
  if (limit !== undefined) {
    const { why, next } = limit;
    return {
      kind: "left",
      why: `chart ${chart} ${why}`,
      next: next.replace("HERE", pathText([...settingsOf(step), "helmValues"])),
    };
  }
  const outcome = carriedValue(step, path, value);
  if (!isSecret(path, value)) return outcome;
  if (typeof value !== "object" && outcome.kind === "carried") return { ...outcome, secret: true };
  return {
    kind: "left",
    why: "something in it is a secret, which must not stand in a document in clear",
    next: `pulumi config set --secret --path, below krateo:set: ${at}`,
  };
}

/** True when a value is one by its key, or holds one. */
export function isSecret(path: Path, value: Json | undefined): boolean {
  const key = path.findLast((segment) => typeof segment === "string");
  if (value === undefined || value === null || value === "") return false;
  if (typeof value !== "object") {
    return (
      typeof value === "string" &&
      ((key !== undefined && isSensitiveKey(key)) || /:\/\/[^/\s:@]*:[^/\s@]+@/.test(value))
    );
  }
  if (Array.isArray(value)) return value.some((item, index) => isSecret([...path, index], item));
  const { name } = value as JsonObject;
  return Object.entries(value).some(
    ([below, item]) =>
      isSecret([...path, below], item) ||
      (below === "value" && typeof name === "string" && isSensitiveKey(name) && typeof item === "string"),
  );
}

/** `$EVENTSSE_PORT` by the name that it has in 3.0.0, where a step before this one sets it. */
function withVariables(
  value: Json,
  step: TargetStep,
  { platform, steps, absent }: MergeContext,
): { value: Json } | { why: string } {
  const before = steps
    .slice(0, steps.indexOf(step))
    .filter(({ component }) => component === step.component || !absent.has(component));
  const names = new Map(
    platform.steps
      .filter(({ type }) => type === "var")
      .map(({ id, with: input }) => [String(input["name"]), targetOf(before, id)?.with["name"]]),
  );
  const unknown = variablesIn(value).find((name) => names.get(name) === undefined);
  if (unknown !== undefined) {
    return { why: `it uses variable ${unknown}, which 3.0.0 does not set before ${step.id}` };
  }
  const rename = (item: Json): Json => {
    if (typeof item === "string") {
      return item.replace(/\$(?:\{(\w+)\}|([A-Z_][A-Z0-9_]*)(?![A-Za-z0-9_]))/g, (_, braced, bare) => {
        return `\${${names.get(braced ?? bare)}}`;
      });
    }
    if (Array.isArray(item)) return item.map(rename);
    if (item === null || typeof item !== "object") return item;
    return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, rename(one)]));
  };
  return { value: rename(value) };
}

function holdsBraces(value: Json): boolean {
  return /\{\{.*\}\}/.test(JSON.stringify(value));
}

function holdsInexactNumber(value: Json): boolean {
  if (typeof value === "number") {
    return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
  }
  return value !== null && typeof value === "object" && Object.values(value).some(holdsInexactNumber);
}

/** An index above the ones that are set leaves items without a value below it. */
function holdsEmptyItem(value: Json): boolean {
  if (value === null || typeof value !== "object") return false;
  return (Array.isArray(value) && value.includes(null)) || Object.values(value).some(holdsEmptyItem);
}
