/** Rights on the Helm releases of Krateo 2.7.0 that a migration removes, and that `krateo restore` puts back. */
import { deprecatedReleases } from "../../components/deprecated.ts";
import { objectsOfLegacy } from "../../components/deprecated-objects.ts";
import { type Inventory, isMigration } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import type { KindFinder } from "./kinds.ts";
import { namespaceOf, type PlannedObject, plannedObjects } from "./planned-objects.ts";
import type { Purpose, Right } from "./right.ts";

/** Objects by the name of the Helm release that they are of. */
export type ObjectsByRelease = ReadonlyMap<string, readonly PlannedObject[]>;

/** What an account is for that runs `pulumi up`: it removes whatever of 2.7.0 is there. */
export function purposeOfUp(inventory: Inventory): Purpose {
  const { releases, volumes, leftovers = [] } = inventory.legacy;
  const left = releases.length + volumes.length + leftovers.length;
  return isMigration(inventory) || left > 0 ? "migrate" : "install";
}

/** What the releases hold by what is known of their charts. */
export function knownOfLegacy({ namespace }: Settings): ObjectsByRelease {
  const known = Object.entries(objectsOfLegacy(namespace));
  return new Map(
    known.map(([name, objects]) => [name, plannedObjects(`release ${name}`, namespace, objects)]),
  );
}

/** Those that `krateo restore` makes again. The installer's own releases are there as long as it can. */
export function restorable(objects: ObjectsByRelease): PlannedObject[] {
  return deprecatedReleases.flatMap(({ name }) => objects.get(name) ?? []);
}

/** To remove the objects of all releases, and to make again those that can be restored. */
export function rightsOnLegacy(objects: ObjectsByRelease, kindOf: KindFinder): Right[] {
  const again = new Set(restorable(objects));
  return [...objects.values()].flat().flatMap((object): Right[] => {
    const { apiVersion, kind, metadata } = object.manifest;
    const { group, resource, ...found } = kindOf(apiVersion, kind);
    const namespace = namespaceOf(object, found);
    const right = (verbs: readonly string[], why: string, names?: readonly string[]): Right => ({
      ...{ group, resource, verbs, why },
      ...(namespace !== undefined && { namespace }),
      ...(names && { names }),
    });
    return [
      right(
        ["get", "delete"],
        "remove what Krateo 2.7.0 has and 3.0.0 has not",
        namespace === undefined ? [metadata.name] : undefined,
      ),
      ...(again.has(object) ? [right(["create"], "put back by restore what a migration has removed")] : []),
    ];
  });
}
