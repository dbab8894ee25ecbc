/**
 * A `set` list as upstream's CLI reads it when it converts an object of 2.7.0, which is not what 2.7.0's installer made of
 * it: a path has no escape but the one for dots, commas and braces are plain text, only booleans get a type, and an entry
 * without a value is null. An entry whose name it cannot read is passed over.
 */
import { isMap, type Tree } from "../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";
import type { GivenEntry } from "./set-list.ts";

/** A list this long is a slip, and every item up to it would be made. */
const highestIndex = 999;

const part = /\.?((?:[^\\.[\]]|\\.)+)|\[(\d+)\]/y;

/** The entries laid over a step's values. Neither argument is changed. */
export function withUpstreamSet(values: JsonObject, entries: readonly GivenEntry[]): JsonObject {
  return entries.reduce<Json>((tree, { name, value }) => {
    const path = pathOf(name ?? "");
    return path === undefined ? tree : placed(tree, path, typed(value ?? null));
  }, values) as JsonObject;
}

function typed(value: Json): Json {
  return typeof value === "string" && /^(true|false)$/i.test(value) ? value.toLowerCase() === "true" : value;
}

function pathOf(name: string): Path | undefined {
  const text = name.trim();
  if (text === "") return undefined;
  const path: (string | number)[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const dotted = text[part.lastIndex] === ".";
    const match = part.exec(text);
    const [, key, index] = match ?? [];
    if (match === null || (key !== undefined && dotted !== path.length > 0)) return undefined;
    if (index !== undefined && (path.length === 0 || Number(index) > highestIndex)) return undefined;
    path.push(index === undefined ? (key as string).replace(/\\(.)/g, "$1").trim() : Number(index));
  }
  return path.includes("__proto__") ? undefined : path;
}

/** A node of the wrong kind is replaced; a list is filled up with nulls. */
function placed(tree: Json | undefined, path: Path, value: Json): Json {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (typeof segment === "number") {
    const list = Array.isArray(tree) ? [...tree] : [];
    while (list.length < segment) list.push(null);
    list[segment] = placed(list[segment], rest, value);
    return list;
  }
  const map = isMap(tree as Tree) ? (tree as JsonObject) : {};
  const present = Object.hasOwn(map, segment) ? map[segment] : undefined;
  return { ...map, [segment]: placed(present, rest, value) };
}
