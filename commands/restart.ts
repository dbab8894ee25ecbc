import { Command } from "commander";
import { seconds, withClusterOptions } from "./options.ts";
import { BadResult, type ClusterOptions, connectTo, type Session, stackSettings } from "./session.ts";

interface RestartOptions extends ClusterOptions {
  readonly timeout: number;
}

/** `krateo restart`: what `pulumi up` runs after the Helm releases. */
export function restartCommand(session: Session): Command {
  return withClusterOptions(new Command("restart"))
    .summary("restart pods that are older than their configuration")
    .description(
      "Looks for pods of the stack's Helm releases that are older than a ConfigMap which they read only when they start, " +
        "starts new ones in their place, and waits until those are ready. Restarts nothing else; `pulumi up` runs it " +
        "after the Helm releases.",
    )
    .option("--timeout <seconds>", "how long to wait for the new pods", seconds, 600)
    .addHelpText(
      "after",
      `
Examples:
  npx krateo restart --stack dev

Exit codes: 0 done or nothing to do, 1 new pods are not ready, or the cluster cannot be read.`,
    )
    .action(async (options: RestartOptions) => {
      const settings = await stackSettings(options, session);
      const connection = await connectTo(settings.cluster, session);
      const [{ readOutdated }, { restart }, { inParallel }] = await Promise.all([
        import("../cluster/outdated-pods.ts"),
        import("../cluster/restart.ts"),
        import("../cluster/parallel.ts"),
      ]);
      const found = await readOutdated(connection, settings);
      if (found.length === 0) return session.print("no pod is older than its configuration");
      const results = await inParallel(found, (one) =>
        restart(connection, one, options.timeout).then(
          (line) => ({ line, failed: false }),
          (error: unknown) => ({
            line: error instanceof Error ? error.message : String(error),
            failed: true,
          }),
        ),
      );
      for (const { line, failed } of results) failed ? session.note(line) : session.print(line);
      if (results.some(({ failed }) => failed)) throw new BadResult();
    });
}
