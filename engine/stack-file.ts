import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type RawConfig, rawConfig } from "../configuration/raw-config.ts";
import { nearestFirst } from "../model/nearest.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { askPulumi } from "./cli.ts";
import { readProjectFile } from "./project-file.ts";
import { readStackValues } from "./stack-values.ts";

/** Which stack's configuration a command works with. */
export interface StackChoice {
  /** Name of a stack, as `pulumi stack ls` shows it. */
  readonly stack?: string;
  /** Its configuration file, where that has another name than Pulumi.STACK.yaml. */
  readonly configFile?: string;
}

/** Keys whose value these commands can do without; the others must be readable. */
const dispensable = ["chartMirror"];

/** How to encrypt no more of a key than its secrets. */
const partly: Readonly<Record<string, string>> = {
  set: "encrypt only the value that is secret: pulumi config set --secret --path 'krateo:set.PATH' VALUE",
  database:
    "encrypt only the password, and set the others without --secret: pulumi config set --secret --path krateo:database.password",
  registries:
    "encrypt only the passwords, and set the others without --secret: pulumi config set --secret --path 'krateo:registries[\"HOST\"].password'",
};

/**
 * Finds the file that holds a stack's configuration: the one named, else that of the stack named, else that of the
 * selected stack.
 *
 * @param directory The project's root.
 * @throws ConfigurationError when there is none
 */
export async function findStackFile(choice: StackChoice, directory: string): Promise<string> {
  if (choice.configFile) {
    const file = resolve(choice.configFile);
    if (existsSync(file)) return file;
    throw new ConfigurationError([{ what: "the stack's configuration file does not exist", file }]);
  }
  const stack = choice.stack ?? (await selectedStack(directory));
  const file = stackFile(stack, directory);
  if (existsSync(file)) return file;
  await refuseRemote(stack, directory);
  const known = stacksIn(directory);
  throw new ConfigurationError([
    {
      what: `stack ${stack} has no configuration file`,
      file: basename(file),
      allowed: nearestFirst(stack, known),
      next: `name one of these with --stack, or make the file: pulumi config set krateo:type nodeport --stack ${stack}`,
    },
  ]);
}

/** Where Pulumi keeps the configuration of a stack, whose name may be ORGANIZATION/PROJECT/STACK. */
export function stackFile(stack: string, directory: string): string {
  const { stackFolder, extension } = readProjectFile(directory);
  return join(stackFolder, `Pulumi.${stack.split("/").at(-1)}${extension}`);
}

function stacksIn(directory: string): string[] {
  const { stackFolder, extension } = readProjectFile(directory);
  if (!existsSync(stackFolder)) return [];
  return readdirSync(stackFolder)
    .filter((name) => name.startsWith("Pulumi.") && name.endsWith(extension))
    .map((name) => name.slice("Pulumi.".length, -extension.length))
    .filter((name) => name !== "")
    .sort();
}

/** Name of the stack that `pulumi stack select` chose. @throws ConfigurationError when there is none */
export async function selectedStack(directory: string): Promise<string> {
  const selected = await selection(directory);
  if (selected) return selected;
  throw new ConfigurationError([
    {
      what: "no stack is selected",
      allowed: stacksIn(directory),
      next: "name one with --stack NAME, select it: pulumi stack select NAME, or make one: npx krateo init",
    },
  ]);
}

/** The selected stack, if it has a configuration. @throws ConfigurationError for one that is kept in Pulumi Cloud */
export async function configuredStack(directory: string): Promise<string | undefined> {
  const selected = await selection(directory);
  if (selected === "") return undefined;
  if (existsSync(stackFile(selected, directory))) return selected;
  await refuseRemote(selected, directory);
  return undefined;
}

/** The selected stack; "" without one, or without backend or login: naming the stack is then the way out. */
async function selection(directory: string): Promise<string> {
  return await answerOf(["stack", "--show-name"], directory);
}

/**
 * Pulumi Cloud can keep a stack's configuration (`stack init --remote-config`): as an environment of Pulumi ESC, which is
 * then the one import of a stack without a file. Pulumi is only asked where there is no file.
 *
 * @throws ConfigurationError for such a stack
 */
async function refuseRemote(stack: string, directory: string): Promise<void> {
  const listed = await answerOf(["config", "env", "ls", "--json", "--stack", stack], directory);
  const [environment] = /^\[\s*"([^"]+)"/.exec(listed)?.slice(1) ?? [];
  if (environment === undefined) return;
  throw new ConfigurationError([
    {
      what: `stack ${stack} keeps its configuration in Pulumi Cloud, which npx krateo does not read`,
      given: `environment ${environment}`,
      next: `write the keys that pulumi config --stack ${stack} lists into a file (config:, then krateo:KEY: VALUE), and name it with --config-file FILE, for pulumi, too: both then read the same`,
    },
  ]);
}

/** What Pulumi prints; "" where it fails. */
async function answerOf(question: readonly string[], directory: string): Promise<string> {
  return await askPulumi(question, directory, { timeoutSeconds: 20 }).catch(() => "");
}

/** The configuration of a stack, as its files have it. */
export interface StackFile extends RawConfig {
  /** Environments that the stack imports: what they set is missing in the values. */
  readonly environments: readonly string[];
}

/**
 * Reads the project's configuration out of a stack's file, over the project's own defaults in Pulumi.yaml, as Pulumi
 * hands it to the program. Encrypted values come out masked: these commands do not decrypt.
 *
 * @param file Without one, the defaults alone count.
 * @param needed Keys that must be readable; default: all that matter to any command.
 * @throws ConfigurationError for a file that is no stack configuration, and for a value that must be readable
 */
export function readStackFile(
  file: string | undefined,
  directory: string,
  needed?: readonly string[],
): StackFile {
  const project = readProjectFile(directory);
  const { texts, secretKeys, encrypted, environments } = readStackValues(file, project);
  const problems: Problem[] = rawConfig(project.name, texts, encrypted)
    .secretKeys.filter((key) => (needed ? needed.includes(key) : !dispensable.includes(key)))
    .map((key) => ({
      what: `krateo:${key} is encrypted as a whole, and this command does not decrypt`,
      ...(file !== undefined && { file: basename(file) }),
      path: `config.krateo:${key}`,
      next: partly[key] ?? "nothing in it needs to be hidden: set it again without --secret",
    }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { ...rawConfig(project.name, texts, secretKeys), environments };
}
