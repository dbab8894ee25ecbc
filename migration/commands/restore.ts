/** `krateo restore`: goes back to Krateo 2.7.0. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { Connection } from "../../cluster/client/connection.ts";
import { exclusively } from "../../commands/exclusively.ts";
import { withClusterOptions } from "../../commands/options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "../../commands/session.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { Backup } from "../live/backup-folder.ts";

interface RestoreOptions extends ClusterOptions {
  readonly from?: string;
  readonly dryRun?: boolean;
}

/** `krateo restore`: the way back from a migration that has only begun. */
export function restoreCommand(session: Session): Command {
  return withClusterOptions(new Command("restore"))
    .description(
      "Puts back, from a backup, the Helm releases that a migration has removed, the KrateoPlatformOps object and its " +
        "installer. Possible until the first Helm release of 2.7.0 has been upgraded; after that it says what cannot be " +
        "undone, and changes nothing. Safe to repeat.",
    )
    .option(
      "--from <folder>",
      "the backup's folder; default: this platform's most complete backup, the newest of them",
    )
    .option("--dry-run", "only say what would be put back")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo restore --dry-run
  npx krateo restore --from krateo-2.7.0-backup-2

Exit codes: 0 put back (with --dry-run: possible), 1 not possible any more, no backup, or no cluster.`,
    )
    .action(async ({ from, dryRun, ...options }: RestoreOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const backup = await chooseBackup(connection, namespace, from, session);
      const { restoreLegacy } = await import("../live/restore.ts");
      session.note(`from ${backup.folder}, of ${backup.index.createdAt}`);
      const restore = () => restoreLegacy(connection, backup, session.print, { dryRun });
      await (dryRun ? restore() : exclusively(connection, namespace, session, restore));
    });
}

/** The backup that was named, or the best there is of this platform. @throws ConfigurationError for none, or another's */
async function chooseBackup(
  connection: Connection,
  namespace: string,
  from: string | undefined,
  { directory }: Session,
): Promise<Backup> {
  const [{ bestBackup }, { backupDirectory, readBackupFolder, readBackups }, { readClusterUid }] =
    await Promise.all([
      import("../live/backup.ts"),
      import("../live/backup-folder.ts"),
      import("../../cluster/client/identity.ts"),
    ]);
  const clusterUid = (await readClusterUid(connection)) ?? "";
  const folder = from ? resolve(directory, from) : backupDirectory(directory);
  const found = from
    ? await readBackupFolder(folder)
    : bestBackup(await readBackups(folder), { clusterUid, namespace });
  if (!found) {
    throw new ConfigurationError([
      {
        what: `there is no backup of namespace ${namespace} at ${connection.server}`,
        file: folder,
        next: "name its folder with --from; the one that pulumi up wrote is where that ran, or where KRATEO_BACKUP_DIR said",
      },
    ]);
  }
  if (found.index.clusterUid === clusterUid && found.index.namespace === namespace) return found;
  throw new ConfigurationError([
    {
      what: "that backup is of another platform",
      file: found.folder,
      given: `namespace ${found.index.namespace} at ${found.index.server}`,
      allowed: `namespace ${namespace} of the cluster at ${connection.server}`,
      next: "choose that namespace and context; nothing was changed",
    },
  ]);
}
