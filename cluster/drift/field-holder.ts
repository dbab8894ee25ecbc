/** Finds who set a field of an object. */
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";

/** Who set a field, by the API server's own record of it (metadata.managedFields). */
export interface FieldHolder {
  readonly manager: string;
  /** Time of its last write of that object, as the API server writes it; undefined in records without one. */
  readonly since: string | undefined;
  /** It applies its whole object again and again (server-side apply), and so sets the field again. */
  readonly applies: boolean;
}

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: JsonObject;
}

/** Names under which this program's own tools write: Helm, by itself or inside Pulumi's plugin, and the plugin. */
const ownManagers = /^(helm|pulumi-kubernetes|pulumi-resource-kubernetes)/;

/** Tools that keep a cluster as a repository says, by the names under which they write. */
const gitOpsTools: readonly (readonly [name: string, managers: RegExp])[] = [
  ["Argo CD", /^argocd-/],
  ["Flux", /^(kustomize|helm)-controller$/],
  ["Fleet", /^fleet/],
  ["Config Sync", /^configsync/],
];

/** The GitOps tool that writes under this name. */
export function gitOpsTool(manager: string): string | undefined {
  return gitOpsTools.find(([, managers]) => managers.test(manager))?.[0];
}

/**
 * Who else than this program set a field last.
 *
 * @param path Of the field, in `planned`: the items of a list are told apart by what is planned for them.
 * @returns undefined when nobody else holds it, as of a field that is not there
 */
export function holderOf(path: Path, planned: Json, live: JsonObject): FieldHolder | undefined {
  const { managedFields } = (live["metadata"] ?? {}) as { managedFields?: readonly ManagedFields[] };
  const [last] = (managedFields ?? [])
    .filter(({ manager = "", subresource }) => subresource !== "status" && !isOwn(manager))
    .filter(({ fieldsV1 }) => holds(fieldsV1 ?? {}, path, planned))
    .toSorted((one, other) => (other.time ?? "").localeCompare(one.time ?? ""));
  if (!last) return undefined;
  return { manager: last.manager ?? "", since: last.time, applies: last.operation === "Apply" };
}

/** Flux has a manager whose name begins as Helm's does. */
function isOwn(manager: string): boolean {
  return ownManagers.test(manager) && gitOpsTool(manager) === undefined;
}

/** Walks a set of fields: `f:NAME` for a map's key, `k:{…}` and `v:…` for a list's item; an empty one ends it. */
function holds(fields: JsonObject, path: Path, planned: Json | undefined): boolean {
  const keys = Object.keys(fields).filter((key) => key !== ".");
  const [segment, ...rest] = path;
  if (segment === undefined || keys.length === 0) return true;
  const below = (key: string, value: Json | undefined): boolean => {
    const inner = fields[key];
    return isMap(inner) && holds(inner, rest, value);
  };
  if (typeof segment === "string") {
    return below(`f:${segment}`, isMap(planned) ? planned[segment] : undefined);
  }
  const item = Array.isArray(planned) ? planned[segment] : undefined;
  return keys.some((key) => isItem(key, item) && below(key, item));
}

/** True for a key of a set of fields that means this item of a list. */
function isItem(key: string, item: Json | undefined): boolean {
  if (!/^[kv]:/.test(key)) return false;
  const sign = JSON.parse(key.slice(2)) as Json;
  if (key.startsWith("v:")) return sign === item;
  // A manifest may leave a key open, the protocol of a port, say.
  return (
    isMap(sign) &&
    isMap(item) &&
    Object.entries(sign).every(([name, value]) => (item[name] ?? value) === value)
  );
}
