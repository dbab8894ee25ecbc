/** Computes the patch that Helm's upgrade would send. */
import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import type { ManifestObject } from "../client/manifest.ts";
import { keysOf } from "./object-difference.ts";
import { isUnstructured } from "./unstructured.ts";

/**
 * The patch by which Helm takes a live object from one manifest to the next: what the next one sets, and what only the
 * former one had taken away. Of a kind that Helm does not know it is the difference between the two alone; of any other
 * everything that the next one sets, as far as it is not live already (pkg/kube/client.go, createPatch).
 */
export function upgradePatch(
  former: ManifestObject,
  next: ManifestObject,
): JsonObject & { apiVersion: string } {
  const { apiVersion, kind, metadata } = next;
  if (isUnstructured(next)) return { ...jsonMergePatch(former, next), apiVersion, kind };
  return { ...strategic(former, next, [], kind), apiVersion, kind, metadata: { ...metadata } };
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

function strategic(former: JsonObject, next: JsonObject, path: Path, kind: string): JsonObject {
  const set = Object.entries(next).map(([key, value]): [string, Json] => {
    const [before, place] = [former[key], [...path, key]];
    if (isMap(value)) return [key, strategic(isMap(before) ? before : {}, value, place, kind)];
    if (Array.isArray(value))
      return [key, listPatch(Array.isArray(before) ? before : [], value, place, kind)];
    return [key, value];
  });
  return { ...Object.fromEntries(set), ...removed(former, next), ...retainedOnly(next, path, kind) };
}

/** Items are told apart by the first key alone: that is the API's merge key. */
function listPatch(former: Json[], next: Json[], path: Path, kind: string): Json[] {
  const key = keysOf([...former, ...next], path)?.[0];
  // Only a Service's ports are merged by `port`; those of a NetworkPolicy, say, are one value.
  if (key === undefined || (key === "port" && kind !== "Service")) return next;
  const keyOf = (item: Json): Json | undefined => (item as JsonObject)[key];
  const gone = former.filter((item) => !next.some((other) => keyOf(other) === keyOf(item)));
  return [
    ...next.map((item) => {
      const before = former.find((other) => keyOf(other) === keyOf(item));
      return strategic((before ?? {}) as JsonObject, item as JsonObject, [...path, 0], kind);
    }),
    ...gone.map((item) => ({ [key]: keyOf(item) as Json, $patch: "delete" })),
  ];
}

/** Fields that exclude each other, of which the API keeps those that the patch names: other volume sources, say. */
function retainedOnly(next: JsonObject, path: Path, kind: string): JsonObject {
  const isStrategy = kind === "Deployment" && path.join(".") === "spec.strategy";
  const isVolume = path.at(-2) === "volumes" && typeof path.at(-1) === "number";
  return isStrategy || isVolume ? { $retainKeys: Object.keys(next) } : {};
}
