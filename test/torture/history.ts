/** Makes a history out of a seed, runs it, and shrinks one that fails. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { paths, startOver } from "../support/rehearsal.ts";
import { changes, uninstall } from "./changes.ts";
import { clusterObjects } from "./cluster-objects.ts";
import { disturbances } from "./disturbances.ts";
import { tryHistory } from "./drawing.ts";
import { drifts } from "./drifts.ts";
import type { Model } from "./model.ts";
import { Fault, Platform } from "./platform.ts";
import { parseScript } from "./script.ts";
import { settle } from "./settling.ts";

const operations = [...changes, ...disturbances, ...drifts];

export interface HistoryOptions {
  /** How many operations a history has at the most. */
  readonly length: number;
  /** How long shorter histories are tried after one that has failed. */
  readonly shrinkSeconds: number;
  readonly say: (line: string) => void;
}

/** A history that failed. */
export class HistoryFailure extends Error {
  /** What was done, for `--script`. */
  readonly script: string;
  /** File with all that its commands printed. */
  readonly transcript: string;

  constructor(reason: string, script: string, transcript: string) {
    super(reason);
    this.script = script;
    this.transcript = transcript;
  }
}

/** The cluster holds nothing: the last history has ended well. */
let isEmpty = false;

/**
 * Runs one history on an empty cluster, to a settled platform and its removal.
 *
 * @param name Of the file that gets all that its commands print
 * @throws HistoryFailure
 */
async function run(
  steps: Iterable<fc.AsyncCommand<Model, Platform>>,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  if (!isEmpty) await startOver();
  isEmpty = false;
  const before = await clusterObjects();
  const platform = await Platform.open(say);
  const transcript = join(paths.directory, "torture", `${name}.log`);
  try {
    await fc.asyncModelRun(() => ({ model: platform.model, real: platform }), steps);
    if (!platform.model.settled) await platform.step("(at the end) up", () => settle(platform));
    await platform.step("(at the end) uninstall --purge-data", async () => {
      await uninstall(platform, "--yes", "--purge-data");
      const left = [...(await clusterObjects())].filter((object) => !before.has(object));
      if (left.length > 0) throw new Fault(`left after a removal with its data: ${left.join(", ")}`);
    });
    isEmpty = true;
  } catch (error) {
    // Anything but a fault that was found is a fault of these tests.
    const reason = error instanceof Fault ? error.message : String((error as Error).stack ?? error);
    throw new HistoryFailure(reason, platform.script.join("; "), transcript);
  } finally {
    await mkdir(join(transcript, ".."), { recursive: true });
    await writeFile(transcript, platform.transcript());
  }
}

/** Runs the history of a seed, and shorter ones where it fails. @returns the shortest failure; undefined when all went well */
export async function runSeed(seed: number, options: HistoryOptions): Promise<HistoryFailure | undefined> {
  const { length, shrinkSeconds, say } = options;
  let failure: HistoryFailure | undefined;
  let deadline = Number.POSITIVE_INFINITY;
  await tryHistory(operations, { seed, length }, async (steps, count) => {
    // To fast-check what is not tried is no shorter failure.
    if (performance.now() > deadline) return;
    if (count > 1) say(`shrinking, attempt ${count - 1}`);
    try {
      await run(steps, count === 1 ? `seed-${seed}` : `seed-${seed}-shrunk-${count - 1}`, say);
    } catch (error) {
      failure = error as HistoryFailure;
      deadline = Math.min(deadline, performance.now() + shrinkSeconds * 1000);
      say(`failed: ${failure.message.split("\n")[0]}`);
      throw error;
    }
  });
  return failure;
}

/** Runs a history given in words. @returns undefined when all went well */
export async function runScript(
  script: string,
  say: (line: string) => void,
): Promise<HistoryFailure | undefined> {
  try {
    await run(parseScript(script, operations), "script", say);
    return undefined;
  } catch (error) {
    if (error instanceof HistoryFailure) return error;
    throw error;
  }
}
