/**
 * The `set` list of a step in a KrateoPlatformOps object, read as Krateo 2.7.0's installer reads it: it puts the variables
 * in, makes a line `name=value` of each entry, and hands the lines to Helm's --set, those with `asString` to --set-string.
 *
 *     set:
 *       - name: service.nodePort             # 30082 becomes a number
 *         value: "30082"
 *       - name: ingress.hosts[0].host        # list items by index
 *         value: authn.example.org
 *       - name: podAnnotations.example\.org/team
 *         value: "7"
 *         asString: true                     # stays text
 *
 * An entry without a value sets nothing there. One that Helm refuses stops the step there, so that nobody knows what it
 * was meant to say: it is dropped, and said so.
 */
import type { Json, JsonObject, Path } from "../model/settings.ts";
import { type Assignment, laySetLine, SetLineError } from "./set-line.ts";

/** One entry, as the object has it. */
export interface GivenEntry {
  readonly name?: string | null;
  readonly value?: Json;
  readonly asString?: boolean | null;
}

/** One value that an entry sets. An entry may set several. */
export interface SetEntry {
  /** The entry's, as it is written. */
  readonly name: string;
  readonly path: Path;
  /** With the type that Helm's --set gives it. */
  readonly value: Json;
  /** True when the value stands in the object as it is here, with nothing that Helm takes off it. */
  readonly isPlain: boolean;
}

export interface DroppedEntry {
  /** `set[4]`, with its name where it has one. */
  readonly entry: string;
  readonly why: string;
}

/**
 * Lays a `set` list over a step's values, which are not changed.
 *
 * @param textLast Entries with `asString` come after all others, as in a chart's step; in an object's, all keep their order.
 */
export function laySetList(
  values: JsonObject,
  given: readonly GivenEntry[],
  { textLast = false } = {},
): { values: JsonObject; entries: SetEntry[]; dropped: DroppedEntry[] } {
  const entries: SetEntry[] = [];
  const dropped: DroppedEntry[] = [];
  let result = values;
  const numbered = given.map((entry, index) => ({ ...entry, index }));
  const ordered = textLast
    ? [...numbered.filter(({ asString }) => !asString), ...numbered.filter(({ asString }) => asString)]
    : numbered;
  for (const { name, value, asString, index } of ordered) {
    if (value === undefined || value === null || value === "") continue;
    const drop = (why: string) =>
      dropped.push({ entry: `set[${index}]${name?.trim() ? ` ${name}` : ""}`, why });
    try {
      const laid = lay(result, name ?? "", value, asString === true);
      if (laid.assignments.length === 0) drop("it has no name");
      else {
        result = laid.values;
        for (const assignment of laid.assignments) {
          const isPlain = laid.assignments.length === 1 && String(assignment.value) === value;
          entries.push({ ...assignment, name: name as string, isPlain });
        }
      }
    } catch (error) {
      if (!(error instanceof SetLineError)) throw error;
      drop(`${error.message}; the installer of 2.7.0 stops at it`);
    }
  }
  return { values: result, entries, dropped };
}

/** A value that is not text was never accepted by the installer; in a file it is taken as it is meant. */
function lay(
  values: JsonObject,
  name: string,
  value: Json,
  asText: boolean,
): { values: JsonObject; assignments: readonly Assignment[] } {
  if (typeof value === "string") return laySetLine(values, `${name}=${value}`, { asText });
  const placeholder = laySetLine(values, `${name}=`, { asText: true });
  const [assignment] = placeholder.assignments;
  if (assignment === undefined || placeholder.assignments.length > 1) return placeholder;
  const path = assignment.path;
  const parent = path
    .slice(0, -1)
    .reduce<Json>((tree, segment) => (tree as JsonObject)[segment] as Json, placeholder.values);
  (parent as JsonObject)[path.at(-1) as string] = value;
  return { values: placeholder.values, assignments: [{ path, value }] };
}
