/** krateo-overrides.yaml as text, each value with a comment that says where it comes from. */
import { Document, isCollection, isPair, isScalar, Pair, type Scalar, YAMLMap } from "yaml";
import { writing } from "../configuration/yaml/go-scalars.ts";
import type { JsonObject, Path } from "../model/settings.ts";
import { legacyVersion } from "./legacy-facts.ts";
import type { Migration, OverrideLine } from "./migrate.ts";

/**
 * The file's text; undefined when there is nothing to override.
 *
 * @param migration What is carried.
 */
export function overridesText({ platform, type, overrides }: Migration): string | undefined {
  if (overrides.length === 0) return undefined;
  const document = new Document(new YAMLMap(), writing);
  for (const override of overrides) place(document, override);
  document.commentBefore = [
    ` What ${platform.namespace}/${platform.name} (KrateoPlatformOps, Krateo ${legacyVersion}) had otherwise than the defaults of type ${type}.`,
    " Each line's comment names the step and the entry that it comes from.",
  ].join("\n");
  return document.toString({ lineWidth: 0 });
}

function place(document: Document, { path, value, origin }: OverrideLine): void {
  const parent = path.slice(0, -1).reduce<YAMLMap>(
    (map, segment) => {
      const next = map.get(segment, true);
      if (next instanceof YAMLMap) return next;
      const made = new YAMLMap();
      map.add(new Pair(document.createNode(segment), made));
      return made;
    },
    document.contents as unknown as YAMLMap,
  );
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  const key = document.createNode(String(path.at(-1))) as Scalar;
  // Braces in a comment behind a value would be read as a token.
  const comment = ` ${origin.replaceAll("{{", "{ {")}`;
  if (isScalar(node)) node.comment = comment;
  else if (isCollection(node)) key.commentBefore = comment;
  parent.items = parent.items.filter(
    (pair) => !(isPair(pair) && isScalar(pair.key) && pair.key.value === key.value),
  );
  parent.add(new Pair(key, node));
}

/** What the file holds, without its comments. */
export function overridesOf({ overrides }: Pick<Migration, "overrides">): JsonObject {
  const root: JsonObject = {};
  for (const { path, value } of overrides) {
    const parent = path.slice(0, -1).reduce<JsonObject>((map, segment) => {
      map[segment] ??= {};
      return map[segment] as JsonObject;
    }, root);
    parent[lastOf(path)] = value;
  }
  return root;
}

function lastOf(path: Path): string {
  return String(path.at(-1));
}
