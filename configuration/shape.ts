/** Holds data against a zod schema and says what is wrong in the user's words. */
import { z } from "zod";
import { describeValue } from "../model/describe.ts";
import { nearestFirst, nearestName } from "../model/nearest.ts";
import { pathText, valueAt } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { reveal, type Tree } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";

export interface ShapeProblem {
  readonly problem: Problem;
  /** The value at fault, below the data's root. */
  readonly path: Path;
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  object: "a map",
  record: "a map",
  array: "a list",
};

/**
 * Every way in which data differs from a schema: unknown keys with the nearest known one, wrong types,
 * missing keys. `place` says where a path stands; `advice` may add what to do about an unknown key, of which the nearest known one is named.
 *
 * @returns `value`: the data as the schema types it, secrets revealed, where nothing is wrong with it
 */
export function parseShape<S extends z.ZodType>(
  schema: S,
  data: Tree,
  place: (path: Path) => Pick<Problem, "file" | "line" | "path">,
  advice: (key: string, path: Path, nearest: string | undefined) => string | undefined = () => undefined,
): { value?: z.output<S>; problems: ShapeProblem[] } {
  const result = schema.safeParse(reveal(data));
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue): ShapeProblem[] => {
    const path = issue.path as (string | number)[];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey(schema, key, path, place, advice));
    }
    const value = valueAt(data, path) as Tree | undefined;
    const missing = value === undefined;
    const allowed = allowedBy(issue, value);
    return [
      {
        path,
        problem: {
          what: missing ? `${lastKey(path)} is missing` : `${lastKey(path)} has a value that is not allowed`,
          ...place(path),
          given: missing ? undefined : describeValue(value, path),
          allowed,
          ...(!String(allowed).includes("quotes") && quotesAdvice(issue, value)),
        },
      },
    ];
  });
  return { problems };
}

/** The way out where YAML took a text for something else, or the other way round. */
function quotesAdvice(issue: Issue, value: Tree | undefined): Pick<Problem, "next"> {
  if (issue.code !== "invalid_type") return {};
  if (issue.expected === "string" && (typeof value === "number" || typeof value === "boolean"))
    return { next: `put it in quotes: without them YAML reads a ${typeof value}` };
  const isNumber = ["number", "int"].includes(issue.expected) && /^-?\d+(\.\d+)?$/.test(String(value));
  const isBoolean = issue.expected === "boolean" && /^(true|false)$/.test(String(value));
  return typeof value === "string" && (isNumber || isBoolean) ? { next: "take the quotes away" } : {};
}

function unknownKey(
  schema: z.ZodType,
  key: string,
  path: Path,
  place: (path: Path) => Pick<Problem, "file" | "line" | "path">,
  advice: (key: string, path: Path, nearest: string | undefined) => string | undefined,
): ShapeProblem {
  const known = keysAt(schema, path);
  const nearest = nearestName(key, known);
  return {
    path: [...path, key],
    problem: {
      what: `unknown key "${key}"`,
      ...place([...path, key]),
      allowed: nearestFirst(key, known),
      next: advice(key, path, nearest) ?? (nearest === undefined ? undefined : `did you mean ${nearest}?`),
    },
  };
}

function lastKey(path: Path): string {
  return path.length === 0
    ? "the input"
    : pathText(path.slice(path.findLastIndex((part) => typeof part === "string")));
}

type Issue = z.core.$ZodIssue;

function allowedBy(issue: Issue, value: Tree | undefined): string | string[] {
  if (issue.code === "invalid_value") {
    const names = issue.values.map(String);
    return typeof value === "string" ? nearestFirst(value, names) : names;
  }
  // A schema that says more than its type says it in its message.
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid"))
    return kinds[issue.expected] ?? issue.expected;
  return issue.message;
}

/** Keys that the strict object at a path of the schema knows. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let here: unknown = unwrap(schema);
  for (const segment of path) {
    if (here instanceof z.ZodObject) here = unwrap(here.shape[segment as string]);
    else if (here instanceof z.ZodRecord) here = unwrap(here.valueType);
    else if (here instanceof z.ZodArray) here = unwrap(here.element);
    else return [];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
  return inner;
}
