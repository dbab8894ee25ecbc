/** Writes a backup of a Krateo 2.7.0, unless a complete one exists. */
import type { Connection } from "../../cluster/client/connection.ts";
import type { Log } from "../../cluster/client/deletion.ts";
import { amount } from "../../model/amount.ts";
import { damagedText } from "../../model/helm-record.ts";
import { readBackup } from "./backup-contents.ts";
import { type Backup, copyObject, readBackups, shownFolder, writeBackup } from "./backup-folder.ts";
import { type BackupIndex, covers } from "./backup-index.ts";

/**
 * Makes sure that a backup of the namespace's 2.7.0 is on the disk. One that exists already and holds all that would be
 * removed counts, so that a run which goes on after a kill does not need another; it is never written over.
 *
 * @param options `always`: write a new one all the same.
 * @throws ConfigurationError when it cannot be written
 */
export async function backUp(
  connection: Connection,
  namespace: string,
  directory: string,
  log: Log,
  { always = false }: { readonly always?: boolean } = {},
): Promise<Backup> {
  const contents = await readBackup(connection, namespace);
  const earlier = (await readBackups(directory)).find(({ index }) => covers(index, contents.index));
  if (earlier && !always) {
    await copyObject(earlier.folder);
    log(`backup: ${shownFolder(earlier)} holds all that would be removed, from ${earlier.index.createdAt}`);
    return earlier;
  }
  const backup = await writeBackup(directory, contents);
  const { object, releases, secrets } = contents.index;
  log(
    `backup: ${shownFolder(backup)} written: ${object ? `KrateoPlatformOps ${object.name}, ` : ""}` +
      `${amount(releases.length, "Helm release")}, ${amount(secrets.length, "Secret")}`,
  );
  for (const record of contents.damaged)
    log(`backup: ${damagedText(record)}; the backup has it as it is, without values and manifest`);
  log("backup: it holds Secrets in clear; its files are for you alone (mode 0600), and git ignores them");
  return backup;
}

/** The fullest backup of an installation, the newest of them. */
export function bestBackup(
  backups: readonly Backup[],
  { clusterUid, namespace }: Pick<BackupIndex, "clusterUid" | "namespace">,
): Backup | undefined {
  const weight = ({ index }: Backup): number => index.releases.length + (index.object ? 1 : 0);
  return backups
    .filter(({ index }) => index.clusterUid === clusterUid && index.namespace === namespace)
    .toSorted((one, other) => weight(one) - weight(other))
    .at(-1);
}
