/** `krateo restart`: restarts pods that are older than their configuration. */
import { Command, InvalidArgumentError, Option } from "commander";
import { chartStepsOf } from "../plan/plan.ts";
import { exclusively } from "./exclusively.ts";
import { seconds, withClusterOptions } from "./options.ts";
import {
  BadResult,
  type ClusterOptions,
  connectTo,
  type Session,
  stackSettings,
  stackTarget,
} from "./session.ts";

interface RestartOptions extends ClusterOptions {
  readonly timeout: number;
  readonly releases?: readonly Release[];
}

interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** `krateo restart`: what `pulumi up` runs after the Helm releases. */
export function restartCommand(session: Session): Command {
  return withClusterOptions(new Command("restart"))
    .description(
      "Finds pods of the stack's Helm releases that are older than a ConfigMap which they read only at their start, " +
        "replaces them, and waits until the new ones are ready. Restarts nothing else. `pulumi up` runs it " +
        "after the Helm releases.",
    )
    .addOption(
      new Option("--releases <list>", "NAMESPACE/NAME,…: these Helm releases instead of the stack's")
        .env("KRATEO_RELEASES")
        .argParser(releasesIn),
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
      const { choice, namespace, steps } = await target(options, session);
      const connection = await connectTo(choice, session);
      const [{ readOutdated }, { restart }, { inParallel }] = await Promise.all([
        import("../cluster/outdated-pods.ts"),
        import("../cluster/restart.ts"),
        import("../cluster/client/parallel.ts"),
      ]);
      const found = await readOutdated(connection, steps);
      if (found.length === 0) return session.print("no pod is older than its configuration");
      const restartOne = (one: (typeof found)[number]) =>
        restart(connection, one, options.timeout).then(
          (line) => ({ line, failed: false }),
          (error: unknown) => ({
            line: error instanceof Error ? error.message : String(error),
            failed: true,
          }),
        );
      const results = await exclusively(connection, namespace, session, () => inParallel(found, restartOne));
      for (const { line, failed } of results) failed ? session.note(line) : session.print(line);
      if (results.some(({ failed }) => failed)) throw new BadResult();
    });
}

/** The program names the releases; whoever types the command has a configuration that can be read. */
async function target(options: RestartOptions, session: Session) {
  if (options.releases === undefined) {
    const settings = await stackSettings(options, session);
    return { choice: settings.cluster, namespace: settings.namespace, steps: chartStepsOf(settings) };
  }
  const { choice, namespace } = await stackTarget(options, session);
  return { choice, namespace, steps: options.releases.map((release) => ({ release })) };
}

function releasesIn(text: string): Release[] {
  return text.split(",").flatMap((one) => {
    const [namespace = "", name = ""] = one.trim().split("/");
    if (namespace === "" && name === "") return [];
    if (namespace !== "" && name !== "") return [{ name, namespace }];
    throw new InvalidArgumentError("It must be a list such as krateo-system/authn,krateo-system/frontend.");
  });
}
