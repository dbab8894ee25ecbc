/** `krateo retire`: removes the installer of 2.7.0 at the end of a migration. */
import { Command } from "commander";
import { exclusively } from "../../commands/exclusively.ts";
import { withClusterOptions } from "../../commands/options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "../../commands/session.ts";

interface RetireOptions extends ClusterOptions {
  readonly dryRun?: boolean;
}

/** `krateo retire`: the last step of a migration; the program runs it when every part of 3.0.0 is ready. */
export function retireCommand(session: Session): Command {
  return withClusterOptions(new Command("retire"))
    .description(
      "Removes the installer's finalizer from the KrateoPlatformOps object and deletes the object, then the Helm releases installer " +
        "and installer-crd, and the cluster-admin rights of earlier installers. Refuses while that installer " +
        "runs, or while another namespace has such an object. Safe to repeat. `pulumi up` runs it last.",
    )
    .option("--dry-run", "only list what would be removed")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo retire --dry-run

Exit codes: 0 nothing is left, 1 refused, or something could not be removed.`,
    )
    .action(async ({ dryRun, ...options }: RetireOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const [{ retireLegacy }, { requireNamespace }] = await Promise.all([
        import("../live/installer.ts"),
        import("../../cluster/client/namespace.ts"),
      ]);
      await requireNamespace(connection, namespace);
      const retire = () => retireLegacy(connection, namespace, session.print, { dryRun });
      await (dryRun ? retire() : exclusively(connection, namespace, session, retire));
    });
}
