import { ConfigurationError } from "../model/problem.ts";
import { askPulumi, runPulumi } from "./cli.ts";

/** How a new stack is made. */
export interface NewStack {
  /** Its name, also as ORGANIZATION/STACK. */
  readonly stack: string;
  /** What encrypts its secrets, as `pulumi stack init` takes it; undefined: what the backend has by default. */
  readonly secretsProvider?: string;
  /** Whether Pulumi may ask for a passphrase at the terminal. */
  readonly asks: boolean;
}

/**
 * Whether the project has a stack of that name in the backend. Pulumi lists stacks of the default organization by their
 * name alone, and others as ORGANIZATION/STACK.
 *
 * @throws PulumiFailure
 */
export async function stackExists(stack: string, directory: string): Promise<boolean> {
  const stacks = JSON.parse(await askPulumi(["stack", "ls", "--json"], directory)) as { name: string }[];
  return stacks.some(({ name }) => name === stack);
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
 * Runs `pulumi stack init`, its output going where this process's goes. What Pulumi needs for the stack's secrets it adds to
 * the stack's file, if there is one.
 *
 * @returns its exit code
 */
export async function initStack(
  { stack, secretsProvider, asks }: NewStack,
  directory: string,
): Promise<number> {
  const args = [
    ...["stack", "init", stack],
    ...(secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider]),
    ...(asks ? [] : ["--non-interactive"]),
  ];
  return await runPulumi(args, directory, { asks });
}
