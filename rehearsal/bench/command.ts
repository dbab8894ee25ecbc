import { spawn } from "node:child_process";

/** How to start a program. */
export interface CommandOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Text for its standard input. */
  input?: string;
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed to standard output
 * @throws Error with everything it printed, when it fails
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env, input = "" }: CommandOptions,
): Promise<string> {
  const child = spawn(program, args, { cwd, env, stdio: "pipe" });
  let printed = "";
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  // A program that ends without reading its input is judged by its exit code.
  child.stdin.on("error", () => undefined).end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) {
    throw new Error(`${[program, ...args].join(" ")} ended with ${code}:\n${printed.trim()}`);
  }
  return stdout;
}
