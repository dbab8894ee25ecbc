import { confirmationVariable } from "../plan/removal/destroy.ts";
import { runPulumi } from "./cli.ts";

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
  const args = [
    ...["destroy", "--yes", "--skip-preview", "--refresh", "--stack", stack, "--config-file", configFile],
    ...(terminal ? [] : ["--non-interactive"]),
    ...(runProgram ? ["--run-program"] : []),
  ];
  const environment = {
    KRATEO_CONFIG_FILE: configFile,
    [confirmationVariable]: String(confirmedUserObjects),
  };
  return await runPulumi(args, directory, { environment });
}
