/** Compares Helm values. */
import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import { type Difference, differencesOf } from "./difference.ts";

/**
 * Places at which two maps of Helm values differ. A null counts, since it removes a chart's default; an empty map does
 * not, since it changes nothing. Lists of equal length are compared item by item; others as a whole, since Helm replaces
 * lists.
 */
export function valueDifferences(planned: JsonObject, live: JsonObject): Difference[] {
  return differencesOf(
    planned,
    live,
    (one, other) => isDeepStrictEqual(one, other) || (isVoid(one) && isVoid(other)),
  );
}

/** Nothing, or maps that hold nothing but empty maps. */
function isVoid(value: Json | undefined): boolean {
  return value === undefined || (isMap(value) && Object.values(value).every(isVoid));
}

/**
 * What is planned, with the live value wherever the planned one is not known here (an encrypted value, a variable
 * without value) and there is a live one: nothing can be said about those but that they are there.
 */
export function assumingLive(
  planned: Json,
  live: Json | undefined,
  isUnknown: (value: Json, path: Path) => boolean = () => false,
  path: Path = [],
): Json {
  if (isUnknown(planned, path)) return live ?? planned;
  if (Array.isArray(planned)) {
    const items = Array.isArray(live) ? live : [];
    return planned.map((item, index) => assumingLive(item, items[index], isUnknown, [...path, index]));
  }
  if (!isMap(planned)) return planned;
  const map = isMap(live) ? live : {};
  return Object.fromEntries(
    Object.entries(planned).map(([key, item]) => [
      key,
      assumingLive(item, map[key], isUnknown, [...path, key]),
    ]),
  );
}
