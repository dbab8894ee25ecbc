/** Marks the unfinished Helm revisions of a killed run as failed. */
import type { Connection } from "./client/connection.ts";
import { changeRecord, type Revision } from "./record-change.ts";

const unfinished = /^(pending-(install|upgrade|rollback)|uninstalling|uninstalled)$/;

/**
 * Ends what a killed run began: marks the revision as failed, in its label and in its record, as Helm does itself
 * when an operation fails. Helm then upgrades over it; no object and no other revision is touched. A revision that
 * has another status by now, or is gone, is left alone, so that this is safe to repeat.
 *
 * @returns what was done, as a sentence
 * @throws as `changeRecord`
 */
export async function endRevision(connection: Connection, which: Revision): Promise<string> {
  const { release, revision } = which;
  const before = await changeRecord(connection, which, (record) => {
    const { status } = record.info;
    const description = `was ${status} when the run that began it ended`;
    return unfinished.test(status)
      ? { ...record, info: { ...record.info, status: "failed", description } }
      : undefined;
  });
  if (!before) return `${release}: revision ${revision} is gone, nothing to repair`;
  const { status } = before.info;
  return unfinished.test(status)
    ? `${release}: revision ${revision} was ${status}, marked as failed so that it can be upgraded`
    : `${release}: revision ${revision} is ${status}, nothing to repair`;
}
