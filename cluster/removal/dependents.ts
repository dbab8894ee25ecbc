/** Finds the users' objects and volumes that depend on installed releases. */
import { type Dependents, releaseKey } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import { switchedOff } from "../../plan/removal/guard.ts";
import { bearsReleaseOf, isVolumeOf } from "../../plan/removal/known.ts";
import { byKind, identityOf, isCrd, placeOf } from "../../plan/removal/objects.ts";
import { crdsByKind, userObjectsOf } from "../../plan/removal/users.ts";
import type { Connection } from "../client/connection.ts";
import type { HelmRelease } from "../client/helm-release.ts";
import { isKept, type ManifestObject, parseManifest } from "../client/manifest.ts";
import type { RequestOptions } from "../client/request.ts";
import { crdNameOf, readServedKinds, type ServedKind } from "./kinds.ts";
import { inNamespace, listMany, listObjects } from "./objects.ts";

const claims: ServedKind = {
  apiVersion: "v1",
  group: "",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  namespaced: true,
};

/**
 * What hangs on the Helm releases that exist although their component is switched off. Where there is none such, as
 * nearly always, nothing is asked of the cluster.
 *
 * @param releases Every live release, by its key in the inventory.
 * @returns undefined when there is no such release. Errors as `get` in api.ts.
 */
export async function readDependents(
  connection: Connection,
  settings: Settings,
  releases: ReadonlyMap<string, HelmRelease>,
  options: RequestOptions = {},
): Promise<Record<string, Dependents> | undefined> {
  const going = switchedOff(settings).flatMap(({ release, chart }) => {
    const key = releaseKey(release, settings.namespace);
    const live = releases.get(key);
    return live && live.chart.metadata.name === chart.name ? [{ key, live }] : [];
  });
  if (going.length === 0) return undefined;
  const { kinds } = await readServedKinds(connection, options);
  const manifests = [...releases.values()].flatMap((release) => manifestNames(release, kinds));
  const made = new Set(manifests.map(identityOf));
  const entries = going.map(async ({ key, live }) => [
    key,
    await dependentsOf(connection, live, kinds, made, options),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function dependentsOf(
  connection: Connection,
  release: HelmRelease,
  kinds: readonly ServedKind[],
  made: ReadonlySet<string>,
  options: RequestOptions,
): Promise<Dependents> {
  const objects = parseManifest(release.manifest).filter((object) => !isKept(object));
  const named = (object: ManifestObject) => ({ name: object.metadata.name });
  const crds = objects.filter((object) => isCrd({ ...object, name: "" })).map(named);
  const namespaces = objects.filter(({ kind }) => kind === "Namespace").map(named);
  const custom = kinds.filter((kind) => crds.some(({ name }) => name === crdNameOf(kind)));
  const [found, volumes] = await Promise.all([
    listMany(connection, [
      ...custom.map((kind) => ({ kind })),
      ...kinds
        .filter((kind) => kind.namespaced && !custom.includes(kind) && kind.kind !== "Event")
        .flatMap((kind) => namespaces.map(({ name }) => ({ kind, namespace: name }))),
    ]),
    listObjects(connection, claims, { ...options, namespace: release.namespace }),
  ]);
  const customKinds = custom.map((kind) => ({ ...kind, crd: crdNameOf(kind) }));
  const users = userObjectsOf(
    { objects: found.objects, customKinds },
    { crds, namespaces, own: found.objects.filter((object) => made.has(identityOf(object))) },
  );
  const crdOfObject = crdsByKind(customKinds);
  const own = volumes.filter(
    (claim) =>
      bearsReleaseOf(claim, release) || isVolumeOf(claim, { ...release, chart: release.chart.metadata.name }),
  );
  return {
    objects: byKind(users).map(([kind, members]) => ({
      kind,
      crd: (members[0] && crdOfObject(members[0])) ?? kind.toLowerCase(),
      names: members.map(placeOf),
      held: members.filter((object) => crdOfObject(object) && object.finalizers.length > 0).map(placeOf),
    })),
    volumes: own.map(({ name, owners }) => ({ name, goes: owners.length > 0 })),
  };
}

function manifestNames(release: HelmRelease, kinds: readonly ServedKind[]) {
  const isNamespaced = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
    kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind)?.namespaced ?? true;
  return parseManifest(release.manifest).map((object) =>
    inNamespace(object, release.namespace, isNamespaced),
  );
}
