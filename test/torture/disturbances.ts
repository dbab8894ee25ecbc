/** Operations that disturb a run while it works. */
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { killAtOnce } from "../../cluster/client/process-identity.ts";
import { withNewPods } from "../support/new-pods.ts";
import type { Outcome } from "../support/rehearsal.ts";
import { haltApiServer, setEtcdFull } from "../support/rehearsed-cluster.ts";
import { listAll } from "./changes.ts";
import type { Operation } from "./operation.ts";
import { Fault, type Platform, type Run } from "./platform.ts";
import { processesOf, type Victim, victims } from "./processes.ts";
import { plan, repair, settle } from "./settling.ts";

/** The event at which a run is disturbed. An installation of this platform has about fifty, a change of a value five. */
const event = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 45 })).map(String);
const seconds = fc.integer({ min: 1, max: 12 }).map(String);
const victim = fc.constantFrom(...victims);

/** Starts a run after all that a user would do first, and waits for an event. */
async function begun(platform: Platform, command: "up" | "destroy", at: string) {
  const { model } = platform;
  if (model.disturbed) await repair(platform);
  await (command === "up" ? plan(platform) : listAll(platform));
  model.planned = model.wanted;
  model.settled = false;
  const run = platform.start(command);
  return { run, inProgress: await run.untilEvent(Number(at)) };
}

async function disturbed(
  platform: Platform,
  command: "up" | "destroy",
  at: string,
  disturb: (run: Run) => Promise<void>,
): Promise<void> {
  const { run, inProgress } = await begun(platform, command, at);
  if (inProgress) await disturb(run);
  const code = await run.exited;
  if (!inProgress && code !== 0 && !platform.model.drifted)
    throw new Fault(`${command} ends with ${code}:\n${run.output()}`);
  platform.model.disturbed ||= inProgress || code !== 0;
}

async function kill(platform: Platform, run: Run, who: Victim): Promise<void> {
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
    inputs: [victim, event],
    possible: ({ settled }) => !settled,
    run: (platform, who, at = "") =>
      disturbed(platform, "up", at, (run) => kill(platform, run, who as Victim)),
  },
  {
    name: "kill-destroy",
    weight: 3,
    inputs: [victim, event],
    possible: ({ installed }) => installed,
    run: (platform, who, at = "") =>
      disturbed(platform, "destroy", at, (run) => kill(platform, run, who as Victim)),
  },
  {
    name: "away",
    weight: 1,
    inputs: [seconds, event],
    possible: ({ settled }) => !settled,
    run: (platform, time, at = "") => disturbed(platform, "up", at, () => haltApiServer(Number(time))),
  },
  {
    name: "refused",
    weight: 1,
    inputs: [seconds, event],
    possible: ({ settled }) => !settled,
    run: (platform, time, at = "") =>
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
    inputs: [fc.constantFrom("up", "repair", "destroy"), event],
    possible: ({ settled, drifted }) => !settled && !drifted,
    run: second,
  },
  {
    name: "takeover",
    weight: 2,
    inputs: [fc.constantFrom("cli", "engine", "program", "plugin"), event],
    possible: ({ settled, drifted }) => !settled && !drifted,
    run: takeover,
  },
];

/** What a run says that finds another one. */
const otherRun =
  /currently locked|another run is in progress|which is running|another run has changed the installation|may still be changing the installation/;

function refusedOrWell({ code, output }: Outcome, words: string): void {
  if (code !== 0 && !otherRun.test(output)) throw new Fault(`${words} ends with ${code}:\n${output}`);
}

/** A second command beside an `up`: it stops and says why, or comes after it. */
async function second(platform: Platform, command = "up", at = ""): Promise<void> {
  const { model } = platform;
  const { run, inProgress } = await begun(platform, "up", at);
  if (inProgress) {
    if (command === "destroy") await listAll(platform);
    const other = await (command === "repair" ? platform.krateo("repair") : platform.pulumi(command));
    refusedOrWell(other, `a second ${command}`);
    if (other.code === 0 && command === "destroy") {
      await run.exited;
      model.installed = false;
      model.disturbed = true;
      return;
    }
    model.removing = false;
  }
  const code = await run.exited;
  if (code !== 0) throw new Fault(`an up beside a second ${command} ends with ${code}:\n${run.output()}`);
  await settle(platform);
}

/** While what an `up` of which a part was killed still works, an `up` from another backend: it stops, or waits for it. */
async function takeover(platform: Platform, who = "program", at = ""): Promise<void> {
  const other = await platform.elsewhere();
  const { run, inProgress } = await begun(platform, "up", at);
  if (inProgress) await kill(platform, run, who as Victim);
  refusedOrWell(
    await platform.upElsewhere(other),
    `an up from another backend, beside one whose ${who} was killed`,
  );
  await run.exited;
  platform.model.disturbed = true;
}
