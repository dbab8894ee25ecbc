/**
 * Maps that something else takes the place of. YAML makes it easily: with a no-break space behind its colon, or without a
 * line below it, a key that should open a map holds a text or nothing, and all that the layers below say in it is lost.
 */

import { mergeMaps } from "../../model/merge.ts";
import { valueAt } from "../../model/path.ts";
import { type Problem, placeText } from "../../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../../model/secret-value.ts";
import type { Path } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";
import { definitionSection, mapOf, stepsIn } from "../resolved-components.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";
import { placeIn } from "../yaml/yaml-file.ts";

/** Keys that a message names of a map. */
const namedKeys = 3;

/**
 * A warning for each map that a layer replaces by a text, number, boolean or list. A null is left alone: it is the way to
 * take a whole map away, and says so.
 */
export function replacedMapWarnings({ layers, document, computed }: ResolvedConfiguration): string[] {
  let below: TreeObject = {};
  const between = layers.flatMap((layer) => {
    const found = replaced(below, layer.root).map((one) =>
      warning(one, placeIn(layer.source, [...layer.base, ...one.path])),
    );
    below = mergeMaps(below, layer.root);
    return found;
  });
  // Here the values of a step meet those that its component sets.
  const within = computed
    .filter(({ type }) => type === "chart")
    .flatMap((step) =>
      replacedInStep(document, step).map((one) => warning(one, step.place(["values", ...one.path]))),
    );
  return [...new Set([...between, ...within])];
}

interface Replaced {
  readonly path: Path;
  readonly keys: readonly string[];
}

/** What a component's settings replace of the values that the step itself has. */
function replacedInStep(document: TreeObject, { id, component }: ComputedStep): Replaced[] {
  const step = stepsIn(document).find((candidate) => isMap(candidate) && candidate["id"] === id);
  const own = valueAt(step, ["with", "values"]);
  return [definitionSection(document), "components"].flatMap((section) => {
    const settings = mapOf(valueAt(document, [section, component]) as Tree | undefined);
    const config = mapOf(valueAt(settings, ["stepConfig", id]) as Tree | undefined);
    return [
      settings["helmDefaults"],
      valueAt(settings, ["helmDefaults", "with", "values"]),
      config["helmValues"],
      valueAt(config, ["with", "values"]),
    ].flatMap((given) => replaced(mapOf(own as Tree | undefined), mapOf(given as Tree | undefined)));
  });
}

function replaced(below: TreeObject, above: TreeObject, path: Path = []): Replaced[] {
  return Object.entries(above).flatMap(([key, value]): Replaced[] => {
    const lower = Object.hasOwn(below, key) ? below[key] : undefined;
    if (!isMap(lower) || Object.keys(lower).length === 0 || value === null) return [];
    const at = [...path, key];
    return isMap(value) ? replaced(lower, value, at) : [{ path: at, keys: Object.keys(lower) }];
  });
}

function warning({ keys }: Replaced, place: Pick<Problem, "file" | "line" | "path">): string {
  const named = `${keys.slice(0, namedKeys).join(", ")}${keys.length > namedKeys ? ", …" : ""}`;
  return `${placeText(place)}: replaces a whole map, with ${named} in it; to change a part of it, write a map here; to remove all of it, write null`;
}
