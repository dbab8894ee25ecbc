/**
 * Stack config `set`: single values by their path from the document's root, laid over everything else.
 *
 *     krateo:set:
 *       components.finops.enabled: false
 *       components.backend.stepConfig.install-authn.helmValues.service.nodePort: 31082
 *       components.backend.stepConfig.install-authn.helmValues.podAnnotations.example\.org/team: web
 *
 * - A path is keys joined by dots. A backslash takes a dot, bracket or backslash into the key.
 * - `[n]` goes into a list that is there: one of its items, or one past the last to append. A list that
 *   stands elsewhere (a step's own values, a chart's defaults) is replaced as a whole, so a new list is
 *   given whole, as the value.
 * - A value keeps its type as YAML reads it: 80 is a number, "80" text. A map is merged into the map at
 *   its path, anything else replaces what is there; null takes a chart's default away.
 * - The first key is one of the document's sections. The steps' own settings are reached through their
 *   component, as in the examples. Where two paths overlap, the longer one wins, in whatever order they stand.
 */

import { merge } from "../model/merge.ts";
import { nearestFirst } from "../model/nearest.ts";
import { type Problem, stackConfiguration } from "../model/problem.ts";
import { hideLeaves, isMap, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { Json, Path } from "../model/settings.ts";
import { documentKeys } from "./document.ts";

const segment = /\.?((?:[^\\.[\]]|\\.)+)|\[(\d+)\]/y;

/** Keys and list indexes of a path, or undefined where it does not follow the grammar. */
export function parseSetPath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  segment.lastIndex = 0;
  while (segment.lastIndex < text.length) {
    const dotted = text[segment.lastIndex] === ".";
    const match = segment.exec(text);
    if (match === null || (match[1] !== undefined && dotted !== path.length > 0)) return undefined;
    if (path.length === 0 && match[2] !== undefined) return undefined;
    path.push(match[2] === undefined ? (match[1] as string).replace(/\\(.)/g, "$1") : Number(match[2]));
  }
  return path.length === 0 ? undefined : path;
}

/** One value of `set`, secrets wrapped. */
export interface SetEntry {
  readonly path: Path;
  readonly value: Tree;
}

/**
 * Lays the values of `set` over a document; with `secret`, every leaf of them travels as a secret.
 *
 * @returns `entries`: the values in the order in which they were laid, so that the last one wins
 */
export function applySet(
  document: TreeObject,
  set: Readonly<Record<string, Json>>,
  secret: boolean,
): { document: TreeObject; entries: SetEntry[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const entries: (SetEntry & { readonly text: string })[] = [];
  for (const [text, value] of Object.entries(set)) {
    const path = parseSetPath(text);
    const problem = path === undefined ? malformed(text) : misplaced(text, path);
    if (problem !== undefined) problems.push(problem);
    else if (path !== undefined) entries.push({ text, path, value: secret ? hideLeaves(value) : value });
  }
  entries.sort((a, b) => a.path.length - b.path.length || (a.text < b.text ? -1 : 1));
  let result: Tree = document;
  for (const { text, path, value } of entries) {
    try {
      result = placed(result, path, value);
    } catch (error) {
      if (!(error instanceof NoWay)) throw error;
      problems.push({
        what: error.message,
        file: stackConfiguration,
        path: `krateo:set ${text}`,
        next: error.next,
      });
    }
  }
  return { document: isMap(result) ? result : document, entries, problems };
}

class NoWay extends Error {
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.next = next;
  }
}

function placed(tree: Tree | undefined, path: Path, value: Tree): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return merge(tree, value);
  if (typeof key === "number") {
    if (!Array.isArray(tree))
      throw new NoWay("an index into a list that is not there", "give the whole list as the value");
    if (key > tree.length) {
      throw new NoWay(
        `index ${key} of a list of ${tree.length}`,
        `use 0 to ${tree.length}, the last of which appends`,
      );
    }
    return tree.toSpliced(key, 1, placed(tree[key], rest, value));
  }
  if (Array.isArray(tree))
    throw new NoWay(`"${key}" leads into a list`, "name the item by its index, as in [0]");
  if (tree !== undefined && tree !== null && !isMap(tree)) {
    throw new NoWay(
      `"${key}" leads below a value that is not a map`,
      "shorten the path, or give the whole map as the value",
    );
  }
  return { ...tree, [key]: placed(tree?.[key], rest, value) };
}

function malformed(text: string): Problem {
  return {
    what: "a path that cannot be read",
    file: stackConfiguration,
    path: `krateo:set ${text}`,
    allowed: "keys joined by dots, list items as [0], a dot inside a key as \\.",
  };
}

function misplaced(text: string, path: Path): Problem | undefined {
  const [first, second] = path;
  if (typeof first !== "string" || !documentKeys.includes(first)) {
    return {
      what: `a path that starts outside the document: "${first}"`,
      file: stackConfiguration,
      path: `krateo:set ${text}`,
      allowed: nearestFirst(String(first), documentKeys),
    };
  }
  if (first === "steps" && typeof second === "string") {
    return {
      what: "steps is a list and has no names",
      file: stackConfiguration,
      path: `krateo:set ${text}`,
      next: `write components.COMPONENT.stepConfig.${second}.helmValues. and the value's own path`,
    };
  }
  return undefined;
}
