/** Compares two JSON values place by place. */
import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/secret-value.ts";
import type { Json, Path } from "../../model/settings.ts";
import type { FieldHolder } from "./field-holder.ts";

/** One field in which something is not as planned. */
export interface Difference {
  /** Where, in what is planned. */
  readonly path: Path;
  /** Undefined when nothing is planned there. */
  readonly planned: Json | undefined;
  /** Undefined when nothing is there. */
  readonly live: Json | undefined;
  /** Who else set it, where the API server has a record of it. */
  readonly holder?: FieldHolder;
}

/**
 * Places at which two values differ, those with a value on one side only included. Lists of equal length are compared
 * item by item, others as a whole.
 *
 * @param isSame Whether two values count as equal; default: only where they are.
 */
export function differencesOf(
  planned: Json | undefined,
  live: Json | undefined,
  isSame: (one: Json | undefined, other: Json | undefined) => boolean = isDeepStrictEqual,
  path: Path = [],
): Difference[] {
  if (isMap(planned) && isMap(live)) {
    const keys = [...new Set([...Object.keys(planned), ...Object.keys(live)])];
    return keys.flatMap((key) => differencesOf(planned[key], live[key], isSame, [...path, key]));
  }
  if (Array.isArray(planned) && Array.isArray(live) && planned.length === live.length) {
    return planned.flatMap((item, index) => differencesOf(item, live[index], isSame, [...path, index]));
  }
  return isSame(planned, live) ? [] : [{ path, planned, live }];
}

/** What is planned, with what is live put in wherever the two differ. Undefined when all of it is missing. */
export function withDifferences(planned: Json, differences: readonly Difference[]): Json | undefined {
  const result: { root?: Json } = { root: structuredClone(planned) };
  for (const { path, live } of differences) {
    const place = ["root", ...path];
    let parent = result as Record<string | number, Json>;
    for (const segment of place.slice(0, -1)) parent = parent[segment] as Record<string | number, Json>;
    const last = place.at(-1) as string | number;
    if (live === undefined) delete parent[last];
    else parent[last] = live;
  }
  return result.root === undefined ? undefined : withoutHoles(result.root);
}

/** An item deleted from a list leaves a hole, so that the others keep their indexes until the end. */
function withoutHoles(value: Json): Json {
  if (Array.isArray(value)) return value.filter(() => true).map(withoutHoles);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutHoles(item)]));
}
