import * as pulumi from "@pulumi/pulumi";
import { ancestors, engineOf } from "../cluster/client/process-identity.ts";
import { type Problem, sentenceOf } from "../model/problem.ts";

/**
 * Ends the run of which this program is a part, as Ctrl-C does: the engine begins nothing more, and what its plugins are
 * doing is cancelled. Where the engine cannot be found, the check before each operation still stops what would be created
 * or changed.
 *
 * @param interrupts False: somebody else interrupts the engine.
 */
export async function endRun(problem: Problem, interrupts: boolean): Promise<void> {
  await pulumi.log.error(sentenceOf(problem));
  const engine = interrupts ? engineOf(ancestors()) : undefined;
  if (engine) process.kill(engine.pid, "SIGINT");
}
