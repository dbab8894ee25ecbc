import type { ExistingObject, Inventory } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { secretNamesOf } from "./database-secrets.ts";

/**
 * What an installation would take over although it is about to vanish: the API server makes nothing in a namespace that
 * is being deleted, and a Secret that is held by a finalizer is gone as soon as that is.
 */
export function deletionProblems(settings: Settings, inventory: Inventory): Problem[] {
  const { namespace } = settings;
  // All that is in it is being deleted, too: one sentence is enough.
  const home = problemOf(`namespace ${namespace}`, inventory.namespace);
  if (home.length > 0) return home;
  return [
    ...secretNamesOf(settings).flatMap((name) =>
      problemOf(`Secret ${namespace}/${name}`, inventory.secrets[name]),
    ),
    ...Object.entries(inventory.objects).flatMap(([key, object]) => problemOf(labelOf(key), object)),
  ];
}

function problemOf(label: string, object: ExistingObject | undefined): Problem[] {
  if (object?.deleting === undefined) return [];
  return [
    {
      what: `${label} is being deleted`,
      given: object.deleting,
      next: "nobody can take that back: wait until it is gone, and run this again; what a finalizer holds goes once that is taken off",
    },
  ];
}

/** Of a key as `objectKey` makes it. */
function labelOf(key: string): string {
  const [kind, namespace, name] = key.split("/").slice(-3);
  return [kind, namespace ? `${namespace}/${name}` : name].join(" ");
}
