import { SecretValue, secretPathsIn, type Tree } from "./secret-value.ts";

const sensitive =
  /pass(word|wd)?s?$|secrets?$|tokens?$|api[-_]?keys?$|private[-_]?keys?$|sign[-_]?key$|credentials?$/i;

/** True for a key whose value is a secret by its name, not one that only names a Secret. */
export function isSensitiveKey(key: string): boolean {
  return sensitive.test(key) && !/(pull|existing)[-_]?secrets?$/i.test(key);
}

/** A value for an error message: its text or its kind, and never a secret's content. */
export function describeValue(value: Tree | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value instanceof SecretValue || secretPathsIn(value).length > 0) return "a secret value";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return `a map with ${Object.keys(value).join(", ") || "no keys"}`;
  if (typeof value === "string") return value.length > 80 ? `"${value.slice(0, 77)}..."` : `"${value}"`;
  return `${value} (a ${typeof value})`;
}
