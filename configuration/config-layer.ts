/** The layer of documents that keys of the stack configuration stand for: above all files, below `set`. */

import { mergeMaps } from "../model/merge.ts";
import { stackConfiguration } from "../model/problem.ts";
import type { JsonObject } from "../model/settings.ts";
import { databaseValues } from "./database-config.ts";
import { type Layer, madeLayer, mergeLayers } from "./layers.ts";
import { documentSteps, resolveComponents } from "./resolved-components.ts";
import type { StackConfig } from "./stack-config.ts";

/** The layer for a document that the layers below it make up. A step that the document lacks is passed over. */
export function configLayer(config: StackConfig, below: readonly Layer[]): Layer {
  const document = mergeLayers(below);
  const owners = resolveComponents(document);
  const settings = Object.entries(databaseValues(config)).map(([id, helmValues]): [string, JsonObject] => [
    id,
    { helmValues },
  ]);
  const present = documentSteps(document).map(({ id }) => id);
  const root = settings
    .filter(([id]) => present.includes(id))
    .reduce<JsonObject>((merged, [id, setting]) => {
      const owner = owners.find(({ steps }) => steps.includes(id));
      if (owner === undefined) return merged;
      return mergeMaps(merged, {
        components: { [owner.name]: { stepConfig: { [id]: setting } } },
      }) as JsonObject;
    }, {});
  return madeLayer(stackConfiguration, root);
}
