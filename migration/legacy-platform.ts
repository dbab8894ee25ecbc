/** The KrateoPlatformOps object that Krateo 2.7.0's installer works from, read and checked. */
import { z } from "zod";
import { legacyKind } from "../profiles/legacy-platform.ts";
import { nearestFirst } from "../profiles/nearest.ts";
import { pathText } from "../profiles/path.ts";
import type { Problem } from "../profiles/problem.ts";
import type { Tree } from "../profiles/secret-value.ts";
import type { Json, JsonObject, Path } from "../profiles/settings.ts";
import { shapeProblems } from "../profiles/shape.ts";
import { applySetList, type DroppedEntry, type GivenEntry, readSetList, type SetEntry } from "./set-list.ts";

/** The name that its chart gives the object. */
export const legacyName = "krateo";

export type LegacyStepType = "chart" | "object" | "var";

/** A step with its `set` list merged in: into `values` of a chart, into the root of an object. */
export interface LegacyStep {
  readonly id: string;
  readonly type: LegacyStepType;
  /** Without `set`. A chart's has `repository`, `waitTimeout` and `values` under these names. */
  readonly with: JsonObject;
  /** What `set` was laid over, as it is written: `values` of a chart, the root of an object. */
  readonly given: JsonObject;
  readonly entries: readonly SetEntry[];
  /** Entries of its `set` list that say nothing. */
  readonly dropped: readonly DroppedEntry[];
}

export interface LegacyPlatform {
  readonly name: string;
  readonly namespace: string;
  readonly steps: readonly LegacyStep[];
  /** Keys of steps that neither 2.7.0 nor 3.0.0 has a use for, as paths into the object. */
  readonly ignored: readonly string[];
}

const setList = z
  .array(
    z.looseObject({
      name: z.string().nullish(),
      value: z.unknown().optional(),
      asString: z.boolean("true or false, without quotes").nullish(),
    }),
    "a list of entries with name and value",
  )
  .nullish();

const map = z.record(z.string(), z.unknown());
const flag = z.union([z.boolean(), z.literal(["true", "false"])], "true or false").nullish();

const chart = z.looseObject({
  name: z.string().nullish(),
  repository: z.string().nullish(),
  url: z.string().nullish(),
  version: z.string("text in quotes").nullish(),
  releaseName: z.string().nullish(),
  namespace: z.string().nullish(),
  wait: flag,
  waitTimeout: z.string().nullish(),
  timeout: z.string().nullish(),
  values: map.nullish(),
  set: setList,
});

const object = z.looseObject({
  apiVersion: z.string().min(1, "such as v1"),
  kind: z.string().min(1, "such as Secret"),
  metadata: z.looseObject({ name: z.string().min(1, "the object's name") }),
  set: setList,
});

const variable = z.looseObject({
  name: z.string().min(1, "the variable's name"),
  value: z.union([z.string(), z.number(), z.boolean()], "text").nullish(),
  valueFrom: z.looseObject({ selector: z.string().nullish() }).nullish(),
});

const inputs: Readonly<Record<LegacyStepType, z.ZodType>> = { chart, object, var: variable };

const step = z.looseObject({
  id: z.string().min(1, "a name that no other step has"),
  type: z.enum(["chart", "object", "var"]),
  with: map.nullish(),
});

const platform = z.looseObject({
  apiVersion: z.literal(legacyKind.apiVersion),
  kind: z.literal(legacyKind.kind),
  metadata: z.looseObject({ name: z.string().min(1, "the object's name"), namespace: z.string().nullish() }),
  spec: z.looseObject({ steps: z.array(step).min(1, "at least one step") }),
});

/**
 * Reads the object.
 *
 * @param given The object, as the API or a YAML file has it.
 * @param source How problems name where it is: a file, or the live object.
 * @param namespace The namespace of an object that names none, which only one in a file can.
 * @returns every problem at once; the platform only without any
 */
