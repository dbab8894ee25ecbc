/** What the Installation object stores, field by field as upstream's CLI writes it, secrets masked. */
import type { ComputedStep } from "./computed-step.ts";
import { mapOf } from "./references.ts";
import { isMap, mask, type Tree, type TreeObject } from "./secret-value.ts";
import type { JsonObject, Snapshot } from "./settings.ts";

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
