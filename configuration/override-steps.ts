/**
 * Steps in an override. A list that has every step which components name takes the place of the whole list, as in
 * upstream's CLI. Any other one changes single steps, and adds some, by their ids, as upstream's documentation shows it:
 * taken as a whole, it would be all that is installed.
 */
import { mergeMaps } from "../model/merge.ts";
import { nearestFirst } from "../model/nearest.ts";
import type { Problem } from "../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";
import { resolveComponents, stepsIn } from "./resolved-components.ts";
import { placeIn, type SourceFile } from "./yaml/yaml-file.ts";

/** A layer of documents, as far as its steps matter. */
interface StepsLayer {
  readonly source: SourceFile;
  readonly base: Path;
  readonly root: TreeObject;
}

/** `mergeMaps` for two documents: lists of steps by their ids, unless the upper one is whole. */
export function mergeDocument(below: TreeObject, above: TreeObject): TreeObject {
  const merged = mergeMaps(below, above);
  if (!changesSteps(below, above)) return merged;
  const steps = [...stepsIn(below)];
  for (const step of stepsIn(above)) {
    const index = steps.findIndex((one) => idOf(one) !== undefined && idOf(one) === idOf(step));
    const was = steps[index];
    if (isMap(was) && isMap(step)) steps[index] = mergeMaps(was, step);
    else steps.push(step);
  }
  return { ...merged, steps };
}

/** Whether the upper document's list is about single steps of the lower one's. */
function changesSteps(below: TreeObject, above: TreeObject): boolean {
  if (above["steps"] === undefined) return false;
  const named = new Set(resolveComponents(mergeMaps(below, above)).flatMap(({ steps }) => steps));
  const kept = stepsIn(above).map(idOf);
  return stepsIn(below).some((step) => named.has(idOf(step) ?? "") && !kept.includes(idOf(step)));
}

function idOf(step: Tree): string | undefined {
  return isMap(step) && typeof step["id"] === "string" ? step["id"] : undefined;
}

/**
 * A path of the merged document in one of its layers, where the same step has another index.
 *
 * @returns undefined when the layer says nothing of the step
 */
export function pathInLayer(document: TreeObject, layer: TreeObject, path: Path): Path | undefined {
  const [section, index, ...rest] = path;
  if (section !== "steps" || typeof index !== "number") return path;
  const id = idOf(stepsIn(document)[index] ?? null);
  const own = stepsIn(layer);
  // Two steps of a layer may have the same id by mistake.
  const isSame = id === undefined || idOf(own[index] ?? null) === id;
  const there = isSame ? index : own.findIndex((step) => idOf(step) === id);
  return there < 0 ? undefined : [section, there, ...rest];
}

/**
 * Problems of the lists that overrides have: a step that is neither known nor whole, and a list that says nothing.
 *
 * @param layers Lowest first, the release document being the first.
 */
export function overrideStepProblems([release, ...overrides]: readonly StepsLayer[]): Problem[] {
  let below = release?.root ?? {};
  return overrides.flatMap(({ source, base, root }) => {
    const place = (path: Path) => placeIn(source, [...base, ...path]);
    const known = stepsIn(below).flatMap((step) => idOf(step) ?? []);
    const hadSteps =
      known.length > 0 && resolveComponents(mergeMaps(below, root)).some(({ steps }) => steps.length > 0);
    const before = below;
    below = mergeDocument(below, root);
    if (root["steps"] === undefined) return [];
    if (hadSteps && stepsIn(root).length === 0) {
      return [
        {
          what: "steps in an override is empty, which leaves nothing to install",
          ...place(["steps"]),
          next: "take it out; skip: true leaves single steps out, components.NAME.enabled: false a component",
        },
      ];
    }
    if (!changesSteps(before, root)) return [];
    return stepsIn(root).flatMap((step, index): Problem[] => {
      const id = idOf(step);
      if (id === undefined || known.includes(id) || (isMap(step) && step["type"] !== undefined)) return [];
      return [
        {
          what: `there is no step "${id}"`,
          ...place(["steps", index, "id"]),
          allowed: nearestFirst(id, known).slice(0, 5),
          next: "correct the id; a step of your own needs type (chart, var or object) and with, and a component that lists it",
        },
      ];
    });
  });
}
