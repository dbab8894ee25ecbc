/** Lists the kinds that the API server serves. */
import { get } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import type { RequestOptions } from "../client/request.ts";

/** A kind of objects that the API server lists and deletes, in the version that it prefers. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

interface Discovery {
  readonly items?: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      /** `Stale` when the server behind an aggregated API does not answer. */
      readonly freshness?: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind: string };
        readonly scope: "Namespaced" | "Cluster";
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

/** All groups in one answer; served since Kubernetes 1.30, the oldest that Krateo 3.0.0 runs on. */
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/**
 * Every kind that can be listed and deleted, each once.
 *
 * @returns `stale`: groups that nobody answers for now, so that their kinds are not known
 */
export async function readServedKinds(
  connection: Connection,
  options: RequestOptions = {},
): Promise<{ kinds: ServedKind[]; stale: string[] }> {
  const answers = await Promise.all(
    ["/api", "/apis"].map((path) => get<Discovery>(connection, path, { ...options, accept: aggregated })),
  );
  const groups = answers.flatMap((answer) => answer?.items ?? []);
  const kinds = new Map<string, ServedKind>();
  const stale: string[] = [];
  for (const { metadata, versions } of groups) {
    const group = metadata.name ?? "";
    for (const { version, freshness, resources = [] } of versions) {
      if (freshness === "Stale") stale.push(`${group}/${version}`);
      for (const { resource, responseKind, scope, verbs } of resources) {
        const kind = responseKind?.kind ?? "";
        // The preferred version comes first; another one would list the same objects again.
        const known = kinds.has(`${group}/${kind}`);
        if (known || kind === "" || !verbs.includes("list") || !verbs.includes("delete")) continue;
        const apiVersion = group === "" ? version : `${group}/${version}`;
        const namespaced = scope === "Namespaced";
        kinds.set(`${group}/${kind}`, { apiVersion, group, kind, plural: resource, namespaced });
      }
    }
  }
  return { kinds: [...kinds.values()], stale };
}

/** Name of the definition of a custom kind. */
export function crdNameOf({ plural, group }: ServedKind): string {
  return `${plural}.${group}`;
}
