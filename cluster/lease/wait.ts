/** Waits for another run on the same installation, where nobody is there to try again: in a pod or in CI. */
import { setTimeout as pause } from "node:timers/promises";
import { durationForm, secondsOf } from "../../model/go-duration.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { describeRun } from "../../plan/run-in-progress.ts";
import type { Connection } from "../client/connection.ts";
import { readLease } from "./record.ts";

/** Environment variable: how long a run waits for another one that is in progress, as a duration; unset: it stops at once. */
const waitVariable = "KRATEO_WAIT";

/**
 * Returns when no other run is in progress, or when the time is up: who begins then finds the Lease held and stops.
 * Where the Lease cannot be read it returns at once, since whoever begins then says why.
 *
 * @param duration As the environment variable has it.
 * @throws ConfigurationError when that is no duration
 */
export async function waitForOtherRun(
  connection: Connection,
  namespace: string,
  say: (line: string) => void,
  duration: string | undefined = process.env[waitVariable],
): Promise<void> {
  if (duration === undefined || duration === "") return;
  const seconds = secondsOf(duration);
  if (seconds === undefined)
    throw new ConfigurationError([
      { what: `${waitVariable} is no duration`, path: waitVariable, given: duration, allowed: durationForm },
    ]);
  const end = performance.now() + seconds * 1000;
  let seen: string | undefined;
  while (performance.now() < end) {
    const lease = await readLease(connection, namespace, { timeoutSeconds: 10 }).catch(() => undefined);
    if (lease === undefined || lease.ended) return;
    const run = describeRun(lease);
    if (run !== seen) say(`waiting up to ${duration} for another run: ${run}`);
    seen = run;
    await pause(Math.min(5000, Math.max(0, end - performance.now())));
  }
}
