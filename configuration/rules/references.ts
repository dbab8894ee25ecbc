/** Names that do not lead where they should: components, their steps, and settings of steps. */

import { nearestFirst } from "../../model/nearest.ts";
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import { isMap, type TreeObject } from "../../model/secret-value.ts";
import type { Place } from "../document.ts";
import {
  definitionSection,
  documentSteps,
  mapOf,
  type ResolvedComponent,
  stepsIn,
} from "../resolved-components.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";
import { collisions } from "./collisions.ts";

/** Every name in the document that does not lead where it should, and every step that is not owned once. */
export function referenceProblems({ document, components, origin: place }: ResolvedConfiguration): Problem[] {
  const section = definitionSection(document);
  const ids = stepIds(document);
  return [
    ...duplicateIds(document, place),
    ...unknownComponents(document, components, place),
    ...membershipProblems(section, components, ids, place),
    ...orphans(document, components, place),
    ...["componentsDefinition", "components"].flatMap((given) =>
      stepConfigProblems(document, given, components, ids, place),
    ),
  ];
}

/** Components in `krateo:allowRemoval` that there are not. */
export function removalProblems({ config: { allowRemoval }, components }: ResolvedConfiguration): Problem[] {
  const known = components.map(({ name }) => name);
  return allowRemoval
    .filter((name) => !known.includes(name))
    .map((name) => ({
      what: `there is no component "${name}"`,
      file: stackConfiguration,
      path: "krateo:allowRemoval",
      allowed: nearestFirst(name, known),
    }));
}

/** Ids of all steps, also of those that are not whole: a reference to one is not at fault. */
function stepIds(document: TreeObject): string[] {
  return stepsIn(document).flatMap((step) =>
    isMap(step) && typeof step["id"] === "string" ? [step["id"]] : [],
  );
}

function duplicateIds(document: TreeObject, place: Place): Problem[] {
  const ids = stepsIn(document).map((step, index) => ({ id: isMap(step) ? step["id"] : undefined, index }));
  return collisions(ids, ({ id }) => (typeof id === "string" ? id : undefined)).map(
    ({ item: { id, index } }) => ({
      what: `two steps have the id "${id}"`,
      ...place(["steps", index, "id"]),
      next: "give each step an id of its own",
    }),
  );
}

function unknownComponents(
  document: TreeObject,
  components: readonly ResolvedComponent[],
  place: Place,
): Problem[] {
  const known = components.map(({ name }) => name);
  return Object.keys(mapOf(document["components"]))
    .filter((name) => !known.includes(name))
    .map((name) => ({
      what: `there is no component "${name}"`,
      ...place(["components", name]),
      allowed: nearestFirst(name, known),
    }));
}

function membershipProblems(
  section: string,
  components: readonly ResolvedComponent[],
  ids: readonly string[],
  place: Place,
): Problem[] {
  const owners = new Map<string, string>();
  return components.flatMap(({ name, steps }) =>
    steps.flatMap((id, index): Problem[] => {
      const at = place([section, name, "steps", index]);
      if (!ids.includes(id)) {
        return [
          {
            what: `component ${name} lists a step "${id}" that does not exist`,
            ...at,
            allowed: nearestFirst(id, ids),
          },
        ];
      }
      const owner = owners.get(id);
      owners.set(id, name);
      if (owner === undefined) return [];
      const what =
        owner === name
          ? `component ${name} lists step "${id}" twice`
          : `step "${id}" is in two components: ${owner} and ${name}`;
      return [{ what, ...at, next: "list it once" }];
    }),
  );
}

function orphans(document: TreeObject, components: readonly ResolvedComponent[], place: Place): Problem[] {
  const owned = new Set(components.flatMap(({ steps }) => steps));
  return documentSteps(document)
    .filter(({ id }) => !owned.has(id))
    .map(({ id, index }) => ({
      what: `step "${id}" belongs to no component`,
      ...place(["steps", index, "id"]),
      next: "list it under componentsDefinition.COMPONENT.steps, or remove it",
    }));
}

function stepConfigProblems(
  document: TreeObject,
  section: string,
  components: readonly ResolvedComponent[],
  ids: readonly string[],
  place: Place,
): Problem[] {
  const steps = documentSteps(document);
  return components.flatMap(({ name, steps: own }) => {
    const stepConfig = mapOf(mapOf(mapOf(document[section])[name])["stepConfig"]);
    return Object.entries(stepConfig).flatMap(([id, settings]): Problem[] => {
      const at = place([section, name, "stepConfig", id]);
      if (!ids.includes(id)) {
        return [
          { what: `settings for a step "${id}" that does not exist`, ...at, allowed: nearestFirst(id, own) },
        ];
      }
      if (!own.includes(id)) {
        const owner = components.find((component) => component.steps.includes(id))?.name;
        return [
          {
            what: `step "${id}" is not one of component ${name}`,
            ...at,
            allowed: nearestFirst(id, own),
            next: owner === undefined ? undefined : `move it to components.${owner}.stepConfig.${id}`,
          },
        ];
      }
      const type = steps.find((step) => step.id === id)?.type;
      if (type === undefined || type === "chart" || mapOf(settings)["helmValues"] === undefined) return [];
      return [
        {
          what: `helmValues for a step that installs no chart: "${id}" is of type ${type}`,
          ...place([section, name, "stepConfig", id, "helmValues"]),
          next: "its input is set with stepConfig.STEP.with",
        },
      ];
    });
  });
}
