/** Tells what an object has of the fields that a manifest sets. */
import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/secret-value.ts";
import type { Json, Path } from "../../model/settings.ts";
import type { ManifestObject } from "../client/manifest.ts";
import type { MergeRules } from "./merge-rules.ts";

/**
 * What an object has of the fields that a manifest sets, in the manifest's order: without what the API server fills in
 * and what others add, which Helm would not take away either. A list that a merge would replace is taken whole.
 *
 * @returns undefined when it has none of them
 */
export function plannedFields(
  planned: Json,
  object: Json | undefined,
  rules: MergeRules,
  path: Path = [],
): Json | undefined {
  const within = (key: string | number, item: Json, found: Json | undefined) =>
    plannedFields(item, found, rules, [...path, key]);
  if (isMap(planned) && isMap(object)) {
    const fields = Object.entries(planned).map(([key, item]) => [key, within(key, item, object[key])]);
    return Object.fromEntries(fields.filter(([, found]) => found !== undefined));
  }
  if (!Array.isArray(planned) || !Array.isArray(object)) return object;
  const { mergesItems, key } = rules(path);
  if (!mergesItems) return object;
  const sign = (item: Json | undefined) => (key !== undefined && isMap(item) ? item[key] : item);
  // The API has lists with two items of one key, a port with two protocols, say: those are told apart by their place.
  return planned.map((item, index) => {
    const isIt = (other: Json | undefined) => isDeepStrictEqual(sign(other), sign(item));
    const found = isIt(object[index]) ? object[index] : object.find(isIt);
    return within(index, item, found) as Json;
  });
}

/** A Secret with its clear text encoded, as it is stored. Other objects as they are. */
export function withEncodedData(object: ManifestObject): ManifestObject {
  const { stringData, ...rest } = object;
  if (object.kind !== "Secret" || object.apiVersion !== "v1" || !isMap(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value ?? "")).toString("base64"),
  ]);
  const data = isMap(object["data"]) ? object["data"] : {};
  return { ...(rest as ManifestObject), data: { ...data, ...Object.fromEntries(encoded) } };
}
