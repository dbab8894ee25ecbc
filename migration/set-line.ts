/**
 * One line of Helm's --set, `name=value`, as Helm's parser (pkg/strvals) reads it. Krateo 2.7.0's installer makes such a
 * line of each entry of a `set` list.
 *
 *     service.port=8080                 keys are joined by dots; whole numbers, booleans and null get their type
 *     hosts[0].name=a                   list items by index; a list is filled up with nulls
 *     args={a,b}                        a list
 *     a=1,second.key=2                  two values: a comma begins the next key
 *     note=one\, two                    a backslash takes the meaning from the character behind it, in names and values
 */
import { isMap, type Tree } from "../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";

/** One value that a line sets. */
export interface Assignment {
  readonly path: Path;
  readonly value: Json;
}

/** Why Helm refuses a line. It quotes nothing of the line, since that may be a secret. */
export class SetLineError extends Error {}

/** Helm's own limits. */
const highestIndex = 65536;
const deepestNesting = 30;

/**
 * Lays a line over values.
 *
 * @param asText Numbers, booleans and null stay text, as with --set-string.
 * @returns the new values, and what the line set in them, in its order; nothing where a name is empty
 * @throws SetLineError
 */
export function laySetLine(
  values: JsonObject,
  line: string,
  { asText = false } = {},
): { values: JsonObject; assignments: Assignment[] } {
  const changed = structuredClone(values);
  const assignments: Assignment[] = [];
  const input = new Input(line);
  while (!input.atEnd) readKey(input, changed, [], assignments, { asText, nesting: 0 });
  return { values: changed, assignments: assignments.filter(({ path }) => !path.includes("")) };
}

/** The characters of a line, with the place that has been reached. */
class Input {
  private readonly characters: readonly string[];
  private at = 0;

  constructor(line: string) {
    this.characters = [...line];
  }

  get atEnd(): boolean {
    return this.at >= this.characters.length;
  }

  /** Passes over a character if it is the next one. */
  take(wanted: string): boolean {
    const found = this.characters[this.at] === wanted;
    if (found) this.at += 1;
    return found;
  }

  /** Text up to one of some characters, which is passed over; `end` is undefined at the end of the line. */
  until(stops: string): { text: string; end: string | undefined } {
    let text = "";
    while (!this.atEnd) {
      const one = this.characters[this.at++] as string;
      if (stops.includes(one)) return { text, end: one };
      text += one === "\\" ? (this.characters[this.at++] ?? "") : one;
    }
    return { text, end: undefined };
  }
}

interface Reading {
  readonly asText: boolean;
  readonly nesting: number;
}

/** Reads a key and what follows it into a map. @returns false at the end of the line, where Helm ends without a word */
function readKey(
  input: Input,
  map: JsonObject,
  above: Path,
  assignments: Assignment[],
  reading: Reading,
): boolean {
  const { text: key, end } = input.until("=[,.");
  const path = [...above, key];
  // Helm passes over what has no name.
  const place = (value: Json): void => {
    if (key !== "") map[key] = value;
  };
  if (key === "__proto__") throw new SetLineError("a key is called __proto__, which is reserved");
  const present = Object.hasOwn(map, key) ? map[key] : undefined;
  switch (end) {
    case undefined:
      if (key === "") return false;
      throw new SetLineError("a key has no value; a comma that belongs to a value is written \\,");
    case ",":
      throw new SetLineError("a key has no value; a comma that belongs to a value is written \\,");
    case "=": {
      const value = readValue(input, reading);
      place(value);
      assignments.push({ path, value });
      return true;
    }
    case "[": {
      if (present !== undefined && !Array.isArray(present)) {
        throw new SetLineError("an index is given, but there is no list");
      }
      const index = readIndex(input);
      place(readItem(input, present ?? [], index, [...path, index], assignments, reading));
      return true;
    }
    default: {
      const nesting = reading.nesting + 1;
      if (nesting > deepestNesting) throw new SetLineError(`a key has more than ${deepestNesting} levels`);
      if (present !== undefined && !isMap(present as Tree)) {
        throw new SetLineError("a key is given, but there is no map");
      }
      const inner = (present ?? {}) as JsonObject;
      const more = readKey(input, inner, path, assignments, { ...reading, nesting });
      if (Object.keys(inner).length > 0) place(inner);
      else if (more) throw new SetLineError("a key has no name behind its dot");
      return more;
    }
  }
}

function readIndex(input: Input): number {
  const { text, end } = input.until("]");
  if (end === undefined || !/^[-+]?\d+$/.test(text)) {
    throw new SetLineError("a list index is not a whole number between [ and ]");
  }
  const index = Number(text);
  if (index < 0 || index > highestIndex) {
    throw new SetLineError(`a list index is below 0 or above ${highestIndex}`);
  }
  return index;
}

/** Reads what follows an index. @returns the list with it */
function readItem(
  input: Input,
  list: Json[],
  index: number,
  path: Path,
  assignments: Assignment[],
  reading: Reading,
): Json[] {
  const { text, end } = input.until("[.=");
  if (text !== "") throw new SetLineError("something stands between a list index and what follows it");
  // The line ends behind the index: Helm makes the list, and sets nothing in it.
  if (end === undefined) return list;
  const present = list[index];
  let item: Json;
  if (end === "=") {
    item = readValue(input, reading);
    assignments.push({ path, value: item });
  } else if (end === "[") {
    if (present !== undefined && present !== null && !Array.isArray(present)) {
      throw new SetLineError("an index is given, but there is no list");
    }
    const next = readIndex(input);
    item = readItem(input, present ?? [], next, [...path, next], assignments, reading);
  } else {
    item = isMap(present as Tree) ? (present as JsonObject) : {};
    if (!readKey(input, item, path, assignments, reading)) return list;
  }
  while (list.length < index) list.push(null);
  list[index] = item;
  return list;
}

function readValue(input: Input, { asText }: Reading): Json {
  const typed = (text: string): Json => (asText ? text : typedValue(text));
  if (!input.take("{")) return typed(input.until(",").text);
  const list: Json[] = [];
  while (true) {
    const { text, end } = input.until(",}");
    if (end === undefined) throw new SetLineError("a list that begins with { does not end with }");
    list.push(typed(text));
    if (end === "}") break;
  }
  input.take(",");
  return list;
}

/** A leading zero makes text, so does a number that JavaScript cannot hold: it keeps its digits. */
function typedValue(text: string): Json {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (/^null$/i.test(text)) return null;
  const number = /^(0|[1-9]\d*|[-+]\d+)$/.test(text) ? Number(text) : Number.NaN;
  // Not -0, which Helm does not know.
  return Number.isSafeInteger(number) ? number + 0 : text;
}
