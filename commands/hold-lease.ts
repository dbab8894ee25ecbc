/** `krateo hold-lease`: holds the Lease for a destroy, in which no program of ours runs. */
import { setTimeout as pause } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { heldAnswer } from "../engine/lease-holder.ts";
import { type Problem, ReportableError, sentenceOf } from "../model/problem.ts";
import { leaseOf } from "./exclusively.ts";
import { withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface HoldOptions extends ClusterOptions {
  readonly engine: number;
  readonly activity: string;
}

/** `krateo hold-lease`: what `check-user-objects` starts and leaves behind, until Pulumi ends. */
export function holdLeaseCommand(session: Session): Command {
  return withClusterOptions(new Command("hold-lease"))
    .description(
      "Takes the Lease in the installation's namespace and renews it until the process with the given id has ended, " +
        "so that no other run changes the installation. `pulumi destroy` starts it, and an `up` whose program ends before Pulumi. If the Lease is lost, it interrupts " +
        "that process, as Ctrl-C does.",
    )
    .requiredOption("--engine <pid>", "process id of Pulumi", processId)
    .option("--activity <text>", "what the run does, for others who find its Lease", "pulumi destroy")
    .addHelpText(
      "after",
      `
Example:
  npx krateo hold-lease --stack dev --engine 4711

Exit codes: 0 the process has ended, 1 another run is in progress, or the Lease was lost.`,
    )
    .action(async (options: HoldOptions) => {
      const { engine } = options;
      const { namespace, choice } = await stackTarget(options, session);
      const connection = await connectTo(choice, session);
      const { isRunning, processIdentity } = await import("../cluster/client/process-identity.ts");
      const onLost = (problem: Problem): never => {
        session.note(`error: ${sentenceOf(problem)}`);
        process.kill(engine, "SIGINT");
        process.exit(1);
      };
      const lease = await leaseOf(connection, namespace, session, {
        activity: options.activity,
        engine,
        onLost,
      });
      const answer = await lease.hold().then(
        () => heldAnswer,
        (error: Error) => error.message,
      );
      process.send?.(answer);
      if (answer !== heldAnswer) throw new ReportableError(answer);
      const work = processIdentity(engine);
      while (isRunning(work)) await pause(100);
      await lease.release();
    });
}

function processId(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a process id, such as 4711.");
}
