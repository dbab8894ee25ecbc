/**
 * What a Krateo 2.7.0 is read from: the KrateoPlatformOps object of its installer, or what upstream's CLI makes of one, a
 * document (`migrate`) or an Installation (`migrate-full`). For each, its shape and how a step's input reads.
 */
import { z } from "zod";
import { valueAt } from "../model/path.ts";
import type { TreeObject } from "../model/secret-value.ts";
import { isMap } from "../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";
import { holdsLegacySteps, legacyKind, legacyVersion } from "./legacy-facts.ts";

export type LegacyStepType = "chart" | "object" | "var";

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

/** Shapes of a step's input. */
export const inputShapes: Readonly<Record<LegacyStepType, z.ZodType>> = { chart, object, var: variable };

const step = z.looseObject({
  id: z.string().min(1, "a name that no other step has"),
  type: z.enum(["chart", "object", "var"]),
  with: map.nullish(),
});

/** A step, before its input is looked at. */
export type GivenStep = z.infer<typeof step>;

const steps = z.array(step).min(1, "at least one step");
const metadata = z.looseObject({
  name: z.string().min(1, "the object's name"),
  namespace: z.string().nullish(),
});

/** One of the things that a platform is read from. */
export interface Form {
  readonly resource: string;
  readonly shape: z.ZodType;
  readonly stepsAt: Path;
  /** A step's input as the installer's object has it. */
  readonly inputOf: (type: LegacyStepType, input: JsonObject, namespace: string) => JsonObject;
  /** Keys of an input that had no effect. */
  readonly unreadKeys: (type: LegacyStepType, input: JsonObject) => string[];
  /** Sections of the whole that are not read here. */
  readonly unreadSections: readonly string[];
  /** Why neither is carried. */
  readonly unreadBecause: string;
}

const installersObject: Form = {
  resource: legacyKind.plural,
  shape: z.looseObject({
    apiVersion: z.literal(legacyKind.apiVersion),
    kind: z.literal(legacyKind.kind),
    metadata,
    spec: z.looseObject({ steps }),
  }),
  stepsAt: ["spec", "steps"],
  inputOf: installersInput,
  unreadKeys: (type, input) =>
    Object.keys(input).filter((key) => !Object.hasOwn(installersInput(type, input), key)),
  unreadSections: [],
  unreadBecause: `the installer of ${legacyVersion} does not read it, so that it had no effect`,
};

const installation: Form = {
  resource: "installations.krateo.io",
  shape: z.looseObject({ metadata, spec: z.looseObject({ spec: z.looseObject({ steps }) }) }),
  stepsAt: ["spec", "spec", "steps"],
  inputOf: upstreamInput,
  unreadKeys: () => [],
  unreadSections: [],
  unreadBecause: "upstream's CLI does not read it",
};

const document: Form = {
  ...installation,
  shape: z.looseObject({ steps }),
  stepsAt: ["steps"],
  unreadSections: ["components"],
  unreadBecause:
    "settings of components are not read here; put the values into the steps' own in a copy of the file",
};

/** What a parsed file or a live object is. Whatever is nothing else is judged as the installer's object. */
export function formOf(given: Json): Form {
  if (!isMap(given) || given["kind"] === legacyKind.kind || !holdsUpstreamSteps(given))
    return installersObject;
  return given["kind"] === "Installation" ? installation : document;
}

/** True for a document or an Installation of upstream's CLI that describes 2.7.0. */
export function holdsUpstreamSteps(given: JsonObject): boolean {
  const list =
    given["kind"] === "Installation" ? valueAt(given as TreeObject, installation.stepsAt) : given["steps"];
  return holdsLegacySteps(list as Json | undefined);
}

/**
 * The part of a step's input that 2.7.0's installer reads (its API types): of a chart no `values`, of an object nothing but
 * its identity and its `set` list.
 */
function installersInput(type: LegacyStepType, input: JsonObject): JsonObject {
  const { values: _, ...others } = input;
  if (type !== "object") return others;
  return Object.fromEntries(
    Object.entries(input).filter(([key]) => ["apiVersion", "kind", "metadata", "set"].includes(key)),
  );
}

/**
 * The input that upstream's CLI converted (`url`, `repo` and `values` of a chart), converted back. It makes null of every
 * entry without a value, which set nothing in 2.7.0.
 */
function upstreamInput(type: LegacyStepType, input: JsonObject, namespace: string): JsonObject {
  if (type === "object" && isMap(input["metadata"])) {
    const { namespace: own, ...identity } = input["metadata"];
    return { ...input, metadata: own === namespace ? identity : input["metadata"] };
  }
  if (type !== "chart") return input;
  const { repo, url, values, ...others } = input;
  return {
    ...others,
    ...(repo !== undefined && { name: repo }),
    ...(url !== undefined && { repository: url }),
    ...(isMap(values) ? { values: withoutNulls(values) } : values != null && { values }),
  };
}

function withoutNulls(map: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) => {
      if (value === null) return [];
      return [[key, isMap(value) ? withoutNulls(value) : value]];
    }),
  );
}
