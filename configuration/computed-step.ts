/** Lays the settings of components over their steps' inputs. */

import { mergeMaps } from "../model/merge.ts";
import { pathText, valueAt } from "../model/path.ts";
import { isMap, type TreeObject } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";
import type { Place } from "./document.ts";
import {
  type DocumentStep,
  definitionSection,
  mapOf,
  type ResolvedComponent,
} from "./resolved-components.ts";

/** A step with everything that applies to it merged in. */
export interface ComputedStep {
  readonly id: string;
  readonly type: "chart" | "var" | "object";
  readonly component: string;
  readonly enabled: boolean;
  /** Undefined when the document has none and no setting gives one. */
  readonly with: TreeObject | undefined;
  /** Where a path below `with` was set last. */
  readonly place: Place;
}

/**
 * For a value of a chart, rising precedence: the step's own, the component's helmDefaults, the step's
 * helmValues, helmDefaults.with.values, the step's with.values. Defaults of a component are for its
 * charts only: in an object they would become a field, in a variable nothing.
 */
export function computeStep(
  document: TreeObject,
  step: DocumentStep,
  component: ResolvedComponent,
  origin: Place,
): ComputedStep {
  const { id, type } = step;
  const config = component.stepConfig[id];
  const own = mapOf(config?.with);
  const base = type === "chart" ? chartInput(step.with, component, mapOf(config?.helmValues)) : step.with;
  const input = Object.keys(own).length === 0 ? base : mergeMaps(base ?? {}, own);
  return {
    id,
    type,
    component: component.name,
    enabled: component.enabled && !step.skip,
    with: input,
    place: placeOf(document, step, component.name, origin),
  };
}

function chartInput(given: TreeObject | undefined, component: ResolvedComponent, helmValues: TreeObject) {
  const settings = mergeMaps(component.helmDefaults, helmValues);
  const input = { ...given };
  const values = input["values"] ?? {};
  if (Object.keys(settings).length > 0 && isMap(values)) input["values"] = mergeMaps(values, settings);
  return mergeMaps(input, component.withDefaults);
}

function placeOf(document: TreeObject, step: DocumentStep, component: string, origin: Place): Place {
  return (path) => {
    if (path.length === 0) return origin(["steps", step.index]);
    const found = placesOf(document, step, component, path).find(
      (candidate) => valueAt(document, candidate) !== undefined,
    );
    const place = origin(found ?? ["steps", step.index]);
    return found === undefined
      ? { ...place, path: `${place.path} (${step.id}: ${pathText(["with", ...path])})` }
      : place;
  };
}

/** Where a value of a chart step was set last; undefined for a step that there is not. */
export function valuePlaces(steps: readonly ComputedStep[]) {
  return (id: string, path: Path): ReturnType<Place> | undefined =>
    steps.find((step) => step.id === id)?.place(["values", ...path]);
}

/** Where in a document an input of a step may be set, highest precedence first. @param path Below `with`. */
export function placesOf(
  document: TreeObject,
  step: Pick<DocumentStep, "id" | "index">,
  component: string,
  path: Path,
): Path[] {
  const sections = ["components", definitionSection(document)];
  const value = path[0] === "values" && path.length > 1 ? path.slice(1) : undefined;
  const inSections = (...rest: Path): Path[] => sections.map((section) => [section, component, ...rest]);
  return [
    ...inSections("stepConfig", step.id, "with", ...path),
    ...inSections("helmDefaults", "with", ...path),
    ...(value === undefined ? [] : inSections("stepConfig", step.id, "helmValues", ...value)),
    ...(value === undefined ? [] : inSections("helmDefaults", ...value)),
    ["steps", step.index, "with", ...path],
  ];
}
