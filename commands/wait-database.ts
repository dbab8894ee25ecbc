import { Command } from "commander";
import { seconds, withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface WaitOptions extends ClusterOptions {
  readonly cluster: string;
  readonly timeout: number;
}

/** `krateo wait-database`: the gate behind pg-cluster, since Helm's wait knows nothing of PostgreSQL clusters. */
export function waitDatabaseCommand(session: Session): Command {
  return withClusterOptions(new Command("wait-database"))
    .summary("wait until PostgreSQL can be used")
    .description(
      "Waits until the CloudNativePG Cluster is Ready and each of its Databases is applied; returns at once when that " +
        "is so. Says what it waits for, and in the end why in vain. `pulumi up` runs it between pg-cluster and its users.",
    )
    .option("--cluster <name>", "name of the Cluster", "pg-cluster")
    .option("--timeout <seconds>", "how long to wait", seconds, 900)
    .addHelpText(
      "after",
      `
Examples:
  npx krateo wait-database --stack dev
  npx krateo wait-database --namespace krateo-system --timeout 60

Exit codes: 0 ready, 1 not ready in time or the cluster cannot be reached.`,
    )
    .action(async (options: WaitOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { waitForDatabase } = await import("../cluster/database.ts");
      const { cluster, timeout } = options;
      await waitForDatabase(connection, namespace, { cluster, timeoutSeconds: timeout }, session.print);
    });
}
