/** Runs the helm on the PATH. */
import { spawn } from "node:child_process";
import { debug } from "../../configuration/debug.ts";
import { firstLine } from "../client/api-errors.ts";

/** How a helm ended. */
export interface Ended {
  /** Exit code; of one that had to be stopped 1. */
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Helm processes at once: each takes a processor for a moment. */
export const helmsAtOnce = 4;

/** For one release: rendering takes a second, asking a distant API server some more. */
const timeoutSeconds = 60;

/**
 * Runs the `helm` on the PATH.
 *
 * @param args Shown by KRATEO_DEBUG and in the list of processes: values go by `input`.
 * @returns undefined when there is none
 */
export function runHelm(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = "",
): Promise<Ended | undefined> {
  debug(() => [`runs helm ${args.filter((word) => !word.startsWith(manyTimes)).join(" ")}`]);
  return new Promise((resolve) => {
    // No timer of a child's that never started, which would hold this process for as long.
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    // With its own debugging on, helm adds a stack to what it says.
    const child = started(args, { ...process.env, HELM_DEBUG: "false", ...env }, signal);
    if (child instanceof Error) return resolve({ code: 1, output: "", errors: firstLine(child) });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      const reason = signal.aborted ? `it had not ended after ${timeoutSeconds} s` : firstLine(error);
      resolve(error.code === "ENOENT" ? undefined : { code: 1, output: "", errors: reason });
    });
    child.on("close", (code) =>
      resolve({
        code: code ?? 1,
        output: Buffer.concat(output).toString("utf8"),
        errors: Buffer.concat(errors).toString("utf8"),
      }),
    );
    // It may end before it has read all of it.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** Some faults of starting a program, one of another machine's kind for instance, Node throws at once. */
function started(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal) {
  try {
    return spawn("helm", args, { env, signal });
  } catch (error) {
    return error as Error;
  }
}

/** A flag that is there for each kind of the cluster. */
const manyTimes = "--api-versions=";

/** Whether helm itself says that something is wrong; one that had to be stopped, or did not start, says nothing. */
export function hasError(errors: string): boolean {
  return /^Error:/m.test(errors);
}

/**
 * Helm's last line that begins with "Error:" and all after it, without what it says in front of every error and what it
 * advises in the end.
 */
export function reasonIn(errors: string): string {
  const lines = errors.trim().split("\n");
  const start = lines.findLastIndex((line) => line.startsWith("Error:"));
  const text = lines
    .slice(Math.max(start, 0))
    .join("\n")
    .replace(/^Error: (UPGRADE FAILED: )?/, "")
    .replace(/\n+Use --debug flag to render out invalid YAML$/, "");
  return text === "" ? "it ended without a word" : text;
}
