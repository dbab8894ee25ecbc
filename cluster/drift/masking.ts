/** Masks secret values in differences. */
import { isDeepStrictEqual } from "node:util";
import { isSensitiveKey, withoutLogins } from "../../model/describe.ts";
import { valueAt } from "../../model/path.ts";
import { isMap, secretMask } from "../../model/secret-value.ts";
import type { Json, Path } from "../../model/settings.ts";
import type { Difference } from "./difference.ts";

/** Shown for a secret that is not the planned one. */
export const otherSecret = "[another secret]";

/** Shorter texts occur everywhere by chance. */
const shortestSecret = 6;

/** What is secret beside the texts whose key gives them away. */
export interface Secrecy {
  /** True for a place of which it is known; default: none. */
  readonly isSecret?: ((path: Path) => boolean) | undefined;
  /** Secrets found anywhere: a text that holds one is masked there. */
  readonly texts: readonly string[];
}

/** Texts at secret places, and under keys that name a secret. */
export function secretTexts(value: Json | undefined, isSecret?: Secrecy["isSecret"]): string[] {
  const found = (item: Json | undefined, path: Path, parent?: Json): string[] => {
    if (typeof item === "string") {
      const counts = item !== secretMask && item.length >= shortestSecret;
      return counts && (isSecret?.(path) || isSecretLeaf(path, parent)) ? [item] : [];
    }
    if (Array.isArray(item)) return item.flatMap((one, index) => found(one, [...path, index], item));
    if (!isMap(item)) return [];
    return Object.entries(item).flatMap(([key, one]) => found(one, [...path, key], item));
  };
  return found(value, []);
}

/** The value as it may be shown. @param path Where it stands; `parent`: the map or list that holds it. */
export function masked(value: Json, secrecy: Secrecy, path: Path = [], parent?: Json): Json {
  if (typeof value === "string") {
    if (secrecy.isSecret?.(path) || isSecretLeaf(path, parent)) return secretMask;
    return withoutLogins(secrecy.texts.reduce((text, secret) => text.replaceAll(secret, secretMask), value));
  }
  if (Array.isArray(value)) return value.map((item, index) => masked(item, secrecy, [...path, index], value));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, masked(item, secrecy, [...path, key], value)]),
  );
}

/** A difference as it may be shown: a secret that is not the planned one reads "[another secret]". */
export function maskedDifference(
  { path, planned, live, ...rest }: Difference,
  secrecy: Secrecy,
  whole: Json,
): Difference {
  const parent = valueAt(whole, path.slice(0, -1)) as Json | undefined;
  const [one, other] = [planned, live].map((value) =>
    value === undefined ? undefined : masked(value, secrecy, path, parent),
  );
  const alike = other !== undefined && isDeepStrictEqual(one, other);
  return { ...rest, path, planned: one, live: alike ? relabelled(other) : other };
}

/** `password: …`, items of `tokens: […]`, and `{name: DB_PASS, value: …}`. */
function isSecretLeaf(path: Path, parent: Json | undefined): boolean {
  const key = path.findLast((segment) => typeof segment === "string");
  if (key === undefined) return false;
  const name = isMap(parent) ? parent["name"] : undefined;
  return isSensitiveKey(key) || (key === "value" && typeof name === "string" && isSensitiveKey(name));
}

function relabelled(value: Json): Json {
  if (typeof value === "string") return value.replaceAll(secretMask, otherSecret);
  if (Array.isArray(value)) return value.map(relabelled);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, relabelled(item)]));
}
