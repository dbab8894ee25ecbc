import { isSensitiveKey } from "../../model/describe.ts";
import { placeText } from "../../model/problem.ts";
import { isMap, type Tree } from "../../model/secret-value.ts";
import type { Path } from "../../model/settings.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** A warning for each value that looks like a secret written in clear into a document; never with the value. */
export function literalSecretWarnings({ computed }: ResolvedConfiguration): string[] {
  return computed.flatMap((step) => {
    const found =
      step.type === "chart"
        ? literalsIn(step.with?.["values"], ["values"], false)
        : step.type === "object"
          ? literalsIn(step.with, [], step.with?.["kind"] === "Secret")
          : [];
    return found.map((path) => {
      return `${placeText(step.place(path))}: looks like a secret in clear. It belongs in the stack's encrypted configuration: pulumi config set --secret --path, below krateo:set`;
    });
  });
}

function literalsIn(tree: Tree | undefined, path: Path, inSecret: boolean): Path[] {
  if (Array.isArray(tree)) return tree.flatMap((item, index) => literalsIn(item, [...path, index], inSecret));
  if (!isMap(tree)) return [];
  return Object.entries(tree).flatMap(([key, item]): Path[] => {
    const at = [...path, key];
    const content = inSecret && path.length === 1 && ["data", "stringData"].includes(String(path[0]));
    const literal = typeof item === "string" && item !== "" && !/^\$(\{\w+\}|[A-Z_][A-Z0-9_]*)$/.test(item);
    if (literal && (content || isSensitiveKey(key))) return [at];
    return literalsIn(item, at, inSecret);
  });
}
