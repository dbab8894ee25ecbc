/** Images that an object makes pods run. */
import { isMap } from "../../model/secret-value.ts";
import type { Json } from "../../model/settings.ts";

const containerLists = ["containers", "initContainers", "ephemeralContainers"];

/**
 * Images of all containers in a manifest, wherever the pod's template is in it, and of a PostgreSQL cluster; each once, in
 * order of appearance.
 */
export function imagesIn(manifest: Json): string[] {
  const found: string[] = [];
  visit(manifest, found);
  const spec = isMap(manifest) ? manifest["spec"] : undefined;
  // CloudNativePG makes the pods of a Cluster out of it.
  if (isMap(spec) && typeof spec["imageName"] === "string") found.push(spec["imageName"]);
  return [...new Set(found)];
}

function visit(value: Json, found: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found);
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (containerLists.includes(key) && Array.isArray(item)) {
        for (const container of item) {
          if (isMap(container) && typeof container["image"] === "string") found.push(container["image"]);
        }
      }
      visit(item, found);
    }
  }
}
