/**
 * The `set` list of a step in a KrateoPlatformOps object: single values by their path, as Helm's --set takes them.
 *
 *     set:
 *       - name: service.nodePort             # 30082 becomes a number, true a boolean, null takes a default away
 *         value: "30082"
 *       - name: ingress.hosts[0].host        # list items by index
 *         value: authn.example.org
 *       - name: podAnnotations.example\.org/team
 *         value: "7"
 *         asString: true                     # stays text
 *
 * Entries are laid over the step's `values` in their order, later ones over earlier ones. An entry without a value is
 * null. An entry whose name cannot be read set nothing in 2.7.0 either, or nobody knows what: it is dropped, and said so.
 */
import { isMap, type Tree } from "../profiles/secret-value.ts";
import type { Json, JsonObject, Path } from "../profiles/settings.ts";

/** One entry, as the object has it. */
export interface GivenEntry {
  readonly name?: string | null;
  readonly value?: Json;
  readonly asString?: boolean | null;
}

/** An entry that could be read. */
export interface SetEntry {
  /** As it is written. */
  readonly name: string;
  readonly path: Path;
  /** With the type that Helm's --set gives it. */
  readonly value: Json;
  /** As it is written. */
  readonly given: Json;
}

export interface DroppedEntry {
  /** `set[4]`, with its name where it has one. */
  readonly entry: string;
  readonly why: string;
}

/** Helm's own limit is higher; a list this long is a slip, and every item up to it would be made. */
const highestIndex = 999;

const part = /\.?((?:[^\\.[\]]|\\.)+)|\[(\d+)\]/y;

/** Reads a `set` list. Values that are text get the type that Helm's --set would give them. */
export function readSetList(given: readonly GivenEntry[]): { entries: SetEntry[]; dropped: DroppedEntry[] } {
  const entries: SetEntry[] = [];
  const dropped: DroppedEntry[] = [];
  for (const [index, { name, value = null, asString }] of given.entries()) {
    const read = readName(name ?? "");
    if ("why" in read) dropped.push({ entry: `set[${index}]${name ? ` ${name}` : ""}`, why: read.why });
    else {
      const typedValue = asString ? value : typed(value);
      entries.push({ name: name as string, path: read.path, value: typedValue, given: value });
    }
  }
  return { entries, dropped };
}

/** The entries laid over a step's values. Neither argument is changed. */
export function applySetList(
  values: JsonObject,
  entries: readonly Pick<SetEntry, "path" | "value">[],
): JsonObject {
  return entries.reduce<Json>((tree, { path, value }) => placed(tree, path, value), values) as JsonObject;
}

/** Text as Helm's --set reads it: whole numbers, booleans and null; everything else stays text. */
function typed(value: Json): Json {
  if (typeof value !== "string") return value;
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  if (/^null$/i.test(value)) return null;
  if (/^(0|-?[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
  return value;
}

function readName(name: string): { path: Path } | { why: string } {
  const text = name.trim();
  if (text === "") return { why: "it has no name" };
  if (text === "map[]") return { why: "its name is what an empty map looks like when a template prints it" };
  const path: (string | number)[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const dotted = text[part.lastIndex] === ".";
    const match = part.exec(text);
    const [, key, index] = match ?? [];
    if (match === null || (key !== undefined && dotted !== path.length > 0))
      return { why: "its name cannot be read: keys are joined by dots, list items are [0], [1], …" };
    if (index !== undefined && path.length === 0) return { why: "its name starts with a list index" };
    if (index !== undefined && Number(index) > highestIndex)
      return { why: `its list index is above ${highestIndex}` };
    path.push(index === undefined ? (key as string).replace(/\\(.)/g, "$1").trim() : Number(index));
  }
  return path.includes("__proto__") ? { why: "its name is reserved" } : { path };
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
