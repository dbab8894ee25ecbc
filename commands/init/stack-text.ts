/** The text of a new stack's file. */
import { Document, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { ChosenKey } from "./answers.ts";

/**
 * Pulumi.STACK.yaml with a comment for every key that was proposed.
 *
 * @param about `project`: the prefix of the keys; `schema`: path of the JSON Schema from the file; `cluster`: what the
 * proposals came from, in words.
 */
export function stackText(
  keys: readonly ChosenKey[],
  about: { readonly project: string; readonly schema: string; readonly cluster: string },
): string {
  const config = Object.fromEntries(keys.map(({ key, value }) => [`${about.project}:${key}`, value]));
  const document = new Document({ config });
  document.commentBefore = [
    ` yaml-language-server: $schema=${about.schema}`,
    ` Written by npx krateo init for ${about.cluster}. All keys: docs/configuration.md`,
  ].join("\n");
  const pairs = (document.get("config") as YAMLMap).items as Pair<Scalar, unknown>[];
  keys.forEach(({ reason }, index) => {
    const pair = pairs[index];
    if (pair && reason !== undefined) pair.key.commentBefore = ` ${reason}`;
  });
  // The library sets the first comment apart by an empty line.
  return document.toString({ lineWidth: 0 }).replace(/\n\n(?=config:)/, "\n");
}
