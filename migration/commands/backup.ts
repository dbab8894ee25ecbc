/** `krateo backup`: writes a backup of a Krateo 2.7.0. */
import { resolve } from "node:path";
import { Command } from "commander";
import { withClusterOptions } from "../../commands/options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "../../commands/session.ts";
import { ConfigurationError } from "../../model/problem.ts";

interface BackupOptions extends ClusterOptions {
  readonly directory?: string;
}

/** `krateo backup`: what a migration does by itself before it removes anything, at a time of one's own choosing. */
export function backupCommand(session: Session): Command {
  return withClusterOptions(new Command("backup"))
    .description(
      "Writes krateo-2.7.0-backup.yaml with the KrateoPlatformOps object, and beside it the folder krateo-2.7.0-backup " +
        "with the values, manifests and records of every Helm release of the namespace, and its Secrets. Earlier backups stay: " +
        "the new one gets a number. The files hold Secrets in clear text; only you can read them (mode 0600), and " +
        "git ignores them. Changes nothing in the cluster.",
    )
    .option(
      "--directory <folder>",
      "folder for the backup; default: KRATEO_BACKUP_DIR, else the project's folder",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo backup --stack production
  npx krateo backup --directory /mnt/backups

Exit codes: 0 written and on the disk, 1 not written: no Krateo 2.7.0, no space, no permission, or no cluster.`,
    )
    .action(async ({ directory, ...options }: BackupOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const [{ backUp }, { backupDirectory }, { readLegacy }, { requireNamespace }] = await Promise.all([
        import("../live/backup.ts"),
        import("../live/backup-folder.ts"),
        import("../live/legacy-inventory.ts"),
        import("../../cluster/client/namespace.ts"),
      ]);
      const { platform, releases } = await readLegacy(connection, namespace);
      if (!platform && releases.length === 0) {
        await requireNamespace(connection, namespace);
        throw new ConfigurationError([
          {
            what: `there is no Krateo 2.7.0 in namespace ${namespace} at ${connection.server}`,
            next: "name another --namespace or --context; nothing was written",
          },
        ]);
      }
      const target = directory ? resolve(session.directory, directory) : backupDirectory(session.directory);
      await backUp(connection, namespace, target, session.print, { always: true });
    });
}
