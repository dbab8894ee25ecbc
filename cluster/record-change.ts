/** Changes a record of Helm's. */
import { ReportableError } from "../model/problem.ts";
import { get, pathOf, replace } from "./client/api.ts";
import { ApiError } from "./client/api-errors.ts";
import type { Connection } from "./client/connection.ts";
import { encodeRelease, type HelmRelease, type HelmSecret } from "./client/helm-release.ts";
import { readRecord } from "./client/releases.ts";

/** One revision of a Helm release. */
export interface Revision {
  readonly release: string;
  readonly namespace: string;
  readonly revision: number;
}

/**
 * Changes the record of a revision, and the label that shows its status. No other revision is touched.
 *
 * @param change Gets the record; undefined: it stays as it is.
 * @returns the record as it was; undefined when it is gone
 * @throws as `get` in api.ts; ReportableError when it cannot be read, or somebody else changed it at the same moment
 */
export async function changeRecord(
  connection: Connection,
  { release, namespace, revision }: Revision,
  change: (record: HelmRelease) => HelmRelease | undefined,
): Promise<HelmRelease | undefined> {
  const name = `sh.helm.release.v1.${release}.v${revision}`;
  const path = pathOf("v1", "secrets", namespace, name);
  const secret = await get<HelmSecret>(connection, path);
  if (!secret) return undefined;
  const record = readRecord(secret);
  if (typeof record === "string")
    throw new ReportableError(
      `${release}: its revision ${revision} cannot be read: Secret ${namespace}/${name} ${record}`,
    );
  const changed = change(record);
  if (!changed) return record;
  const { metadata } = secret;
  try {
    await replace(connection, path, {
      ...secret,
      metadata: { ...metadata, labels: { ...metadata.labels, status: changed.info.status } },
      data: { release: encodeRelease(changed) },
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw new ReportableError(
      `${release}: somebody else has just changed its revision ${revision}; look at it and run again`,
    );
  }
  return record;
}
