/** Operations that disturb a run while it works. */

import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { withNewPods } from "../support/new-pods.ts";
import { haltApiServer, setEtcdFull } from "../support/rehearsed-cluster.ts";
import { listAll } from "./changes.ts";
import type { Operation } from "./operation.ts";
import { Fault, type Platform, type Run } from "./platform.ts";
import { killAtOnce, processesOf, type Victim, victims } from "./processes.ts";
import { plan, repair, settle } from "./settling.ts";

/** The line of a run's output at which it is disturbed. An `up` of this platform prints about fifty, a change fewer. */
const line = fc.integer({ min: 1, max: 45 }).map(String);
const seconds = fc.integer({ min: 1, max: 12 }).map(String);

/** Starts an `up` after all that a user would do first, and disturbs it at a line unless it has ended by then. */
async function disturbed(
  platform: Platform,
  command: "up" | "destroy",
  at: string,
  disturb: (run: Run) => Promise<void>,
): Promise<void> {
  const { model } = platform;
  if (model.disturbed) await repair(platform);
  await (command === "up" ? plan(platform) : listAll(platform));
  model.planned = model.wanted;
  model.settled = false;
  const run = platform.start(command);
  if (await run.untilLine(Number(at))) await disturb(run);
  await run.exited;
  model.disturbed = true;
}

async function kill(platform: Platform, run: Run, who: Victim): Promise<void> {
  platform.watch(run);
  let over = false;
  run.exited.then(() => {
    over = true;
  });
  // A Command is there only for moments: wait for one.
  for (; !over; await pause(20)) {
    const some = processesOf(run.pid, who);
    platform.watch(run);
    killAtOnce(some);
    if (some.length > 0) return;
  }
}

export const disturbances: readonly Operation[] = [
  {
    name: "kill",
    weight: 8,
    inputs: [fc.constantFrom(...victims), line],
    run: (platform, who = "all", at = "1") =>
      disturbed(platform, "up", at, (run) => kill(platform, run, who as Victim)),
  },
  {
    name: "kill-destroy",
    weight: 3,
    inputs: [fc.constantFrom(...victims), line],
    possible: ({ installed }) => installed,
    run: (platform, who = "all", at = "1") =>
      disturbed(platform, "destroy", at, (run) => kill(platform, run, who as Victim)),
  },
  {
    name: "away",
    weight: 1,
    inputs: [seconds, line],
    run: (platform, time, at = "1") => disturbed(platform, "up", at, () => haltApiServer(Number(time))),
  },
  {
    name: "refused",
    weight: 1,
    inputs: [seconds, line],
    run: (platform, time, at = "1") =>
      disturbed(platform, "up", at, async (run) => {
        await setEtcdFull(true);
        await pause(Number(time) * 1000);
        await setEtcdFull(false);
        await withNewPods(run.exited);
      }),
  },
  {
    name: "second",
    weight: 2,
    inputs: [fc.constantFrom("up", "repair", "destroy"), line],
    possible: ({ drifted }) => !drifted,
    run: second,
  },
];

/** A second command beside an `up`: it stops and says why, or comes after it. */
async function second(platform: Platform, command = "up", at = "1"): Promise<void> {
  const { model } = platform;
  if (model.disturbed) await repair(platform);
  await plan(platform);
  model.planned = model.wanted;
  model.settled = false;
  const run = platform.start("up");
  if (await run.untilLine(Number(at))) {
    if (command === "destroy") await listAll(platform);
    const { code, output } = await (command === "repair"
      ? platform.krateo("repair")
      : platform.pulumi(command));
    if (code === 0 && command === "destroy") {
      await run.exited;
      model.disturbed = true;
      return;
    }
    if (code !== 0 && !/currently locked|another run is in progress|which is running/.test(output))
      throw new Fault(`a second ${command} ends with ${code}:\n${output}`);
    model.removing = false;
  }
  const code = await run.exited;
  if (code !== 0) throw new Fault(`an up beside a second ${command} ends with ${code}:\n${run.output()}`);
  await settle(platform);
}
