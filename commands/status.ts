/** `krateo status`: says whether a run is in progress, and whose. */
import { Command } from "commander";
import { brokenOffRun, describeRun, wholeSeconds } from "../plan/run-in-progress.ts";
import { withClusterOptions } from "./options.ts";
import { BadResult, type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface StatusOptions extends ClusterOptions {
  readonly json?: boolean;
}

/** Exit code while a run is in progress. */
const inProgress = 2;

/** `krateo status`: the Lease of the installation, for people and for scripts that wait. */
export function statusCommand(session: Session): Command {
  return withClusterOptions(new Command("status"))
    .description(
      "Looks at the Lease that every run holds while it changes the installation. Takes up to 30 s when the Lease is held, " +
        "to see whether its holder still renews it. Changes nothing.",
    )
    .option(
      "--json",
      "print one JSON object {inProgress, brokenOff, holder, activity, since, lastSeen}; times by the holder's clock",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo status --stack dev
  while npx krateo status --stack dev; test $? -eq ${inProgress}; do sleep 10; done

Exit codes: 0 nothing is in progress, 1 the cluster cannot be read, ${inProgress} a run is in progress.`,
    )
    .action(async (options: StatusOptions) => {
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { readLease } = await import("../cluster/lease/record.ts");
      const lease = await readLease(connection, namespace, { say: session.note });
      const run = lease?.ended === false ? lease : undefined;
      const brokenOff = brokenOffRun(lease);
      if (options.json) {
        const known = run ?? (brokenOff === undefined ? undefined : lease);
        const { holder, activity, acquiredAt = 0, renewedAt = 0 } = known ?? {};
        const since = acquiredAt > 0 ? wholeSeconds(acquiredAt) : undefined;
        const lastSeen = renewedAt > 0 ? wholeSeconds(renewedAt) : undefined;
        const found = { inProgress: run !== undefined, brokenOff: brokenOff !== undefined };
        session.print(JSON.stringify({ ...found, holder, activity, since, lastSeen }));
      } else {
        const found = run === undefined ? "nothing is in progress" : `in progress: ${describeRun(run)}`;
        session.print(`namespace ${namespace}: ${found}${brokenOff === undefined ? "" : `; ${brokenOff}`}`);
      }
      if (run) throw new BadResult(inProgress);
    });
}
