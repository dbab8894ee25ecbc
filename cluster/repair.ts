/** Marks the unfinished Helm revisions of a killed run as failed. */
import { get, pathOf, replace } from "./client/api.ts";
import { ApiError } from "./client/api-errors.ts";
import type { Connection } from "./client/connection.ts";
import { encodeRelease, type HelmSecret } from "./client/helm-release.ts";
import { readRecord } from "./client/releases.ts";

/** A revision of a Helm release, and the status in which a killed run left it. */
export interface UnfinishedRevision {
  readonly release: string;
  readonly namespace: string;
  readonly revision: number;
}

const unfinished = /^(pending-(install|upgrade|rollback)|uninstalling|uninstalled)$/;

/**
 * Ends what a killed run began: marks the revision as failed, in its label and in its record, as Helm does itself
 * when an operation fails. Helm then upgrades over it; no object and no other revision is touched. A revision that
 * has another status by now, or is gone, is left alone, so that this is safe to repeat.
 *
 * @returns what was done, as a sentence
 * @throws as `get` in api.ts; Error when somebody else changed the record at the same moment
 */
export async function endRevision(
  connection: Connection,
  { release, namespace, revision }: UnfinishedRevision,
): Promise<string> {
  const name = `sh.helm.release.v1.${release}.v${revision}`;
  const path = pathOf("v1", "secrets", namespace, name);
  const secret = await get<HelmSecret>(connection, path);
  if (!secret) return `${release}: revision ${revision} is gone, nothing to repair`;
  const record = readRecord(secret);
  if (typeof record === "string")
    throw new Error(
      `${release}: its revision ${revision} cannot be read: Secret ${namespace}/${name} ${record}`,
    );
  const { status } = record.info;
  if (!unfinished.test(status)) return `${release}: revision ${revision} is ${status}, nothing to repair`;
  const info = {
    ...record.info,
    status: "failed",
    description: `was ${status} when the run that began it ended`,
  };
  try {
    await replace(connection, path, {
      ...secret,
      metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status: "failed" } },
      data: { release: encodeRelease({ ...record, info }) },
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw new Error(
      `${release}: somebody else has just changed its revision ${revision}; look at it and run again`,
    );
  }
  return `${release}: revision ${revision} was ${status}, marked as failed so that it can be upgraded`;
}