export function readLegacyPlatform(
  given: Json,
  source: string,
  namespace: string,
): { platform?: LegacyPlatform; problems: Problem[] } {
  const place = (path: Path) => ({ file: source, path: path.length === 0 ? undefined : pathText(path) });
  const shape = shapeProblems(platform, given as Tree, place);
  if (shape.length > 0) return { problems: shape.map(({ problem }) => problem) };
  const { metadata, spec } = platform.parse(given);
  const problems = spec.steps.flatMap((one, index): Problem[] => {
    const found = shapeProblems(
      inputs[one.type],
      (one.with ?? {}) as Tree,
      (path) => place(["spec", "steps", index, "with", ...path]),
      () => undefined,
    );
    return found.map(
      ({ problem, path: [field] }): Problem => ({
        ...problem,
        what: `step ${one.id}: ${problem.what}`,
        // Nobody knows what stands where something else should: it may be a secret.
        given: ["set", "values", "value"].includes(String(field)) ? undefined : problem.given,
      }),
    );
  });
  problems.push(...duplicates(spec.steps, place));
  if (problems.length > 0) return { problems };
  return {
    problems: [],
    platform: {
      name: metadata.name,
      namespace: metadata.namespace ?? namespace,
      steps: spec.steps.map(({ id, type, with: input }) => readStep(id, type, (input ?? {}) as JsonObject)),
      ignored: spec.steps.flatMap((one, index) =>
        Object.keys(one)
          .filter((key) => !["id", "type", "with"].includes(key))
          .map((key) => pathText(["spec", "steps", index, key])),
      ),
    },
  };
}

/** Reads one step, whose input has been checked. */
export function readStep(id: string, type: LegacyStepType, input: JsonObject): LegacyStep {
  const { set, ...rest } = input;
  const list = type === "var" ? [] : ((set ?? []) as unknown as GivenEntry[]);
  const { entries, dropped } = readSetList(list);
  const merged = type === "chart" ? chartInput(rest, entries) : applySetList(rest, entries);
  const given = (type === "chart" ? (rest["values"] ?? {}) : rest) as JsonObject;
  return { id, type, with: merged, given, entries, dropped };
}

/** One name for what may be written under two, so that a comparison meets it once. */
function chartInput(given: JsonObject, entries: readonly SetEntry[]): JsonObject {
  const { url, timeout, values, wait, ...rest } = given;
  const input: JsonObject = { ...rest };
  if (!input["repository"] && url) input["repository"] = url;
  if (timeout) input["waitTimeout"] = timeout;
  if (wait !== undefined && wait !== null) input["wait"] = String(wait) === "true";
  if (input["releaseName"] === input["name"]) delete input["releaseName"];
  for (const [key, value] of Object.entries(input)) if (value === null || value === "") delete input[key];
  return { ...input, values: applySetList((values ?? {}) as JsonObject, entries) };
}

function duplicates(
  steps: readonly { readonly id: string }[],
  place: (path: Path) => Pick<Problem, "file" | "path">,
): Problem[] {
  return steps.flatMap(({ id }, index) =>
    steps.findIndex((other) => other.id === id) === index
      ? []
      : [{ what: `two steps have the id "${id}"`, ...place(["spec", "steps", index, "id"]) }],
  );
}

/** The KrateoPlatformOps objects in a parsed file: itself, or the items of a list as kubectl prints it. */
export function legacyObjectsIn(given: Json): JsonObject[] {
  const all = isObject(given) && Array.isArray(given["items"]) ? given["items"] : [given];
  return all.filter(isObject).filter((one) => one["kind"] === legacyKind.kind);
}

/** Picks by name and namespace. @returns a problem when there is not exactly one */
export function chooseLegacyObject(
  objects: readonly JsonObject[],
  wanted: { readonly name?: string; readonly namespace?: string },
  source: string,
): { object: JsonObject } | { problem: Problem } {
  const named = objects.map((object) => ({ object, ...nameOf(object) }));
  const fitting = named.filter(
    ({ name, namespace }) =>
      (wanted.name === undefined || name === wanted.name) &&
      (wanted.namespace === undefined || namespace === undefined || namespace === wanted.namespace),
  );
  const [first, ...more] = fitting;
  if (first !== undefined && more.length === 0) return { object: first.object };
  const labels = named.map(({ name, namespace }) => `${namespace ?? "(no namespace)"}/${name}`);
  if (first !== undefined) {
    return {
      problem: {
        what: `there are ${fitting.length} installations of Krateo 2.7.0`,
        file: source,
        given: labels.join(", "),
        next: "choose one with --namespace and --name",
      },
    };
  }
  const asked = [wanted.namespace, wanted.name].filter((word) => word !== undefined).join("/");
  return {
    problem: {
      what: `there is no installation of Krateo 2.7.0${named.length > 0 ? ` called ${asked}` : ""}: no ${legacyKind.kind} object`,
      file: source,
      ...(labels.length > 0 && { allowed: nearestFirst(asked, labels) }),
      next:
        labels.length > 0
          ? "name it with --namespace and --name"
          : "an installation from scratch needs no migration: npx pulumi up",
    },
  };
}

function nameOf(object: JsonObject): { name: string; namespace: string | undefined } {
  const metadata = object["metadata"];
  const text = (key: string) =>
    isObject(metadata) && typeof metadata[key] === "string" ? metadata[key] : undefined;
  return { name: text("name") ?? "(no name)", namespace: text("namespace") };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
