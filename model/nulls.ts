/**
 * Where a null may stand in what is handed to the engine. The Kubernetes provider, from 4.30 on, ends in a panic at the
 * second run when a list changes that holds a null at any depth: it compares nothing with nothing (addPatchValueToDiff
 * in its provider.go). So no input holds a null below a list, and one in a map only where it says something: in Helm
 * values, where it takes a chart's default away.
 */
import { isMap, type Tree } from "./secret-value.ts";
import type { Json, JsonObject, Path } from "./settings.ts";

/** A value whose maps have lost their nulls, at any depth. To Kubernetes a field that is null is one that is absent. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

/**
 * Helm values whose maps have lost their nulls where those stand below a list. Helm replaces lists as a whole, so no
 * default is taken away there, and a chart sees the same: nothing.
 */
export function withoutNullsBelowLists(value: Json): Json {
  if (Array.isArray(value)) return withoutNulls(value);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, item]) => [key, withoutNullsBelowLists(item)]),
  );
}

/** True for a null, or a value that holds one at any depth. */
export function holdsNull(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.some(holdsNull);
  return value === null || (isMap(value) && Object.values(value as JsonObject).some(holdsNull));
}

/** Paths of list items that are null: leaving one out would move those that follow. */
export function nullItems(value: Tree, path: Path = []): Path[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      item === null ? [[...path, index]] : nullItems(item, [...path, index]),
    );
  }
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => nullItems(item, [...path, key]));
}

/** The nulls of maps, with the maps that lead to them and nothing else; those below a list do not count. */
export function onlyNulls(map: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, item]): [string, Json][] => {
      if (item === null) return [[key, null]];
      const nulls = isMap(item) ? onlyNulls(item as JsonObject) : {};
      return Object.keys(nulls).length > 0 ? [[key, nulls]] : [];
    }),
  );
}
