/** The layer of values that `krateo:imageRegistry` and `krateo:imagePullSecrets` stand for. */

import { knownChart } from "../../components/catalogue.ts";
import type { ImageDescription } from "../../components/description.ts";
import { mergeMaps } from "../../model/merge.ts";
import { startsWith } from "../../model/path.ts";
import { stackConfiguration } from "../../model/problem.ts";
import { mask, type Tree, type TreeObject } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path, RedirectedValue } from "../../model/settings.ts";
import { chartSource } from "../chart-source.ts";
import { computeStep, placesOf } from "../computed-step.ts";
import { type Layer, madeLayer, mergeLayers, saidAt } from "../layers.ts";
import { documentSteps, resolveComponents } from "../resolved-components.ts";
import { applySet, type SetEntry } from "../set-paths.ts";
import type { StackConfig } from "../stack-config.ts";
import { chosenRegistry, isRun } from "./chosen-image.ts";
import { atRegistry } from "./reference.ts";

/** The layer, and what it replaces. */
export interface ImageLayer {
  readonly layer: Layer;
  readonly redirected: readonly RedirectedValue[];
}

/** One value of a chart. */
interface Value {
  readonly path: Path;
  readonly value: Json;
  /** What stood there. */
  readonly from?: string;
}

/**
 * Lies above every document and other key, below `set`, but holds no value that the user gave: what a profile, an override
 * or `set` says of an image or a pull Secret stays.
 *
 * @param below all layers below it, lowest first
 * @param users those of them that are the user's own
 * @returns undefined where neither key is set
 */
export function imageLayer(
  config: StackConfig,
  below: readonly Layer[],
  users: readonly Layer[],
): ImageLayer | undefined {
  const { registry, pullSecrets } = config.images;
  if (registry === undefined && pullSecrets.length === 0) return undefined;
  const { document, entries } = applySet(mergeLayers(below), config.set, config.setIsSecret);
  const found = chartsOf(document).map(({ step, component, images, version, values }) => {
    const isUsers = (path: Path): boolean =>
      placesOf(document, step, component, ["values", ...path]).some((place) =>
        isGiven(place, users, entries),
      );
    const all = images
      .filter((image) => isRun(image, values))
      .flatMap((image) => [
        ...(registry === undefined ? [] : redirection(image, values, version, registry)),
        ...loginValue(image, pullSecrets),
      ])
      .filter(({ path }) => !isUsers(path));
    return { id: step.id, component, values: all };
  });
  const root = found.reduce<TreeObject>(
    (merged, { id, component, values }) =>
      values.reduce<TreeObject>((sum, { path, value }) => {
        const at = ["components", component, "stepConfig", id, "helmValues", ...path];
        return mergeMaps(sum, nested(at, value) as TreeObject);
      }, merged),
    {},
  );
  return {
    layer: madeLayer(stackConfiguration, mask(root) as JsonObject),
    redirected: found.flatMap(({ id, values }) =>
      values.flatMap(({ path, from }) => (from === undefined ? [] : [{ step: id, path, from }])),
    ),
  };
}

/** The steps that install a chart whose images are known, with all that applies to them so far. */
function chartsOf(document: TreeObject) {
  const owners = resolveComponents(document);
  return documentSteps(document).flatMap((step) => {
    const owner = owners.find(({ steps }) => steps.includes(step.id));
    if (owner === undefined || step.type !== "chart") return [];
    const input = computeStep(document, step, owner, () => ({})).with ?? {};
    const result = chartSource(textOf(input["url"]), textOf(input["repo"]), textOf(input["version"]));
    if (!("source" in result)) return [];
    const { name, version } = result.source;
    const { images = [] } = knownChart(name) ?? {};
    const values = mask(input["values"] ?? {});
    return [{ step, component: owner.name, images, version, values }];
  });
}

function redirection(image: ImageDescription, values: Json, version: string, registry: string): Value[] {
  const chosen = chosenRegistry(image, values, version);
  // What a variable stands for is known only while the platform is installed.
  if (chosen === undefined || chosen.given.includes("$")) return [];
  const { path, given } = chosen;
  return [{ path, value: atRegistry(given, registry), from: given }];
}

function loginValue({ login }: ImageDescription, names: readonly string[]): Value[] {
  const [first] = names;
  if (first === undefined || "none" in login) return [];
  const { at: path, form } = login;
  if (form === "name") return [{ path, value: first }];
  return [{ path, value: form === "names" ? [...names] : names.map((name) => ({ name })) }];
}

/** Whether the user says something at a place of the document. */
function isGiven(place: Path, users: readonly Layer[], set: readonly SetEntry[]): boolean {
  return (
    users.some(({ root }) => saidAt(root, [], place) !== undefined) ||
    set.some(
      ({ path, value }) =>
        startsWith(path, place) || (startsWith(place, path) && saidAt(value, path, place) !== undefined),
    )
  );
}

function nested(path: Path, value: Tree): Tree {
  return path.reduceRight<Tree>((inner, key) => ({ [key]: inner }), value);
}

function textOf(tree: Tree | undefined): string {
  return typeof tree === "string" ? tree : "";
}
