/** A platform of Krateo 2.7.0, read and checked, whatever form it has (legacy-forms.ts). */

import { parseShape } from "../configuration/shape.ts";
import { pathText, valueAt } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree, TreeObject } from "../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";
import { formOf, type GivenStep, inputShapes, type LegacyStepType } from "./legacy-forms.ts";
import { type DroppedEntry, type GivenEntry, laySetList, type SetEntry } from "./set-list.ts";

/** The name that its chart gives the object. */
export const legacyName = "krateo";

/** A step with its `set` list merged in: into `values` of a chart, into the root of an object. */
export interface LegacyStep {
  readonly id: string;
  readonly type: LegacyStepType;
  /** Without `set`. A chart's has `repository`, `waitTimeout` and `values` under these names. */
  readonly with: JsonObject;
  /** What `set` was laid over: `values` of a chart, the root of an object. */
  readonly given: JsonObject;
  /** The `set` list as it is written. */
  readonly set: readonly GivenEntry[];
  readonly entries: readonly SetEntry[];
  /** Entries of its `set` list that 2.7.0's installer refuses. */
  readonly dropped: readonly DroppedEntry[];
}

export interface LegacyPlatform {
  readonly name: string;
  readonly namespace: string;
  /** What kubectl calls the kind of a live one. */
  readonly resource: string;
  /** Where its steps stand in it. */
  readonly stepsAt: Path;
  readonly steps: readonly LegacyStep[];
  /** What is not carried because it said nothing to whoever ran the platform, in sentences. */
  readonly leftOut: readonly string[];
}

/**
 * Reads a platform.
 *
 * @param given The object or document, as the API or a YAML file has it.
 * @param source How problems name where it is: a file, or the live object.
 * @param namespace The namespace of one that names none, which only one in a file can.
 * @returns every problem at once; the platform only without any
 */
export function readLegacyPlatform(
  given: Json,
  source: string,
  namespace: string,
): { platform?: LegacyPlatform; problems: Problem[] } {
  const form = formOf(given);
  const place = (path: Path) => ({ file: source, path: path.length === 0 ? undefined : pathText(path) });
  const shape = parseShape(form.shape, given as Tree, place);
  if (shape.value === undefined) return { problems: shape.problems.map(({ problem }) => problem) };
  const root = shape.value as JsonObject;
  const found = valueAt(root as TreeObject, form.stepsAt) as GivenStep[];
  const { name = legacyName, namespace: own } = (root["metadata"] ?? {}) as {
    name?: string;
    namespace?: string;
  };
  const home = own ?? namespace;
  const inputs = found.map(({ type, with: input }) => form.inputOf(type, (input ?? {}) as JsonObject, home));
  const problems = found.flatMap((one, index) =>
    inputProblems(one, inputs[index] as JsonObject, (path) =>
      place([...form.stepsAt, index, "with", ...path]),
    ),
  );
  problems.push(...duplicates(found, (path) => place([...form.stepsAt, ...path])));
  if (problems.length > 0) return { problems };
  const unread = (path: Path): string => `${pathText(path)} is left out: ${form.unreadBecause}.`;
  return {
    problems: [],
    platform: {
      name,
      namespace: home,
      resource: form.resource,
      stepsAt: form.stepsAt,
      steps: found.map(({ id, type }, index) => readStep(id, type, inputs[index] as JsonObject)),
      leftOut: [
        ...form.unreadSections.filter((key) => Object.hasOwn(root, key)).map((key) => unread([key])),
        ...found.flatMap(({ id: _, type, with: input, ...more }, index) => [
          ...Object.keys(more).map((key) => unread([...form.stepsAt, index, key])),
          ...form
            .unreadKeys(type, (input ?? {}) as JsonObject)
            .map((key) => unread([...form.stepsAt, index, "with", key])),
        ]),
      ],
    },
  };
}

function inputProblems(
  { id, type }: GivenStep,
  input: JsonObject,
  place: (path: Path) => Pick<Problem, "file" | "path">,
): Problem[] {
  return parseShape(inputShapes[type], input as Tree, place).problems.map(
    ({ problem, path: [field] }): Problem => ({
      ...problem,
      what: `step ${id}: ${problem.what}`,
      // Nobody knows what stands where something else should: it may be a secret.
      given: ["set", "values", "value"].includes(String(field)) ? undefined : problem.given,
    }),
  );
}

/** Makes a step of its input, which has been checked. */
export function readStep(id: string, type: LegacyStepType, input: JsonObject): LegacyStep {
  const { set: list, ...rest } = input;
  const set = type === "var" ? [] : ((list ?? []) as unknown as GivenEntry[]);
  const given = (type === "chart" ? (rest["values"] ?? {}) : rest) as JsonObject;
  const { values, entries, dropped } = laySetList(given, set, { textLast: type === "chart" });
  return {
    id,
    type,
    with: type === "chart" ? chartInput(rest, values) : values,
    given,
    set,
    entries,
    dropped,
  };
}

/** One name for what may be written under two, so that a comparison meets it once. */
function chartInput(given: JsonObject, values: JsonObject): JsonObject {
  const { url, timeout, wait, ...rest } = given;
  const input: JsonObject = { ...rest };
  if (!input["repository"] && url) input["repository"] = url;
  if (timeout) input["waitTimeout"] = timeout;
  if (wait !== undefined && wait !== null) input["wait"] = String(wait) === "true";
  if (input["releaseName"] === input["name"]) delete input["releaseName"];
  for (const [key, value] of Object.entries(input)) if (value === null || value === "") delete input[key];
  return { ...input, values };
}

function duplicates(
  steps: readonly { readonly id: string }[],
  place: (path: Path) => Pick<Problem, "file" | "path">,
): Problem[] {
  return steps.flatMap(({ id }, index) =>
    steps.findIndex((other) => other.id === id) === index
      ? []
      : [{ what: `two steps have the id "${id}"`, ...place([index, "id"]) }],
  );
}
