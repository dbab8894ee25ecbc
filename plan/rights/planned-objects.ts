/** Rights on the objects that charts and steps make. */
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject } from "../../model/settings.ts";
import { firstFew } from "../removal/objects.ts";
import type { KindFinder, KindOfObject } from "./kinds.ts";
import { includes, type Purpose, type Right } from "./right.ts";

/** An object of a Helm release or of a step, as its manifest has it. */
export interface PlannedObject {
  /** Who makes it, as messages name it: `chart authn`, `step expose-web`. */
  readonly maker: string;
  /** Namespace of an object that names none. */
  readonly home: string;
  readonly manifest: JsonObject & { apiVersion: string; kind: string; metadata: { name: string } };
  /** True for one that Pulumi makes itself, not Helm. */
  readonly watched?: true;
}

/** Where RBAC's own kinds are. */
export const rbacGroup = "rbac.authorization.k8s.io";

/** The objects among YAML documents. */
export function plannedObjects(maker: string, home: string, documents: readonly Json[]): PlannedObject[] {
  return documents.flatMap((document) => {
    const manifests = isMap(document) && Array.isArray(document["items"]) ? document["items"] : [document];
    return manifests.filter(isManifest).map((manifest) => ({ maker, home, manifest }));
  });
}

function isManifest(document: Json): document is PlannedObject["manifest"] {
  if (!isMap(document)) return false;
  const { apiVersion, kind, metadata } = document;
  return typeof apiVersion === "string" && typeof kind === "string" && isMap(metadata) && "name" in metadata;
}

/** The namespace of an object; undefined for one that is in none. */
export function namespaceOf(
  { manifest, home }: PlannedObject,
  { namespaced }: { readonly namespaced: boolean },
): string | undefined {
  if (!namespaced) return undefined;
  const { namespace } = manifest.metadata as { namespace?: string };
  return namespace || home;
}

/** Objects of one kind in one place. */
interface Group {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly names: Set<string>;
  readonly makers: Set<string>;
  watched: boolean;
}

/**
 * What has to be done with the objects: for an installation they are made, changed and removed. In operation those in
 * namespaces are, those of the whole cluster are only changed, and roles and their bindings only read.
 */
export function rightsOnObjects(
  objects: readonly PlannedObject[],
  kindOf: KindFinder,
  purpose: Purpose,
): Right[] {
  if (purpose === "verify") return [];
  const groups = new Map<string, Group>();
  for (const object of objects) {
    if (purpose === "operate" && !isOfUpgrade(object)) continue;
    const kind = kindOf(object.manifest.apiVersion, object.manifest.kind);
    const namespace = namespaceOf(object, kind);
    const { group, resource } = kind;
    const key = JSON.stringify([namespace, group, resource]);
    const found = groups.get(key) ?? {
      ...{ group, resource, namespace, names: new Set(), makers: new Set() },
      watched: false,
    };
    if (isWatched(object, kind, purpose)) found.watched = true;
    found.names.add(object.manifest.metadata.name);
    found.makers.add(object.maker);
    groups.set(key, found);
  }
  return [...groups.values()].flatMap((found) => rightsOn(found, purpose));
}

/** False for what only a hook of an installation or a removal makes. */
function isOfUpgrade({ manifest }: PlannedObject): boolean {
  const { annotations } = manifest.metadata as { annotations?: Readonly<Record<string, unknown>> | null };
  const hook = annotations?.["helm.sh/hook"];
  return hook === undefined || /-(upgrade|rollback)\b/.test(String(hook));
}

/** Helm watches the Jobs of hooks until they have ended; Pulumi what it removes itself until it is gone. */
function isWatched(object: PlannedObject, { group, resource }: KindOfObject, purpose: Purpose): boolean {
  return (
    (group === "batch" && resource === "jobs") || (object.watched === true && includes(purpose, "install"))
  );
}

function rightsOn({ group, resource, namespace, names, makers, watched }: Group, purpose: Purpose): Right[] {
  const of = [...makers].toSorted();
  const isRbac = group === rbacGroup;
  const isNamespace = group === "" && resource === "namespaces";
  const right = (verbs: readonly string[], what: string, all = false): Right[] => [
    {
      group,
      resource,
      verbs,
      ...(namespace !== undefined && { namespace }),
      ...(namespace === undefined && !all && { names: [...names].toSorted() }),
      why: `${what} ${firstFew(of, 3)}`,
    },
  ];
  if (purpose === "operate") {
    if (isRbac) return right(["get"], "read what is made by");
    if (namespace === undefined) return right(["get", "patch"], "read and change what is made by");
  }
  // Its namespaces are there before: a role in one can be made only then.
  if (isNamespace) return right(["get", "patch", "delete"], "read, change and remove what is made by");
  const watch = watched ? ["watch"] : [];
  if (namespace === undefined)
    return [
      ...right(["list", ...watch, "create"], "find and make what is asked for by", true),
      ...right(["get", "patch", "delete"], "read, change and remove what is asked for by"),
    ];
  const list = watched ? ["list"] : [];
  // What no patch can change is replaced as a whole.
  const change = ["patch", "update"];
  return right(
    ["get", ...list, ...watch, "create", ...change, "delete"],
    "make, change and remove what is asked for by",
  );
}
