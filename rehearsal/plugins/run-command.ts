import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";

/** One run of a local.Command's command. */
export interface CommandRun {
  command: string;
  settings: {
    environment?: Record<string, string>;
    dir?: string;
    interpreter?: string[];
    stdin?: string;
    logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
    addPreviousOutputInEnv?: boolean;
  };
  /** What the resource's last run printed; goes into the environment of this one. */
  previous: { stdout: string; stderr: string };
  /** Ends the command when the engine is told to stop. */
  signal: AbortSignal;
  /** Called with every line as it is printed, as far as `logging` lets it through. */
  onLine(line: string): Promise<void>;
}

/**
 * Runs a command as the real provider does: through the interpreter, with the plugin's own environment.
 *
 * @returns what it printed, without the last line break
 * @throws Error naming the exit code, the command line and everything printed
 */
export async function runCommand(run: CommandRun): Promise<{ stdout: string; stderr: string }> {
  const { command, settings, previous, signal } = run;
  const interpreter = settings.interpreter?.length ? settings.interpreter : ["/bin/sh", "-c"];
  const [program = "", ...args] = [...interpreter, command];
  const env = { ...process.env, ...settings.environment };
  if (settings.addPreviousOutputInEnv !== false) {
    if (previous.stdout) env.PULUMI_COMMAND_STDOUT = previous.stdout;
    if (previous.stderr) env.PULUMI_COMMAND_STDERR = previous.stderr;
  }

  const child = spawn(program, args, {
    cwd: settings.dir ?? process.cwd(),
    env,
    signal,
    killSignal: "SIGKILL",
  });
  const logging = settings.logging ?? "stdoutAndStderr";
  const printed: Record<"stdout" | "stderr" | "both", string> = { stdout: "", stderr: "", both: "" };
  const logged: Promise<void>[] = [];
  const readers: Promise<unknown>[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    const lines = new PassThrough();
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      printed[name] += chunk;
      printed.both += chunk;
    });
    child[name].pipe(lines);
    const wanted = logging === "stdoutAndStderr" || logging === name;
    const reader = createInterface({ input: lines }).on("line", (line) => {
      if (wanted) logged.push(run.onLine(line));
    });
    readers.push(once(reader, "close"));
  }
  // A command that does not read its input closes the pipe early; that is no failure.
  child.stdin.on("error", () => undefined);
  child.stdin.end(settings.stdin ?? "");

  const outcome = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, killedBy) => {
      if (killedBy) resolve(`signal: ${killedBy}`);
      else resolve(code === 0 ? undefined : `exit status ${code}`);
    });
  });
  await Promise.all(readers);
  await Promise.all(logged);
  if (outcome) throw new Error(`${outcome}: running ${JSON.stringify(command)}:\n${printed.both}`);
  return { stdout: printed.stdout.replace(/\n$/, ""), stderr: printed.stderr.replace(/\n$/, "") };
}
