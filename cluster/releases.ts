import { get, type KubeObject, list, pathOf, type RequestOptions, remove } from "./api.ts";
import type { Connection } from "./connection.ts";
import { decodeRelease, type HelmRelease, type HelmSecret, helmSecretType } from "./helm-release.ts";

/** A revision's metadata, without the payload that makes up nearly all of its size. */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/**
 * The latest revision of every Helm release in a namespace, by release name. Payloads travel only for revisions
 * that are not superseded, which is nearly always just the latest ones.
 *
 * @throws as `get` in api.ts
 */
export async function readReleases(
  connection: Connection,
  namespace: string,
  options: RequestOptions = {},
): Promise<Map<string, HelmRelease>> {
  const path = pathOf("v1", "secrets", namespace);
  const fieldSelector = `type=${helmSecretType}`;
  const [revisions, payloads] = await Promise.all([
    list(connection, path, {
      ...options,
      accept: metadataOnly,
      query: { labelSelector: "owner=helm", fieldSelector },
    }),
    list<HelmSecret>(connection, path, {
      ...options,
      query: { labelSelector: "owner=helm,status!=superseded", fieldSelector },
    }),
  ]);
  const byName = new Map(payloads.map((secret) => [secret.metadata.name, secret]));
  const latest = await Promise.all(
    latestRevisions(revisions).map(async (name) => {
      // A superseded revision is the latest one only after somebody has deleted the ones behind it.
      return byName.get(name) ?? (await get<HelmSecret>(connection, `${path}/${name}`, options));
    }),
  );
  const releases = latest.filter((secret) => secret !== undefined).map(decodeRelease);
  return new Map(releases.map((release) => [release.name, release]));
}

/** Names of the Secrets that hold each release's highest revision, sorted by release name. */
export function latestRevisions(secrets: readonly KubeObject[]): string[] {
  const latest = new Map<string, KubeObject>();
  for (const secret of secrets) {
    const release = secret.metadata.labels?.["name"];
    if (!release) continue;
    const known = latest.get(release);
    if (!known || revisionOf(secret) > revisionOf(known)) latest.set(release, secret);
  }
  return [...latest.keys()].sort().map((release) => latest.get(release)?.metadata.name as string);
}

function revisionOf(secret: KubeObject): number {
  return Number(secret.metadata.labels?.["version"] ?? 0);
}

/** Removes Helm's records of one release, the latest last: a run that is stopped half-way finds the release again. */
export async function removeRecords(
  connection: Connection,
  namespace: string,
  release: string,
): Promise<void> {
  for (const record of (await revisionsOf(connection, namespace, release)).toReversed()) {
    await remove(connection, pathOf("v1", "secrets", namespace, record));
  }
}

/** Names of the Secrets of every revision of one release, newest first. */
async function revisionsOf(connection: Connection, namespace: string, release: string): Promise<string[]> {
  const secrets = await list(connection, pathOf("v1", "secrets", namespace), {
    accept: metadataOnly,
    query: { labelSelector: `owner=helm,name=${release}`, fieldSelector: `type=${helmSecretType}` },
  });
  return secrets
    .toSorted((one, other) => revisionOf(other) - revisionOf(one))
    .map((secret) => secret.metadata.name);
}
