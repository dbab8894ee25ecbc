/** What a user types until the platform is as configured, and what must hold by then. */
import { setTimeout as pause } from "node:timers/promises";
import { tryLater } from "../../commands/session.ts";
import { secretData } from "../support/rehearsed-cluster.ts";
import { revisions } from "./helm-records.ts";
import { checkInvariants } from "./invariants.ts";
import { Fault, type Platform } from "./platform.ts";
import { plannedRemovals } from "./removals.ts";

/** `krateo repair`, after a run that was disturbed: what is still ending is waited for. */
export async function repair(platform: Platform): Promise<void> {
  const { model } = platform;
  const args = model.unfinished ? ["repair", "--force"] : ["repair"];
  for (const end = performance.now() + 90_000; ; await pause(1000)) {
    const { code, output } = await platform.krateo(...args);
    if (code === 0) break;
    if (code !== tryLater || performance.now() > end) throw new Fault(`repair ends with ${code}:\n${output}`);
  }
  model.disturbed = false;
  model.unfinished = false;
}

/** Notes what there is, and which removals a plan lists, before a run that may change something. */
export async function plan(platform: Platform): Promise<void> {
  const { model, removals } = platform;
  removals.remember(await revisions());
  // Only these can remove something; a plan of each other run costs as much time as the run.
  if (model.planned === undefined) return;
  if (model.planned.type === model.wanted.type && model.planned.generator === model.wanted.generator) return;
  const { stdout } = await platform.well(platform.pulumi("preview", "--json"));
  removals.mayGo(plannedRemovals(stdout));
  model.planned = model.wanted;
}

/** Brings the platform to what is configured, and looks at every invariant. */
export async function settle(platform: Platform): Promise<void> {
  const { model } = platform;
  if (model.disturbed) await repair(platform);
  await plan(platform);
  // What a removal that was disturbed has left must not change any more.
  if (model.removing) model.secrets = await secretData();
  const back = model.drifted ? await wayBack(platform) : undefined;
  await platform.well(back === undefined ? platform.pulumi("up") : platform.putBack(back));
  model.planned = model.wanted;
  await checkInvariants(platform, "up");
}

/** The command that `diff` names; undefined when nothing differs. */
async function wayBack(platform: Platform): Promise<string | undefined> {
  const { code, stdout, output } = await platform.krateo("diff", "--json");
  if (code === 0) return undefined;
  if (code !== 2) throw new Fault(`diff ends with ${code}:\n${output}`);
  const { next, notes }: { next?: string; notes: string[] } = JSON.parse(stdout);
  // What cannot be changed in place is said to be deleted and made again.
  for (const note of notes) {
    const name = /^\S+ (\S+) cannot be changed in place/.exec(note)?.[1];
    if (name !== undefined) platform.removals.mayGo({ objects: [name] });
  }
  return next;
}
