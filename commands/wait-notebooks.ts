/** `krateo wait-notebooks`: waits until no finops Notebook is left. */
import { Command } from "commander";
import { seconds, withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface WaitOptions extends ClusterOptions {
  readonly timeout: number;
}

/** `krateo wait-notebooks`: stands between the removal of finops-notebooks and that of the uploader. */
export function waitNotebooksCommand(session: Session): Command {
  return withClusterOptions(new Command("wait-notebooks"))
    .description(
      "Waits until the namespace has no Notebook. The uploader clears their finalizers, so it must run until they are " +
        "gone. `pulumi destroy` runs this command between the removal of the two.",
    )
    .option("--timeout <seconds>", "how long to wait", seconds, 300)
    .addHelpText(
      "after",
      `
Examples:
  npx krateo wait-notebooks --stack dev

Exit codes: 0 none is left, 1 some are left after the time-out, or the cluster does not answer.`,
    )
    .action(async (options: WaitOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { waitForNoNotebooks } = await import("../cluster/notebooks.ts");
      await waitForNoNotebooks(connection, namespace, { timeoutSeconds: options.timeout }, session.print);
    });
}
