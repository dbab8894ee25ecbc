/** Volumes, the operator's definitions that their data hangs on, and the namespace: what only --purge-data removes. */
import { postgresGroup } from "../../components/cnpg.ts";
import type { RemovalContext } from "./context.ts";
import { bearsMarker, bearsReleaseOf, isHousekeeping, isVolumeOf } from "./known.ts";
import { countsOf, firstFew, isCrd, type LiveObject, objectText } from "./objects.ts";
import type { Retained } from "./retained.ts";

/**
 * Claims of the releases' databases.
 *
 * @returns `owned`: claims that Kubernetes deletes with an object of a release, whatever was asked for
 */
export function volumesOf(
  { survey, departing, manifest }: RemovalContext,
  purgeData: boolean,
): { volumes: LiveObject[]; owned: LiveObject[]; retained: Retained[] } {
  const claims = survey.objects.filter(
    (object) =>
      object.kind === "PersistentVolumeClaim" &&
      departing.some((release) => bearsReleaseOf(object, release) || isVolumeOf(object, release)),
  );
  const makers = new Set(manifest.map(({ uid }) => uid));
  const isOwned = ({ owners }: LiveObject): boolean => owners.some((uid) => makers.has(uid));
  const owned = claims.filter(isOwned);
  const free = claims.filter((claim) => !isOwned(claim));
  if (purgeData) return { volumes: free, owned, retained: [] };
  const why = "it holds data; --purge-data deletes it";
  return { volumes: [], owned, retained: free.map((claim) => ({ what: objectText(claim), why })) };
}

/** CloudNativePG's definitions are kept by its chart; they go with the data, and only when nobody uses them. */
export function operatorCrdsOf(
  { survey, departing, manifest }: RemovalContext,
  purgeData: boolean,
): { crds: LiveObject[]; retained: Retained[] } {
  const all = survey.objects.filter((object) => isCrd(object) && object.name.endsWith(`.${postgresGroup}`));
  const crds = all.filter((crd) => departing.some((release) => bearsReleaseOf(crd, release)));
  if (crds.length === 0) return { crds: [], retained: [] };
  const going = new Set(manifest.map(({ uid }) => uid));
  const users = survey.objects.filter(
    ({ apiVersion, uid, owners }) =>
      apiVersion.startsWith(`${postgresGroup}/`) &&
      !going.has(uid) &&
      !owners.some((owner) => going.has(owner)),
  );
  const what = `${crds.length} CustomResourceDefinitions of CloudNativePG`;
  if (users.length > 0) {
    const why = `they are in use, but no operator is left for ${countsOf(users).join(", ")}`;
    return { crds: [], retained: [{ what, why }] };
  }
  if (!purgeData) return { crds: [], retained: [{ what, why: "--purge-data deletes them" }] };
  return { crds, retained: [] };
}

/**
 * The installation's namespace: it goes only with --purge-data, only if this program made it, and only if nothing of
 * anybody else is in it.
 *
 * @param gone What goes before it.
 */
export function namespaceOf(
  { survey, find, manifest, going }: RemovalContext,
  gone: readonly LiveObject[],
  purgeData: boolean,
): { namespace?: LiveObject; retained: Retained[] } {
  const { objects, unreadable } = survey;
  const namespace = find({ apiVersion: "v1", kind: "Namespace", name: survey.namespace });
  if (!namespace) return { retained: [] };
  const stay = (why: string): { retained: Retained[] } => ({
    retained: [{ what: objectText(namespace), why }],
  });
  if (!bearsMarker(namespace)) return stay("it was there before this program");
  if (!purgeData)
    return stay("volumes and users' objects live in it; --purge-data deletes it once it is empty");

  const leaving = new Set([...manifest, ...gone]);
  const uids = new Set(objects.map(({ uid }) => uid));
  const others = objects.filter(
    (object) =>
      object.namespace === survey.namespace &&
      !leaving.has(object) &&
      !isHousekeeping(object) &&
      !object.owners.some((uid) => uids.has(uid)) &&
      !going.some((release) => isRecordOf(object, release)),
  );
  if (others.length > 0) return stay(`others use it: ${countsOf(others).join(", ")}`);
  if (unreadable.length > 0) return stay(`whether it is empty cannot be read: ${firstFew(unreadable)}`);
  return { namespace, retained: [] };
}

/** True for Helm's own record of a release. */
function isRecordOf({ kind, labels }: LiveObject, release: { readonly name: string }): boolean {
  return kind === "Secret" && labels["owner"] === "helm" && labels["name"] === release.name;
}
