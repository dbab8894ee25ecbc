/** Components and steps of a merged document: what each component sets, and which steps it owns. */

import { mergeMaps } from "../model/merge.ts";
import { isMap, reveal, type Tree, type TreeObject } from "../model/secret-value.ts";

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
  readonly skip: boolean;
  readonly with: TreeObject | undefined;
}

/** Sections that hold components: the second overrides the first, or stands for both. */
export function definitionSection(document: TreeObject): "componentsDefinition" | "components" {
  const definition = document["componentsDefinition"];
  return isMap(definition) && Object.keys(definition).length > 0 ? "componentsDefinition" : "components";
}

/** The list of steps as it stands, also what is no step in it. */
export function stepsIn({ steps }: TreeObject): readonly Tree[] {
  return Array.isArray(steps) ? steps : [];
}

/** Steps of a document that are whole; the others have been reported already. */
export function documentSteps(document: TreeObject): DocumentStep[] {
  return stepsIn(document).flatMap((step, index) => {
    if (!isMap(step)) return [];
    const [id, type] = [textOf(step["id"]), textOf(step["type"])];
    const input = step["with"];
    if (id === undefined || (type !== "chart" && type !== "var" && type !== "object")) return [];
    const skip = reveal(step["skip"] ?? false) === true;
    return [{ index, id, type, skip, with: isMap(input) ? input : undefined }];
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
