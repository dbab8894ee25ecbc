import { rmSync } from "node:fs";
import { basename } from "node:path";
import { ConfigurationError } from "../model/problem.ts";
import { askPulumi, runPulumi } from "./cli.ts";
import { stackFile } from "./stack-file.ts";

/** How a new stack is made. */
export interface NewStack {
  /** Its name, also as ORGANIZATION/STACK. */
  readonly stack: string;
  /** What encrypts its secrets, as `pulumi stack init` takes it; undefined: what the backend has by default. */
  readonly secretsProvider?: string;
  /** Whether Pulumi may ask for a passphrase at the terminal. */
  readonly asks: boolean;
}

/** Whether the project has a stack of that name in the backend. @throws PulumiFailure */
export async function stackExists(stack: string, directory: string): Promise<boolean> {
  const stacks = JSON.parse(await askPulumi(["stack", "ls", "--json"], directory)) as { name: string }[];
  return stacks.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

/**
 * Refuses a stack that Pulumi could not make without asking for a passphrase.
 *
 * @param backendUrl As `readBackendUrl` gives it; Pulumi Cloud needs no passphrase.
 * @throws ConfigurationError
 */
export function refuseWithoutPassphrase(backendUrl: string, { secretsProvider, asks }: NewStack): void {
  const isPulumiCloud = /^https?:/.test(backendUrl);
  const needed = secretsProvider === "passphrase" || (secretsProvider === undefined && !isPulumiCloud);
  const given = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"].some(
    (name) => process.env[name] !== undefined,
  );
  if (!needed || given || asks) return;
  throw new ConfigurationError([
    {
      what: "Pulumi encrypts the stack's secrets with a passphrase, and there is no terminal to ask for it",
      next: "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or name another --secrets-provider",
    },
  ]);
}

/**
 * Makes a stack whose file is there already: Pulumi adds what it needs to it. When it fails, file and stack are taken back.
 *
 * @throws ConfigurationError
 */
export async function makeStack(made: NewStack, directory: string): Promise<void> {
  const { stack, secretsProvider, asks } = made;
  const args = [
    ...["stack", "init", stack],
    ...(secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider]),
    ...(asks ? [] : ["--non-interactive"]),
  ];
  const code = await runPulumi(args, directory, { asks });
  if (code === 0) return;
  const file = stackFile(stack, directory);
  const left = await stackExists(stack, directory).catch(() => false);
  if (left) await askPulumi(["stack", "rm", stack, "--yes"], directory);
  rmSync(file, { force: true });
  throw new ConfigurationError([
    {
      what: `pulumi stack init ended with exit code ${code}; ${basename(file)} was removed again, and there is no stack ${stack}`,
      next: "what Pulumi says is above; npx pulumi whoami -v says where it keeps its state",
    },
  ]);
}
