/** The command line of random histories: `npm run torture`. */
import { Command, InvalidArgumentError } from "commander";

const positive = (text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("A whole number from 1 is needed.");
};

const { seed, runs, minutes, length, shrinkMinutes, script } = new Command("npm run torture --")
  .description(
    "Does random histories of operations, kills and faults to a small platform on a rehearsal cluster, and looks at every " +
      "invariant whenever it has settled. A history that fails is shrunk, and printed as a script that replays it.",
  )
  .option(
    "--seed <number>",
    "seed of the first history; the next ones have the next numbers",
    positive,
    Date.now() % 1e6,
  )
  .option("--runs <number>", "how many histories", positive, 1)
  .option("--minutes <number>", "begin no further history after this time", positive)
  .option("--length <number>", "how many operations a history has at the most", positive, 6)
  .option("--shrink-minutes <number>", "how long shorter histories are tried after a failure", positive, 10)
  .option("--script <text>", "do these operations, separated by semicolons, instead of random ones")
  .allowExcessArguments(false)
  .parse()
  .opts<{
    seed: number;
    runs: number;
    minutes?: number;
    length: number;
    shrinkMinutes: number;
    script?: string;
  }>();

// Read when the rehearsal of the tests is loaded.
process.env["KRATEO_TEST_REHEARSAL"] ??= ".rehearsal-torture";
const { runScript, runSeed } = await import("./history.ts");
const { forgetNewerVersion } = await import("./newer-version.ts");
const { mochaHooks } = await import("../support/rehearsal.ts");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Does them all. @returns how many went well, and those that failed */
async function histories(): Promise<{ well: number; failures: Awaited<ReturnType<typeof runScript>>[] }> {
  if (script !== undefined) {
    const failure = await runScript(script, say);
    return { well: failure ? 0 : 1, failures: failure ? [failure] : [] };
  }
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  const failures = [];
  let well = 0;
  for (let one = seed; one < seed + runs && performance.now() < end; one++) {
    say(`seed ${one}`);
    const failure = await runSeed(one, { length, shrinkSeconds: shrinkMinutes * 60, say });
    if (failure) failures.push(failure);
    else well += 1;
  }
  return { well, failures };
}

/** Leaves nothing behind: no process, and no version in the project. */
async function leave(code: number): Promise<never> {
  await forgetNewerVersion();
  await mochaHooks.afterAll();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void leave(130));
try {
  const began = performance.now();
  const { well, failures } = await histories();
  for (const failure of failures) {
    say(`\nFAILED: ${failure?.message}`);
    say(`all that was printed: ${failure?.transcript}`);
    say(`to replay it: npm run torture -- --script "${failure?.script}"`);
  }
  const took = Math.round((performance.now() - began) / 1000);
  say(`\n${well + failures.length} histories in ${took} s: ${well} well, ${failures.length} failed`);
  await leave(failures.length === 0 ? 0 : 1);
} catch (error) {
  // Words that are no operation, say.
  say(error instanceof RangeError ? error.message : String((error as Error).stack));
  await leave(1);
}
