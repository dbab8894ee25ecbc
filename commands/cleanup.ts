import { Command } from "commander";
import { withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface CleanupOptions extends ClusterOptions {
  readonly dryRun?: boolean;
}

/** `krateo cleanup`: removes what 3.0.0 must not run beside; the program runs it ahead of every Helm release. */
export function cleanupCommand(session: Session): Command {
  return withClusterOptions(new Command("cleanup"))
    .summary("remove what Krateo 2.7.0 left and 3.0.0 must not run beside")
    .description(
      "Removes the Helm releases finops-composition-definition-parser, sweeper, eventsse, eventsse-etcd and eventrouter " +
        "where they are of the charts of those days, then the volume of eventsse-etcd, and the finalizer that upstream's CLI leaves on its snapshot. Anything else is left alone. " +
        "Safe to repeat; does nothing when nothing is found.",
    )
    .option("--dry-run", "only list what would be removed")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo cleanup --dry-run
  npx krateo cleanup --namespace krateo-system --context production

Exit codes: 0 nothing is left, 1 something could not be removed or the cluster cannot be reached.`,
    )
    .action(async (options: CleanupOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { removeLegacy } = await import("../cluster/legacy.ts");
      await removeLegacy(connection, namespace, session.print, { dryRun: options.dryRun });
      const { releaseSnapshot } = await import("../cluster/snapshot-finalizer.ts");
      await releaseSnapshot(connection, namespace, session.print, { dryRun: options.dryRun });
    });
}
