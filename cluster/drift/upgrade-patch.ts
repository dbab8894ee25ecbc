/** Computes the patch that Helm's upgrade would send. */
import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import type { ManifestObject } from "../client/manifest.ts";
import type { MergeRules } from "./merge-rules.ts";
import { isUnstructured } from "./unstructured.ts";

/**
 * The patch by which Helm takes a live object from one manifest to the next: what the next one sets, and what only the
 * former one had taken away. Of a kind that Helm does not know it is the difference between the two alone; of any other
 * everything that the next one sets, as far as it is not live already (pkg/kube/client.go, createPatch).
 */
export function upgradePatch(
  former: ManifestObject,
  next: ManifestObject,
  rules: MergeRules,
): JsonObject & { apiVersion: string } {
  const { apiVersion, kind, metadata } = next;
  if (isUnstructured(next)) return { ...jsonMergePatch(former, next), apiVersion, kind };
  return { ...strategic(former, next, rules), apiVersion, kind, metadata: { ...metadata } };
}

/** As RFC 7386 has it: what differs, and null for what goes. */
function jsonMergePatch(former: JsonObject, next: JsonObject): JsonObject {
  const changed = Object.entries(next).flatMap(([key, value]): [string, Json][] => {
    const before = former[key];
    if (isDeepStrictEqual(before, value)) return [];
    return [[key, isMap(before) && isMap(value) ? jsonMergePatch(before, value) : value]];
  });
  return { ...Object.fromEntries(changed), ...removed(former, next) };
}

function removed(former: JsonObject, next: JsonObject): JsonObject {
  const gone = Object.keys(former).filter((key) => former[key] !== null && !Object.hasOwn(next, key));
  return Object.fromEntries(gone.map((key) => [key, null]));
}

function strategic(former: JsonObject, next: JsonObject, rules: MergeRules, path: Path = []): JsonObject {
  const set = Object.entries(next).map(([key, value]): [string, Json] => {
    const [before, place] = [former[key], [...path, key]];
    if (isMap(value)) return [key, strategic(isMap(before) ? before : {}, value, rules, place)];
    if (Array.isArray(value)) {
      return [key, listPatch(Array.isArray(before) ? before : [], value, rules, place)];
    }
    return [key, value];
  });
  const isItem = typeof path.at(-1) === "number";
  const retains = rules(isItem ? path.slice(0, -1) : path).retainsKeys;
  return {
    ...Object.fromEntries(set),
    ...removed(former, next),
    ...(retains && { $retainKeys: Object.keys(next) }),
  };
}

function listPatch(former: Json[], next: Json[], rules: MergeRules, path: Path): Json[] {
  const { mergesItems, key } = rules(path);
  if (!mergesItems || key === undefined) return next;
  const keyOf = (item: Json): Json | undefined => (item as JsonObject)[key];
  const gone = former.filter((item) => !next.some((other) => keyOf(other) === keyOf(item)));
  return [
    ...next.map((item) => {
      const before = former.find((other) => keyOf(other) === keyOf(item));
      return strategic((before ?? {}) as JsonObject, item as JsonObject, rules, [...path, 0]);
    }),
    ...gone.map((item) => ({ [key]: keyOf(item) as Json, $patch: "delete" })),
  ];
}
