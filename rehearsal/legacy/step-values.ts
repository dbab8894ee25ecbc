import { parseSetPath } from "../../profiles/set-paths.ts";
import type { Json, JsonObject } from "../../profiles/settings.ts";
import type { LegacyStep } from "./platform-object.ts";

/**
 * The Helm values of a 2.7.0 step, as its installer made them with Helm's own `--set` grammar: text that looks like a
 * number or a truth value becomes one, and an entry that is no path sets nothing.
 */
export function stepValues(step: LegacyStep): JsonObject {
  let values: Json = {};
  for (const { name = "", value } of step.with.set ?? []) {
    const path = parseSetPath(name);
    if (path) values = placed(values, path, typed(value ?? null));
  }
  return values as JsonObject;
}

function typed(value: unknown): Json {
  if (value === "true" || value === "false") return value === "true";
  if (typeof value === "string" && /^-?(0|[1-9]\d{0,15})$/.test(value)) return Number(value);
  return value as Json;
}

function placed(tree: Json | undefined, [key, ...rest]: readonly (string | number)[], value: Json): Json {
  if (key === undefined) return value;
  if (typeof key === "number") {
    const list = Array.isArray(tree) ? [...tree] : [];
    while (list.length <= key) list.push(null);
    return list.toSpliced(key, 1, placed(list[key], rest, value));
  }
  const map = tree !== null && typeof tree === "object" && !Array.isArray(tree) ? tree : {};
  return { ...map, [key]: placed(map[key], rest, value) };
}
