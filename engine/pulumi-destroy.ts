import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { debug } from "../configuration/debug.ts";
import { confirmationVariable } from "../plan/removal/destroy.ts";

/**
 * Runs `pulumi destroy` for a stack, its output going where this process's goes. Resources that are gone already are
 * dropped from the state first: for Helm a release that does not exist is an error.
 *
 * @param options `directory`: the project's root; `terminal`: show progress as for a person; `runProgram`: connect as
 * the program does now, and not as the state remembers; `confirmedUserObjects`: how many users' objects may go with it.
 * @returns its exit code
 */
export async function pulumiDestroy(options: {
  readonly stack: string;
  readonly configFile: string;
  readonly directory: string;
  readonly terminal: boolean;
  readonly runProgram: boolean;
  readonly confirmedUserObjects: number;
}): Promise<number> {
  const { stack, configFile, directory, terminal, runProgram, confirmedUserObjects } = options;
  const bin = join(directory, "node_modules", ".bin");
  const args = [
    ...["destroy", "--yes", "--skip-preview", "--refresh", "--stack", stack, "--config-file", configFile],
    ...(terminal ? [] : ["--non-interactive"]),
    ...(runProgram ? ["--run-program"] : []),
  ];
  const env = {
    ...process.env,
    // Its Commands run this program's own command line, with the Node that this project brings.
    PATH: [bin, process.env["PATH"]].join(delimiter),
    KRATEO_CONFIG_FILE: configFile,
    [confirmationVariable]: String(confirmedUserObjects),
  };
  debug(() => [`runs pulumi ${args.join(" ")}`]);
  const child = spawn(join(bin, "pulumi"), args, {
    cwd: directory,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  // A terminal sends Ctrl-C to both: Pulumi then ends in order, and this has to report what is left.
  const wait = (): void => undefined;
  const forward = (): void => void child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject).on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", forward);
  }
}
