/** The layers of configuration: how they are merged, and where in them a value comes from. */

import { pathText, startsWith, valueAt } from "../model/path.ts";
import { type Problem, stackConfiguration } from "../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { JsonObject, Path } from "../model/settings.ts";
import { mergeDocument, pathInLayer } from "./override-steps.ts";
import { placeIn, type SourceFile } from "./yaml/yaml-file.ts";

/** One document, or the part of one that counts as a layer. */
export interface Layer {
  readonly source: SourceFile;
  /** Path of the layer's root inside the file. */
  readonly base: Path;
  readonly root: TreeObject;
}

/** What has been found out so far; every stage adds to it. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: string[];
}

/** A layer that no file holds. @param file What messages call it. */
export function madeLayer(file: string, root: JsonObject): Layer {
  return { source: { file, root, lineOf: () => undefined }, base: [], root };
}

/** The value that a tree has at a place, or the one that stands in its way and replaces all below it. */
export function saidAt(tree: Tree, base: Path, place: Path): { path: Path; value: Tree } | undefined {
  for (let length = place.length; length > base.length; length--) {
    const value = valueAt(tree, place.slice(base.length, length)) as Tree | undefined;
    if (value !== undefined && (length === place.length || !isMap(value))) {
      return { path: place.slice(0, length), value };
    }
    if (value !== undefined) return undefined;
  }
  return place.length === base.length ? { path: place, value: tree } : undefined;
}

/** Merges layers, lowest first. */
export function mergeLayers(layers: readonly Layer[]): TreeObject {
  return layers.reduce<TreeObject>((below, { root }) => mergeDocument(below, root), {});
}

/**
 * Where a value of the merged document comes from: the topmost layer that has it, or the deepest part
 * of its path. `set` holds the paths that the stack configuration sets.
 */
export function originIn(layers: readonly Layer[], set: readonly Path[]) {
  const document = mergeLayers(layers);
  return (at: Path): Pick<Problem, "file" | "line" | "path"> => {
    const own = set.find((path) => startsWith(at, path) || startsWith(path, at));
    if (own !== undefined) return { file: stackConfiguration, path: `krateo:set ${pathText(own)}` };
    for (let length = at.length; length > 0; length--) {
      for (const { source, base, root } of layers.toReversed()) {
        const there = pathInLayer(document, root, at);
        if (there && valueAt(root, there.slice(0, length)) !== undefined)
          return placeIn(source, [...base, ...there]);
      }
    }
    return { path: pathText(at) };
  };
}
