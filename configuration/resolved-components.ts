/** Components of a merged document: which steps they own, and whether every name they use exists. */

import { mergeMaps } from "../model/merge.ts";
import { nearestFirst } from "../model/nearest.ts";
import type { Problem } from "../model/problem.ts";
import { isMap, reveal, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { Place } from "./document.ts";

/** A component with its definition and its overrides merged. */
export interface ResolvedComponent {
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly steps: readonly string[];
  /** Values for every chart step. */
  readonly helmDefaults: TreeObject;
  /** Inputs for every chart step. */
  readonly withDefaults: TreeObject;
  readonly stepConfig: Readonly<Record<string, { readonly helmValues?: Tree; readonly with?: Tree }>>;
}

/** A step as the document has it, with its place in the list. */
export interface DocumentStep {
  readonly index: number;
  readonly id: string;
  readonly type: "chart" | "var" | "object";
  readonly with: TreeObject | undefined;
}

/** Sections that hold components: the second overrides the first, or stands for both. */
export function definitionSection(document: TreeObject): "componentsDefinition" | "components" {
  const definition = document["componentsDefinition"];
  return isMap(definition) && Object.keys(definition).length > 0 ? "componentsDefinition" : "components";
}

/** Steps of a document that are whole; the others have been reported already. */
export function documentSteps(document: TreeObject): DocumentStep[] {
  const steps = Array.isArray(document["steps"]) ? document["steps"] : [];
  return steps.flatMap((step, index) => {
    if (!isMap(step)) return [];
    const [id, type] = [textOf(step["id"]), textOf(step["type"])];
    const input = step["with"];
    if (id === undefined || (type !== "chart" && type !== "var" && type !== "object")) return [];
    return [{ index, id, type, with: isMap(input) ? input : undefined }];
  });
}

/** Merges each component's definition with its overrides, in document order. */
export function resolveComponents(document: TreeObject): ResolvedComponent[] {
  const section = definitionSection(document);
  const definitions = mapOf(document[section]);
  const overrides = section === "components" ? {} : mapOf(document["components"]);
  return Object.entries(definitions).map(([name, given]) => {
    const definition = mapOf(given);
    const override = mapOf(overrides[name]);
    const { with: withDefaults, ...helmDefaults } = mergeMaps(
      mapOf(definition["helmDefaults"]),
      mapOf(override["helmDefaults"]),
    );
    const description = textOf(definition["description"]);
    const enabled = reveal(override["enabled"] ?? definition["enabled"] ?? true);
    return {
      name,
      description,
      enabled: enabled === true,
      steps: listOf(definition["steps"]),
      helmDefaults,
      withDefaults: mapOf(withDefaults),
      stepConfig: mergeMaps(mapOf(definition["stepConfig"]), mapOf(override["stepConfig"])) as Readonly<
        Record<string, TreeObject>
      >,
    };
  });
}

/** Every name in the document that does not lead where it should, and every step that is not owned once. */
export function referenceProblems(
  document: TreeObject,
  components: readonly ResolvedComponent[],
  place: Place,
): Problem[] {
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

/** Settings of components that upstream ignores where they stand, so that nobody waits for their effect. */
export function ignoredSettings(document: TreeObject): string[] {
  if (definitionSection(document) === "components") return [];
  return Object.entries(mapOf(document["components"])).flatMap(([name, given]) =>
    ["steps", "description"].flatMap((key) =>
      mapOf(given)[key] === undefined
        ? []
        : [`components.${name}.${key} has no effect; it counts in componentsDefinition.${name} only`],
    ),
  );
}

export function mapOf(tree: Tree | undefined): TreeObject {
  return isMap(tree) ? tree : {};
}

function listOf(tree: Tree | undefined): string[] {
  return Array.isArray(tree) ? tree.flatMap((item) => textOf(item) ?? []) : [];
}

/** Text of the document's own; secret stack configuration keeps nothing secret here. */
function textOf(tree: Tree | undefined): string | undefined {
  const value = tree === undefined ? undefined : reveal(tree);
  return typeof value === "string" ? value : undefined;
}

/** Ids of all steps, also of those that are not whole: a reference to one is not at fault. */
function stepIds(document: TreeObject): string[] {
  const steps = Array.isArray(document["steps"]) ? document["steps"] : [];
  return steps.flatMap((step) => (isMap(step) && typeof step["id"] === "string" ? [step["id"]] : []));
}

function duplicateIds(document: TreeObject, place: Place): Problem[] {
  const seen = new Set<string>();
  const steps = Array.isArray(document["steps"]) ? document["steps"] : [];
  return steps.flatMap((step, index) => {
    const id = isMap(step) ? step["id"] : undefined;
    if (typeof id !== "string") return [];
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      {
        what: `two steps have the id "${id}"`,
        ...place(["steps", index, "id"]),
        next: "give each step an id of its own",
      },
    ];
  });
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
