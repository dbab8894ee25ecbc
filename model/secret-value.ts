/**
 * A leaf that came from secret stack configuration. It travels through merging as one opaque leaf, so
 * that whichever step it ends up in knows where it is.
 */
import type { Json, JsonObject, Path } from "./settings.ts";

/** What is shown in place of a secret value. */
export const secretMask = "[secret]";

export class SecretValue {
  readonly #value: Json;

  constructor(value: Json) {
    this.#value = value;
  }

  reveal(): Json {
    return this.#value;
  }

  toJSON(): string {
    return secretMask;
  }
}

/** JSON in which a leaf may be a SecretValue. */
export type Tree = null | boolean | number | string | SecretValue | Tree[] | { [key: string]: Tree };
export type TreeObject = { [key: string]: Tree };

/** Wraps every leaf but null, which says that a value is absent and hides nothing. */
export function hideLeaves(value: Json): Tree {
  if (Array.isArray(value)) return value.map(hideLeaves);
  if (value === null) return null;
  if (typeof value !== "object") return new SecretValue(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideLeaves(item)]));
}

/** The value in clear. */
export function reveal(tree: Tree): Json {
  return mapSecrets(tree, (secret) => secret.reveal());
}

/** The value with secrets masked, for whatever is shown or stored outside Helm. */
export function mask(tree: Tree): Json {
  return mapSecrets(tree, () => secretMask);
}

/** Paths of the secrets below a value. */
export function secretPathsIn(tree: Tree | undefined, path: Path = []): Path[] {
  if (tree instanceof SecretValue) return [path];
  if (Array.isArray(tree)) return tree.flatMap((item, index) => secretPathsIn(item, [...path, index]));
  if (!isMap(tree)) return [];
  return Object.entries(tree).flatMap(([key, item]) => secretPathsIn(item, [...path, key]));
}

/** Whether a value is a map: neither a list nor null, nor a secret. */
export function isMap(value: Tree | undefined): value is TreeObject;
export function isMap(value: Json | undefined): value is JsonObject;
export function isMap(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof SecretValue)
  );
}

export function revealMap(tree: TreeObject): JsonObject {
  return reveal(tree) as JsonObject;
}

function mapSecrets(tree: Tree, replace: (secret: SecretValue) => Json): Json {
  if (tree instanceof SecretValue) return replace(tree);
  if (Array.isArray(tree)) return tree.map((item) => mapSecrets(item, replace));
  if (!isMap(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, mapSecrets(item, replace)]));
}
