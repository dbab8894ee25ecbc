import { isSensitiveKey, withoutLogins } from "./describe.ts";
import { isMap, mask, secretMask, type Tree } from "./secret-value.ts";
import type { Json, Path } from "./settings.ts";

/**
 * A value of a document as it may be shown: secret configuration is masked, and so is text under a key that names a
 * secret, a login in a URL and what is in a Secret, even where the document has it in clear: what is shown is copied into tickets.
 *
 * @param path Where the value stands.
 */
export function shown(tree: Tree, path: Path = []): Json {
  const key = path.at(-1);
  if (typeof tree === "string" && typeof key === "string" && isSensitiveKey(key)) {
    // A variable's name gives nothing away.
    return /^(\$\{\w+\})?$/.test(tree) ? tree : secretMask;
  }
  if (Array.isArray(tree)) return tree.map((item, index) => shown(item, [...path, index]));
  if (typeof tree === "string") return withoutLogins(tree);
  if (!isMap(tree)) return mask(tree);
  const inSecret = tree["kind"] === "Secret";
  return Object.fromEntries(
    Object.entries(tree).map(([name, item]) => [
      name,
      inSecret && ["data", "stringData"].includes(name) && isMap(item)
        ? Object.fromEntries(Object.keys(item).map((entry) => [entry, secretMask]))
        : shown(item, [...path, name]),
    ]),
  );
}
