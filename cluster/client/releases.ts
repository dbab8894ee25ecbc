/** Reads the Helm releases of namespaces. */
import { type DamagedRecord, damagedProblem } from "../../model/helm-record.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { get, type KubeObject, list, pathOf, remove } from "./api.ts";
import type { Connection } from "./connection.ts";
import {
  decodeRelease,
  type HelmRelease,
  type HelmSecret,
  helmSecretType,
  UnreadableRecord,
} from "./helm-release.ts";
import type { RequestOptions } from "./request.ts";

/** A revision's metadata, without the payload that makes up nearly all of its size. */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** What a namespace has of Helm releases. */
export interface NamespaceReleases {
  /** The latest revision of each, by release name. */
  readonly releases: ReadonlyMap<string, HelmRelease>;
  /** Those whose latest revision cannot be read, sorted by release name. */
  readonly damaged: readonly DamagedRecord[];
}

/**
 * The latest revision of every Helm release in a namespace. Payloads travel only for revisions that are not superseded,
 * which is nearly always just the latest ones. A record that cannot be read is no error: it may be anybody's.
 *
 * @throws as `get` in api.ts
 */
export async function readReleases(
  connection: Connection,
  namespace: string,
  options: RequestOptions = {},
): Promise<NamespaceReleases> {
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
  const read = async (name: string): Promise<HelmRelease | string | undefined> => {
    // A superseded revision is the latest one only after somebody has deleted the ones behind it.
    const secret = byName.get(name) ?? (await get<HelmSecret>(connection, `${path}/${name}`, options));
    return secret && readRecord(secret);
  };
  const latest = await Promise.all(
    latestRevisions(revisions).map(async (secret) => ({ secret, found: await read(secret.metadata.name) })),
  );
  const damaged = latest.flatMap(({ secret, found }) =>
    typeof found === "string" ? [{ secret, reason: found }] : [],
  );
  return {
    releases: new Map(
      latest.flatMap(({ found }) => (typeof found === "object" ? [[found.name, found] as const] : [])),
    ),
    damaged: await Promise.all(
      damaged.map(async ({ secret, reason }) => {
        for (const earlier of revisionsBefore(secret, revisions)) {
          if (typeof (await read(earlier.metadata.name)) === "object")
            return { ...damagedRecord(secret, namespace, reason), whole: revisionOf(earlier) };
        }
        return damagedRecord(secret, namespace, reason);
      }),
    ),
  };
}

/** The release that a Secret of Helm's holds, or why none can be read out of it. */
export function readRecord(secret: HelmSecret): HelmRelease | string {
  try {
    return decodeRelease(secret);
  } catch (error) {
    if (error instanceof UnreadableRecord) return error.message;
    throw error;
  }
}

function damagedRecord(secret: KubeObject, namespace: string, reason: string): DamagedRecord {
  const release = secret.metadata.labels?.["name"] ?? "";
  return { secret: secret.metadata.name, namespace, release, revision: revisionOf(secret), reason };
}

/**
 * Stops where a release that matters cannot be read.
 *
 * @throws ConfigurationError naming every such record, and how it is mended
 */
export function refuseDamaged(
  damaged: readonly DamagedRecord[],
  concerned: (record: DamagedRecord) => boolean,
): void {
  const problems = damaged.filter(concerned).map(damagedProblem);
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** The Secrets that hold each release's highest revision, sorted by release name. */
export function latestRevisions(secrets: readonly KubeObject[]): KubeObject[] {
  const latest = new Map<string, KubeObject>();
  for (const secret of secrets) {
    const release = secret.metadata.labels?.["name"];
    if (!release) continue;
    const known = latest.get(release);
    if (!known || revisionOf(secret) > revisionOf(known)) latest.set(release, secret);
  }
  return [...latest.keys()].sort().map((release) => latest.get(release) as KubeObject);
}

/** The other revisions of the same release, newest first. */
function revisionsBefore(latest: KubeObject, secrets: readonly KubeObject[]): KubeObject[] {
  return secrets
    .filter(
      (secret) =>
        secret.metadata.name !== latest.metadata.name &&
        secret.metadata.labels?.["name"] === latest.metadata.labels?.["name"],
    )
    .toSorted((one, other) => revisionOf(other) - revisionOf(one));
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

/**
 * The revision of one release that its objects are made by: the deployed one, else the latest, as Helm takes it when it
 * upgrades. A revision that failed, or is under way, comes after it and may have been applied in part.
 *
 * @returns undefined when there is no such release
 * @throws as `get` in api.ts; ConfigurationError when its record cannot be read
 */
export async function readApplied(
  connection: Connection,
  namespace: string,
  release: string,
): Promise<HelmRelease | undefined> {
  const secrets = await list<HelmSecret>(connection, pathOf("v1", "secrets", namespace), {
    query: {
      labelSelector: `owner=helm,name=${release},status!=superseded`,
      fieldSelector: `type=${helmSecretType}`,
    },
  });
  const newest = secrets
    .filter(({ metadata }) => metadata.labels?.["name"] === release)
    .toSorted((one, other) => revisionOf(other) - revisionOf(one));
  const applied = newest.find(({ metadata }) => metadata.labels?.["status"] === "deployed") ?? newest[0];
  if (!applied) return undefined;
  const record = readRecord(applied);
  if (typeof record === "object") return record;
  throw new ConfigurationError([damagedProblem(damagedRecord(applied, namespace, record))]);
}
