/** What may be shown of a value that somebody gave: messages end up in logs and tickets. */
import { SecretValue, secretMask, secretPathsIn, type Tree } from "./secret-value.ts";
import type { Path } from "./settings.ts";

const sensitive =
  /pass(word|wd|phrase)?s?$|pwd$|secrets?$|tokens?$|api[-_]?keys?$|private[-_]?keys?$|sign[-_]?key$|credentials?$/i;

/** True for a key whose value is a secret by its name, not one that only names a Secret. */
export function isSensitiveKey(key: string): boolean {
  return sensitive.test(key) && !/((pull|existing)[-_]?secrets?|registry[-_]?credentials)$/i.test(key);
}

/** True for a place below a key that names a secret. Of a list or map it is the key that leads to it. */
export function isSensitivePath(path: Path): boolean {
  return path.some((segment) => typeof segment === "string" && isSensitiveKey(segment));
}

/**
 * A text without the secrets that its form gives away: the login in a URL (`postgres://user:password@host`) or in front
 * of a host, and what stands behind `password=`.
 */
export function withoutLogins(text: string): string {
  return text
    .replace(
      /([A-Za-z][\w+.-]*:\/\/)([^\s"'<>]+)/g,
      (_, scheme: string, rest: string) => scheme + withoutLogin(rest),
    )
    .replace(/(^|[\s"'(=,])[\w.~+%-]+:[^\s"'@/]+@(?!sha\d+:)(?=[\w[])/g, `$1${secretMask}@`)
    .replace(/(\b[\w.-]+)=([^\s&;"'…)]+)/g, (whole, name: string) =>
      isSensitiveKey(name) ? `${name}=${secretMask}` : whole,
    );
}

/** A URL behind its scheme; a password may hold a slash that should have been escaped, a host a port. */
function withoutLogin(rest: string): string {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  const unescaped = /^[^/?#@:[\]]*:(?!\d{1,5}(?:[/?#]|$))[^@]*@/.exec(rest)?.[0] ?? "";
  const end = Math.max(authority.lastIndexOf("@"), unescaped.length - 1);
  return end < 0 ? rest : secretMask + rest.slice(end);
}

/**
 * A value for an error message: its text or its kind, and never a secret's content.
 *
 * @param path Where it stands: the keys may say that it is a secret.
 */
export function describeValue(value: Tree | undefined, path: Path): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value instanceof SecretValue || secretPathsIn(value).length > 0) return "a secret value";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return `a map with ${Object.keys(value).join(", ") || "no keys"}`;
  if (isSensitivePath(path)) return "a secret value";
  if (typeof value !== "string") return `${value} (a ${typeof value})`;
  const text = withoutLogins(value);
  return text.length > 80 ? `"${text.slice(0, 77)}..."` : `"${text}"`;
}
