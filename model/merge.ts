import { isMap, type Tree, type TreeObject } from "./secret-value.ts";

/**
 * Lays one value over another: maps merge key by key, in depth; anything else replaces what is below
 * it as a whole. Lists are never merged, and null is a value like any other (in Helm values it takes a
 * chart's default away). Neither argument is changed.
 */
export function merge(below: Tree | undefined, above: Tree): Tree {
  if (!isMap(below) || !isMap(above)) return above;
  return mergeMaps(below, above);
}

/** `merge` for two maps. */
export function mergeMaps(below: TreeObject, above: TreeObject): TreeObject {
  const merged: TreeObject = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = merge(below[key], value);
  return merged;
}
