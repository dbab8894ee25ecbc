/** `krateo cleanup`: removes what 3.0.0 must not run beside. */
import { Command, Option } from "commander";
import { exclusively } from "../../commands/exclusively.ts";
import { withClusterOptions } from "../../commands/options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "../../commands/session.ts";

interface CleanupOptions extends ClusterOptions {
  readonly dryRun?: boolean;
  readonly purgeVolumes?: boolean;
}

/** `krateo cleanup`: removes what 3.0.0 must not run beside; the program runs it ahead of every Helm release. */
export function cleanupCommand(session: Session): Command {
  return withClusterOptions(new Command("cleanup"))
    .description(
      "Writes a backup, stops the installer of 2.7.0, and removes the Helm releases finops-composition-definition-parser, " +
        "sweeper, eventsse, eventsse-etcd and eventrouter if their charts are those of 2.7.0, then the volume of " +
        "eventsse-etcd, and the finalizer that upstream's CLI leaves on its snapshot. Leaves everything else alone. " +
        "Safe to repeat; does nothing if it finds nothing. `pulumi up` runs it first.",
    )
    .option("--dry-run", "only list what would be removed")
    .addOption(
      new Option(
        "--purge-volumes",
        "also delete the storage of eventsse-etcd's volume if its reclaim policy would keep it",
      ).env("KRATEO_PURGE_VOLUMES"),
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo cleanup --dry-run
  npx krateo cleanup --namespace krateo-system --context production

Exit codes: 0 nothing is left, 1 something could not be removed, the backup could not be written, or the cluster does not answer.`,
    )
    .action(async ({ dryRun, purgeVolumes, ...options }: CleanupOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const [{ removeLegacy }, { backUp }, { backupDirectory }, { releaseSnapshot }, { requireNamespace }] =
        await Promise.all([
          import("../live/cleanup.ts"),
          import("../live/backup.ts"),
          import("../live/backup-folder.ts"),
          import("../../cluster/snapshot-finalizer.ts"),
          import("../../cluster/client/namespace.ts"),
        ]);
      await requireNamespace(connection, namespace);
      const directory = backupDirectory(session.directory);
      const clean = async () => {
        await removeLegacy(connection, namespace, session.print, {
          dryRun,
          purgeVolumes,
          backUp: async () => void (await backUp(connection, namespace, directory, session.print)),
        });
        await releaseSnapshot(connection, namespace, session.print, { dryRun });
      };
      await (dryRun ? clean() : exclusively(connection, namespace, session, clean));
    });
}
