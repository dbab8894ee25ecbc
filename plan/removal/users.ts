/** What users made, and what goes with an installation although no release and no stack made it. */

import type { RemovalContext } from "./context.ts";
import { isHousekeeping } from "./known.ts";
import { type CustomKind, identityOf, type LiveObject } from "./objects.ts";

/**
 * Objects of kinds whose definition goes, and whatever is in namespaces that go. What exists only through another
 * object that was read goes with that one, and is not counted.
 *
 * @param own Objects that the releases and the stack made.
 */
export function userObjectsOf(
  {
    objects,
    customKinds,
  }: { readonly objects: readonly LiveObject[]; readonly customKinds: readonly CustomKind[] },
  goes: {
    readonly crds: readonly { readonly name: string }[];
    readonly namespaces: readonly { readonly name: string }[];
    readonly own: readonly LiveObject[];
  },
): LiveObject[] {
  const crdOf = crdsByKind(customKinds);
  const crds = new Set(goes.crds.map(({ name }) => name));
  const namespaces = new Set(goes.namespaces.map(({ name }) => name));
  const own = new Set(goes.own);
  const uids = new Set(objects.map(({ uid }) => uid));
  return objects.filter((object) => {
    if (own.has(object) || object.owners.some((uid) => uids.has(uid))) return false;
    if (crds.has(crdOf(object) ?? "")) return true;
    return object.namespace !== undefined && namespaces.has(object.namespace) && !isHousekeeping(object);
  });
}

/**
 * The order in which users' custom objects are deleted, while those who look after them still run: first what they
 * made of their own definitions, then what is held by a finalizer, then the rest. Objects of other kinds go with
 * their namespace.
 */
export function wavesOf(
  { survey }: RemovalContext,
  userObjects: readonly LiveObject[],
  crds: readonly LiveObject[],
): LiveObject[][] {
  const crdOf = crdsByKind(survey.customKinds);
  const going = new Set(crds.map(({ name }) => name));
  const generated = new Set(Object.values(survey.generated).flat());
  const custom = userObjects.filter((object) => going.has(crdOf(object) ?? ""));
  const isInstance = (object: LiveObject): boolean => generated.has(crdOf(object) ?? "");
  const isHeld = ({ finalizers }: LiveObject): boolean => finalizers.length > 0;
  return [
    custom.filter(isInstance),
    custom.filter((object) => !isInstance(object) && isHeld(object)),
    custom.filter((object) => !isInstance(object) && !isHeld(object)),
  ].filter((wave) => wave.length > 0);
}

/** Finds the definition of an object's kind. */
export function crdsByKind(customKinds: readonly CustomKind[]): (object: LiveObject) => string | undefined {
  const kindOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): string =>
    identityOf({ apiVersion, kind, name: "" });
  const crds = new Map(customKinds.map((one) => [kindOf(one), one.crd]));
  return (object) => crds.get(kindOf(object));
}
