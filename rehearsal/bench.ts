/** The command line of the benchmark: `npm run bench`. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type BenchChoice, measure } from "./bench/measure.ts";
import type { Peer } from "./bench/peer.ts";
import { descendantsOf } from "./bench/processes.ts";
import { describeReport } from "./bench/report.ts";
import { measureScale } from "./bench/scale.ts";
import { describeScale } from "./bench/scale-report.ts";
import type { SequentialWaits } from "./bench/sequential-install.ts";
import { stopCluster } from "./cluster.ts";
import { forgetStack } from "./stack.ts";
import { rehearsalPaths } from "./toolchain/layout.ts";
import { withLock } from "./toolchain/lock.ts";

interface Flags {
  type: BenchChoice["type"];
  runs: number;
  sequential: SequentialWaits;
  skipSequential?: boolean;
  peer?: string;
  documents?: string;
  scale?: boolean;
  json?: boolean;
}

class Interrupted extends Error {}

const say = (line: string) => process.stderr.write(`${line}\n`);

/** The command line; parsing it throws for a wrong one. */
export function commandLine(): Command {
  return new Command("npm run bench --")
    .description(
      "Measures the installation, with pods that take as long as real ones, against its critical path and against the\n" +
        "same charts installed one after another; previews and updates with nothing to do; CPU of commands; and peak memory. It works on a\n" +
        "rehearsal cluster of its own, which is removed at the end. Takes about 10 minutes.",
    )
    .addOption(
      new Option("--type <type>", "how the platform is exposed")
        .choices(["nodeport", "loadbalancer", "ingress"])
        .default("nodeport"),
    )
    .option("--runs <number>", "timed previews of each program, updates and commands", positiveInteger, 3)
    .addOption(
      new Option("--sequential <waits>", "what installing one after another waits for before it goes on")
        .choices(["upstream", "each"])
        .default("upstream", "upstream: the releases that upstream's documents wait for"),
    )
    .option("--skip-sequential", "leave the installation one after another out")
    .option("--peer <program>", "also install with upstream's CLI: path of krateoctl, with --documents")
    .option("--documents <folder>", "folder with upstream's krateo.TYPE.yaml, which krateoctl installs from")
    .option("--scale", "measure only how time and memory grow with the platform and the cluster; 20 minutes")
    .option("--json", "print the figures as one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n" +
        "  npm run bench                                             everything, type nodeport\n" +
        "  npm run bench -- --skip-sequential --runs 7               about half the time, steadier previews\n" +
        "  npm run bench -- --type loadbalancer --sequential each\n" +
        "  npm run bench -- --skip-sequential --peer ../krateoctl --documents ../releases\n" +
        "  npm run bench -- --scale                                  50 and 200 more charts, 500 CRDs, 1,000 nodes\n" +
        "  npm run --silent bench -- --json > figures.json",
    )
    .allowExcessArguments(false)
    .exitOverride();
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number, 1 or more.");
}

/** @throws Error for one of the two options without the other */
function peerOf({ peer, documents }: Flags): Peer | undefined {
  if (peer === undefined && documents === undefined) return undefined;
  if (peer === undefined || documents === undefined)
    throw new Error("--peer and --documents belong together: give both, or neither");
  return { program: resolve(peer), documents: resolve(documents) };
}

async function main(args: string[]): Promise<void> {
  const flags = commandLine().parse(args, { from: "user" }).opts<Flags>();
  const choice: BenchChoice = {
    type: flags.type,
    runs: flags.runs,
    sequential: flags.skipSequential ? undefined : flags.sequential,
    peer: peerOf(flags),
  };
  const root = join(import.meta.dirname, "..");
  // Of its own, so that a rehearsal that runs, and its stack, stay as they are.
  const paths = rehearsalPaths(join(root, ".rehearsal-bench"));
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupt(interruption));

  const printed = <T>(found: T, describe: (found: T) => string) =>
    flags.json ? JSON.stringify(found) : describe(found);

  await mkdir(paths.directory, { recursive: true });
  await withLock(
    join(paths.directory, "lock"),
    async () => {
      try {
        const { signal } = interruption;
        // Programs that are ended in the middle complain about each other.
        const bench = { paths, say: (line: string) => signal.aborted || say(line), signal };
        const text = flags.scale
          ? printed(await measureScale({ ...bench, runs: flags.runs }), describeScale)
          : printed(await measure({ ...bench, choice }), describeReport);
        process.stdout.write(`${text}\n`);
      } catch (error) {
        // What fails once its processes were ended failed because of that.
        interruption.signal.throwIfAborted();
        throw error;
      } finally {
        say("removing the benchmark's cluster");
        await stopCluster(paths.directory);
        await forgetStack(paths);
      }
    },
    ({ pid }) => say(`another benchmark (process ${pid}) is running; waiting for it`),
  );
}

/** Whoever presses Ctrl-C wants the cluster gone, not an installation finished in good order. */
function interrupt(interruption: AbortController): void {
  if (interruption.signal.aborted) return;
  interruption.abort(new Interrupted("interrupted"));
  for (const { pid } of descendantsOf(process.pid)) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It ended by itself.
    }
  }
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      say((error as Error).message);
      process.exitCode = error instanceof Interrupted ? 130 : 1;
    }
  }
}
