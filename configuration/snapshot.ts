/** What the Installation object stores, field by field as upstream's CLI writes it, secrets masked. */

import { mergeMaps } from "../model/merge.ts";
import { onlyNulls, withoutNulls, withoutNullsBelowLists } from "../model/nulls.ts";
import { isMap, mask, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { Json, JsonObject, Snapshot } from "../model/settings.ts";
import type { ComputedStep } from "./computed-step.ts";
import { mapOf } from "./resolved-components.ts";

const componentKeys = ["description", "enabled", "steps", "helmDefaults", "stepConfig"];

/**
 * The definitions as merged, and the computed steps before variables are expanded and defaults filled
 * in. The `components` section is not stored: what it switches off shows as `skip` of the steps.
 */
export function snapshotOf(
  document: TreeObject,
  steps: readonly ComputedStep[],
  platformVersion: string,
): Snapshot {
  const definitions = Object.entries(mapOf(document["componentsDefinition"]));
  return {
    componentsDefinition: Object.fromEntries(
      definitions.map(([name, definition]) => [name, storedDefinition(mapOf(definition))]),
    ),
    steps: steps.map(({ id, type, enabled, with: input }) => ({
      id,
      type,
      ...(enabled ? {} : { skip: true }),
      with: input === undefined ? null : mask(input),
    })),
    installationVersion: platformVersion,
  };
}

/** Annotation of the Installation that names the nulls which its steps' inputs had: see `recordOf`. */
export const removedDefaultsAnnotation = "krateo.io/removed-defaults";

/** A snapshot as an Installation object holds it. */
export interface SnapshotRecord {
  /** Body of the object, spec.spec, without a null. */
  readonly spec: JsonObject;
  /** JSON: the nulls of each step's input by the step's id; undefined when there are none. */
  readonly removedDefaults: string | undefined;
}

/**
 * A snapshot as it is stored. Steps are a list, below which nothing may be null (nulls.ts): where an input takes a
 * chart's default away, the step leaves the key out, as upstream's reader expects of an absent one, and an annotation
 * says what was taken away.
 */
export function recordOf(snapshot: Snapshot): SnapshotRecord {
  const removed = snapshot.steps.flatMap((step): [string, JsonObject][] => {
    const nulls = onlyNulls(mapOf(step["with"]) as JsonObject);
    return Object.keys(nulls).length > 0 ? [[String(step["id"]), nulls]] : [];
  });
  return {
    spec: withoutNulls(snapshot as unknown as JsonObject) as JsonObject,
    removedDefaults: removed.length > 0 ? JSON.stringify(Object.fromEntries(removed)) : undefined,
  };
}

/**
 * The input of each step, by its id, as a stored snapshot has it: with the nulls that its annotation names. Upstream's
 * CLI and earlier versions of this program stored those among the values, where they count too.
 */
export function storedInputs({ spec, removedDefaults }: SnapshotRecord): Record<string, JsonObject> {
  const steps = (Array.isArray(spec["steps"]) ? spec["steps"].filter(isMap) : []) as JsonObject[];
  const removed = mapOf(parsed(removedDefaults)) as JsonObject;
  return Object.fromEntries(
    steps.map(({ id, with: input }) => {
      const values = withoutNullsBelowLists(mapOf(input as Json) as JsonObject) as JsonObject;
      return [String(id), mergeMaps(mapOf(removed[String(id)]), values) as JsonObject];
    }),
  );
}

/** What others have written there is no reason to fail. */
function parsed(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

function storedDefinition(definition: TreeObject): JsonObject {
  return Object.fromEntries(
    componentKeys.flatMap((key) => {
      const value = definition[key];
      return value === undefined || isEmpty(value) ? [] : [[key, mask(value)]];
    }),
  );
}

function isEmpty(value: Tree): boolean {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}
