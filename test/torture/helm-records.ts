/** Helm's own records, read without the program's reader: what is live is not told by whom it is asked of. */
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { type KubeObject, list, pathOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { paths } from "../support/rehearsal.ts";

/** One revision of a Helm release. */
export interface Revision {
  readonly release: string;
  readonly revision: number;
  readonly status: string;
  /** NAME-VERSION of its chart. */
  readonly chart: string;
  readonly values: JsonObject;
  /** Objects of its manifest, as `KIND NAME`. */
  readonly objects: readonly string[];
  /** Objects of its hooks, as `KIND NAME`. */
  readonly hooks: readonly string[];
}

interface StoredRelease {
  name: string;
  version: number;
  info: { status: string };
  chart: { metadata: { name: string; version: string } };
  config?: JsonObject;
  manifest?: string;
  hooks?: { manifest: string }[];
}

/** Every revision in namespace krateo-system. */
export async function revisions(): Promise<Revision[]> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const query = { labelSelector: "owner=helm" };
  const path = pathOf("v1", "secrets", "krateo-system");
  const secrets = await list<KubeObject & { data: { release: string } }>(connection, path, { query });
  return secrets.map(({ data }) => {
    const packed = Buffer.from(Buffer.from(data.release, "base64").toString(), "base64");
    const { name, version, info, chart, config, manifest, hooks }: StoredRelease = JSON.parse(
      gunzipSync(packed).toString(),
    );
    return {
      release: name,
      revision: version,
      status: info.status,
      chart: `${chart.metadata.name}-${chart.metadata.version}`,
      values: config ?? {},
      objects: objectsIn(manifest ?? ""),
      hooks: objectsIn((hooks ?? []).map((hook) => hook.manifest).join("\n---\n")),
    };
  });
}

function objectsIn(manifest: string): string[] {
  return parseAllDocuments(manifest)
    .map((document) => document.toJS() as { kind?: string; metadata?: { name?: string } } | null)
    .filter((object) => object?.kind !== undefined)
    .map((object) => `${object?.kind} ${object?.metadata?.name}`);
}

/** The latest revision of each release. */
export function latest(all: readonly Revision[]): Map<string, Revision> {
  const found = new Map<string, Revision>();
  for (const one of all)
    if (one.revision > (found.get(one.release)?.revision ?? 0)) found.set(one.release, one);
  return found;
}
