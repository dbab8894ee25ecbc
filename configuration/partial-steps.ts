/**
 * Overrides that list single steps. Lists are replaced, not merged, for upstream's CLI too, whose documentation shows
 * `steps: [{id: …, skip: true}]` all the same: taken as it is written, it would be the whole installation.
 */
import { nearestFirst } from "../model/nearest.ts";
import type { Problem } from "../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";
import { documentSteps, type ResolvedComponent, stepsIn } from "./resolved-components.ts";
import { placeIn, type SourceFile } from "./yaml/yaml-file.ts";

/** Steps that an override file lists without saying what they install. */
export interface PartialSteps {
  /** Where in the file the list stands. */
  readonly path: Path;
  readonly ids: readonly string[];
  /** True when all of them are to be skipped. */
  readonly skip: boolean;
}

/** A layer of documents, as far as its steps matter. */
interface StepsLayer {
  readonly source: SourceFile;
  readonly base: Path;
  readonly root: TreeObject;
  readonly partialSteps?: readonly PartialSteps[];
}

/** Takes such lists out of an override file, so that the rest of it can be judged. */
export function takePartialSteps(root: TreeObject): { root: TreeObject; partial: PartialSteps[] } {
  const { steps, ...rest } = root;
  const own = partialSteps(steps);
  const partial: PartialSteps[] = own ? [{ path: ["steps"], ...own }] : [];
  const result: TreeObject = own ? rest : { ...root };
  const profiles = root["profiles"];
  if (isMap(profiles)) {
    const cleaned = Object.entries(profiles).map(([name, entry]): [string, Tree] => {
      if (!isMap(entry)) return [name, entry];
      const below = takePartialSteps(entry);
      partial.push(...below.partial.map((one) => ({ ...one, path: ["profiles", name, ...one.path] })));
      return [name, below.root];
    });
    result["profiles"] = Object.fromEntries(cleaned);
  }
  return { root: result, partial };
}

function partialSteps(steps: Tree | undefined): Omit<PartialSteps, "path"> | undefined {
  if (!Array.isArray(steps)) return undefined;
  const items = steps.filter((step) => isMap(step));
  if (!items.some((step) => step["type"] === undefined || step["skip"] !== undefined)) return undefined;
  return {
    ids: items.flatMap(({ id }) => (typeof id === "string" ? [id] : [])),
    skip: items.every(({ skip }) => skip === true),
  };
}

/** One problem for each such list, with what to write instead. */
export function partialStepsProblems(
  layers: readonly StepsLayer[],
  components: readonly ResolvedComponent[],
): Problem[] {
  return layers.flatMap(({ source, partialSteps = [] }) =>
    partialSteps.map(({ path, ids, skip }) => ({
      what: "steps in an override replaces the whole list: it cannot change or skip single steps",
      ...placeIn(source, path),
      ...(ids.length > 0 && { given: ids.join(", ") }),
      next: ids.map((id) => remedy(id, skip, components)).join("; ") || "take it out",
    })),
  );
}

function remedy(id: string, skip: boolean, components: readonly ResolvedComponent[]): string {
  const owner = components.find(({ steps }) => steps.includes(id));
  if (owner === undefined) {
    const [nearest] = nearestFirst(
      id,
      components.flatMap(({ steps }) => steps),
    );
    return `there is no step ${id}${nearest === undefined ? "" : `, the nearest is ${nearest}`}`;
  }
  if (!skip) return `write components.${owner.name}.stepConfig.${id}`;
  const all = owner.steps.length === 1 ? "" : `, which switches off ${owner.steps.join(", ")}`;
  return `write components.${owner.name}.enabled: false${all}`;
}

/**
 * A list in an override that is whole in itself and lacks steps that components name: without it, each of those would
 * be a problem of its own, and hide this one.
 *
 * @param layers Lowest first, the release document being the first.
 * @returns the layers with what the list lacks, and the problem, if there is one
 */
export function completedSteps<L extends StepsLayer>(
  layers: readonly L[],
  components: readonly ResolvedComponent[],
): { layers: readonly L[]; problems: Problem[] } {
  const [release, ...overrides] = layers;
  const top = overrides.findLast(({ root }) => root["steps"] !== undefined);
  if (release === undefined || top === undefined) return { layers, problems: [] };
  const named = new Set(components.flatMap(({ steps }) => steps));
  const known = documentSteps(release.root).map(({ id }) => id);
  const kept = documentSteps(top.root).map(({ id }) => id);
  const lost = known.filter((id) => named.has(id) && !kept.includes(id));
  if (lost.length === 0) return { layers, problems: [] };
  const missing = stepsIn(release.root).filter((step) => isMap(step) && lost.includes(String(step["id"])));
  const whole = { ...top, root: { ...top.root, steps: [...stepsIn(top.root), ...missing] } };
  return {
    layers: layers.map((layer) => (layer === top ? whole : layer)),
    problems: [
      {
        what: `steps in an override replaces the whole list, and this one lacks ${lost.length} that components name`,
        ...placeIn(top.source, [...top.base, "steps"]),
        given: kept.join(", ") || "an empty list",
        allowed: "a list with all of the release document's steps, as npx krateo render prints them",
        next: `settings of a step go into components.COMPONENT.stepConfig.STEP; missing are ${firstFew(lost)}`,
      },
    ],
  };
}

function firstFew(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
