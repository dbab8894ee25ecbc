/** All layers in one document. Highest first: `krateo:set` > images, exposure and other keys > overrides > profiles > release. */
import { type Problem, stackConfiguration } from "../model/problem.ts";
import type { TreeObject } from "../model/secret-value.ts";
import { configLayer } from "./config-layer.ts";
import { debug, layerLines } from "./debug.ts";
import { checkDocument, type Place } from "./document.ts";
import { exposureLayer } from "./exposure/layer.ts";
import { type ImageLayer, imageLayer } from "./images/layer.ts";
import { type Layer, mergeLayers, originIn } from "./layers.ts";
import { overrideStepProblems } from "./override-steps.ts";
import type { Documents } from "./read-documents.ts";
import { applySet, type SetEntry } from "./set-paths.ts";
import type { StackConfig } from "./stack-config.ts";

export interface MergedDocument {
  /** Documents, lowest first. */
  readonly layers: readonly Layer[];
  /** What the stack configuration's `set` lays over them; the last one wins. */
  readonly set: readonly SetEntry[];
  /** All layers merged; what has no shape that a document can have is left out. */
  readonly document: TreeObject;
  /** What follows from the keys about images, beside the values in the document. */
  readonly images: Omit<ImageLayer, "layer">;
  /** Where a value of the document comes from. */
  readonly origin: Place;
  readonly mergeProblems: readonly Problem[];
}

export function mergeDocuments(config: StackConfig, { release, overrides }: Documents): MergedDocument {
  // Without a release document, every name in the overrides would look unknown.
  if (release === undefined)
    return {
      layers: [],
      set: [],
      document: {},
      images: { redirected: [], pullSecrets: [] },
      origin: originIn([], []),
      mergeProblems: [],
    };
  const files = [release, ...overrides];
  const exposure = config.local ? [] : [exposureLayer(config.type, config.exposure)];
  const below = [...files, configLayer(config, files), ...exposure];
  const images = imageLayer(config, below, files.slice(1));
  const layers = images === undefined ? below : [...below, images.layer];
  const set = applySet(mergeLayers(layers), config.set, config.setIsSecret);
  debug(() => layerLines(layers, set.entries));
  const paths = set.entries.map(({ path }) => path);
  const origin = originIn(layers, paths);
  const { usable, problems: shape } = checkDocument("release", set.document, origin);
  // The files were checked one by one; what is new is the doing of `set`.
  const ofSet = shape.filter(({ file }) => file === stackConfiguration);
  return {
    layers,
    set: set.entries,
    document: usable,
    images: images ?? { redirected: [], pullSecrets: config.images.pullSecrets },
    origin,
    mergeProblems: [...overrideStepProblems(files), ...set.problems, ...ofSet],
  };
}
