/** Turns API objects into the form that the removal plan uses. */
import type { LiveObject, ObjectName } from "../../plan/removal/objects.ts";
import { type KubeObject, list, pathOf } from "../client/api.ts";
import { UnreachableError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import { inParallel } from "../client/parallel.ts";
import type { RequestOptions } from "../client/request.ts";
import type { ServedKind } from "./kinds.ts";

/** Names, labels and the like; what is in a Secret stays in the cluster. */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** What removal wants to know of an object; a list's items do not say of which kind they are. */
export function liveObject({ metadata }: KubeObject, apiVersion: string, kind: string): LiveObject {
  return {
    apiVersion,
    kind,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    owners: (metadata.ownerReferences ?? []).map(({ uid }) => uid),
    ...(metadata.deletionTimestamp !== undefined && { deletedAt: Date.parse(metadata.deletionTimestamp) }),
  };
}

/** Objects of one kind, in one namespace or everywhere. Errors as `get` in api.ts. */
export async function listObjects(
  connection: Connection,
  { apiVersion, kind, plural, namespaced }: ServedKind,
  { namespace, ...options }: RequestOptions & { readonly namespace?: string } = {},
): Promise<LiveObject[]> {
  const path = pathOf(apiVersion, plural, namespaced ? namespace : undefined);
  const objects = await list<KubeObject>(connection, path, { ...options, accept: metadataOnly });
  return objects.map((object) => liveObject(object, apiVersion, kind));
}

/**
 * Lists many kinds. One that nobody answers for now is named instead of failing all.
 *
 * @throws ConfigurationError with every kind that the user may not list
 */
export async function listMany(
  connection: Connection,
  wanted: readonly {
    readonly kind: ServedKind;
    readonly namespace?: string;
    readonly query?: Readonly<Record<string, string>>;
  }[],
): Promise<{ objects: LiveObject[]; unreadable: string[] }> {
  const unreadable = new Set<string>();
  const lists = await inParallel(wanted, async ({ kind, namespace, query }) => {
    try {
      return await listObjects(connection, kind, { namespace, query });
    } catch (error) {
      // An aggregated API whose server is down answers 503 while the cluster itself is well.
      if (!(error instanceof UnreachableError) || !kind.group.includes(".")) throw error;
      unreadable.add(`${kind.plural}.${kind.group}`);
      return [];
    }
  });
  return { objects: lists.flat(), unreadable: [...unreadable] };
}

/** Adds the namespace that a manifest may leave out. */
export function inNamespace(
  object: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } },
  namespace: string,
  isNamespaced: (object: { apiVersion: string; kind: string }) => boolean,
): ObjectName {
  const { apiVersion, kind, metadata } = object;
  const scope = isNamespaced(object) ? (metadata.namespace ?? namespace) : undefined;
  return { apiVersion, kind, ...(scope !== undefined && { namespace: scope }), name: metadata.name };
}
