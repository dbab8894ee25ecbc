/** `krateo wait-database`: waits until PostgreSQL can be used. */
import { Command } from "commander";
import { seconds, withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface WaitOptions extends ClusterOptions {
  readonly cluster: string;
  readonly standbys?: boolean;
  readonly timeout: number;
}

/** `krateo wait-database`: the gates behind pg-cluster, since Helm's wait knows nothing of PostgreSQL clusters. */
export function waitDatabaseCommand(session: Session): Command {
  return withClusterOptions(new Command("wait-database"))
    .description(
      "Waits until the primary instance of the CloudNativePG Cluster is Ready and each of its Databases is applied. Says " +
        "what it waits for and, at the time-out, why it is not ready. `pulumi up` runs it between pg-cluster and the charts " +
        "that use the database, and with --standbys beside them.",
    )
    .option("--cluster <name>", "name of the Cluster", "pg-cluster")
    .option("--standbys", "wait until every instance is Ready, too")
    .option("--timeout <seconds>", "how long to wait", seconds, 900)
    .addHelpText(
      "after",
      `
Examples:
  npx krateo wait-database --stack dev
  npx krateo wait-database --namespace krateo-system --standbys --timeout 60

Exit codes: 0 ready, 1 not ready in time, or the cluster does not answer.`,
    )
    .action(async (options: WaitOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { waitForDatabase } = await import("../cluster/database.ts");
      const { cluster, standbys = false, timeout } = options;
      const wanted = { cluster, standbys, timeoutSeconds: timeout };
      await waitForDatabase(connection, namespace, wanted, session.print);
    });
}
