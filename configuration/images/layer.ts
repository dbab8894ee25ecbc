/** The layer of values that `krateo:imageRegistry`, `krateo:imagePullSecrets` and logins at the images' registries stand for. */

import { knownChart } from "../../components/catalogue.ts";
import type { ImageDescription } from "../../components/description.ts";
import { registryLogin } from "../../components/secrets.ts";
import { startsWith, withValueAt } from "../../model/path.ts";
import { stackConfiguration } from "../../model/problem.ts";
import { mask, type Tree, type TreeObject } from "../../model/secret-value.ts";
import type { ImageSettings, Json, JsonObject, Path } from "../../model/settings.ts";
import { chartSource } from "../chart-source.ts";
import { computeStep, placesOf } from "../computed-step.ts";
import { type Layer, madeLayer, mergeLayers, saidAt } from "../layers.ts";
import { documentSteps, resolveComponents } from "../resolved-components.ts";
import { applySet, type SetEntry } from "../set-paths.ts";
import type { StackConfig } from "../stack-config.ts";
import { chosenReference, chosenRegistry, isRun } from "./chosen-image.ts";
import { atRegistry, hostOfReference } from "./reference.ts";

/** The layer, and what follows from the keys beside it. */
export interface ImageLayer extends Pick<ImageSettings, "redirected" | "pullSecrets" | "logins"> {
  readonly layer: Layer;
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
 * @returns undefined where none of the keys is set
 */
export function imageLayer(
  config: StackConfig,
  below: readonly Layer[],
  users: readonly Layer[],
): ImageLayer | undefined {
  const { registry, pullSecrets: named } = config.images;
  const hasLogins = Object.keys(config.registries).length > 0;
  if (registry === undefined && named.length === 0 && !hasLogins) return undefined;
  const { document, entries } = applySet(mergeLayers(below), config.set, config.setIsSecret);
  const charts = chartsOf(document).map((chart) => {
    const { step, component, images, version, values } = chart;
    const isFree = ({ path }: Value): boolean =>
      !placesOf(document, step, component, ["values", ...path]).some((place) =>
        isGiven(place, users, entries),
      );
    const run = images.filter((image) => isRun(image, values));
    const redirections = run.flatMap((image) => redirection(image, values, version, registry)).filter(isFree);
    const final = redirections.reduce<TreeObject>(
      (sum, { path, value }) => withValueAt(sum, path, value),
      values,
    );
    const hosts = run.map((image) => hostOfReference(chosenReference(image, final, version)));
    return { id: step.id, component, run, isFree, redirections, hosts };
  });
  const hosts = new Set(charts.flatMap((chart) => chart.hosts));
  const logins = Object.fromEntries(Object.entries(config.registries).filter(([host]) => hosts.has(host)));
  const pullSecrets = Object.keys(logins).length > 0 ? [...named, registryLogin] : named;
  const found = charts.map(({ id, component, run, isFree, redirections }) => {
    const secrets = run.flatMap((image) => loginValue(image, pullSecrets)).filter(isFree);
    return { id, component, values: [...redirections, ...secrets] };
  });
  const root = found.reduce<TreeObject>(
    (merged, { id, component, values }) =>
      values.reduce<TreeObject>((sum, { path, value }) => {
        const at = ["components", component, "stepConfig", id, "helmValues", ...path];
        return withValueAt(sum, at, value);
      }, merged),
    {},
  );
  return {
    layer: madeLayer(stackConfiguration, mask(root) as JsonObject),
    redirected: charts.flatMap(({ id, redirections }) =>
      redirections.map(({ path, from = "" }) => ({ step: id, path, from })),
    ),
    pullSecrets,
    ...(Object.keys(logins).length > 0 && { logins }),
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
    const values = mask(input["values"] ?? {}) as JsonObject;
    return [{ step, component: owner.name, images, version, values }];
  });
}

function redirection(
  image: ImageDescription,
  values: Json,
  version: string,
  registry: string | undefined,
): Value[] {
  if (registry === undefined) return [];
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

function textOf(tree: Tree | undefined): string {
  return typeof tree === "string" ? tree : "";
}
