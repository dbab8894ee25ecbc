import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { debug } from "../profiles/debug.ts";
import type { RawConfig } from "../profiles/load.ts";
import { nearestFirst } from "../profiles/nearest.ts";
import { ConfigurationError, type Problem } from "../profiles/problem.ts";
import { secretMask } from "../profiles/secret-value.ts";

/** Which stack's configuration a command works with. */
export interface StackChoice {
  /** Name of a stack, as `pulumi stack ls` shows it. */
  readonly stack?: string;
  /** Its configuration file, where that has another name than Pulumi.STACK.yaml. */
  readonly configFile?: string;
}

const prefix = "krateo:";

/** Keys whose value these commands can do without; the others must be readable. */
const dispensable = ["chartMirror"];

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
  return join(directory, `Pulumi.${stack.split("/").at(-1)}.yaml`);
}

function stacksIn(directory: string): string[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}

/** Name of the stack that `pulumi stack select` chose. @throws ConfigurationError when there is none */
export async function selectedStack(directory: string): Promise<string> {
  const selected = await askPulumi(directory);
  if (selected) return selected;
  throw new ConfigurationError([
    {
      what: "no stack is selected",
      allowed: stacksIn(directory),
      next: "name one with --stack NAME, or select it: pulumi stack select NAME",
    },
  ]);
}

/** The selected stack, if it has a configuration. */
export async function configuredStack(directory: string): Promise<string | undefined> {
  const selected = await askPulumi(directory);
  return selected !== "" && existsSync(stackFile(selected, directory)) ? selected : undefined;
}

/** The selected stack; "" without one, or without backend or login: naming the stack is then the way out. */
async function askPulumi(directory: string): Promise<string> {
  const pulumi = join(directory, "node_modules", ".bin", "pulumi");
  const options = { cwd: directory, timeout: 20_000 };
  const question = ["stack", "--show-name", "--non-interactive"];
  debug(() => [`runs pulumi ${question.join(" ")}`]);
  return await promisify(execFile)(pulumi, question, options).then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
}

/**
 * Reads the configuration of project `krateo` out of a stack's file, over the project's own defaults in Pulumi.yaml,
 * as Pulumi hands it to the program. Encrypted values come out masked: these commands do not decrypt.
 *
 * @throws ConfigurationError for a file that is no stack configuration, and for a value that must be readable
 */
export function readStackFile(file: string, directory: string): RawConfig {
  const own = configIn(file);
  const project = join(directory, "Pulumi.yaml");
  const defaults = existsSync(project)
    ? configIn(project).map(([key, value]) => [key, defaultOf(value)] as const)
    : [];
  const config = new Map([...defaults.filter(([, value]) => value !== undefined), ...own]);

  const secretKeys = [...config].filter(([, value]) => holdsSecret(value)).map(([key]) => key);
  const problems: Problem[] = secretKeys
    .filter((key) => isSecure(config.get(key)) && !dispensable.includes(key))
    .map((key) => ({
      what: `krateo:${key} is encrypted as a whole, and this command does not decrypt`,
      file: basename(file),
      path: `config.krateo:${key}`,
      next:
        key === "set"
          ? "encrypt only the value that is secret: pulumi config set --secret --path 'krateo:set.PATH' VALUE"
          : `nothing in it needs to be hidden: set it again without --secret`,
    }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    values: Object.fromEntries([...config].map(([key, value]) => [key, plain(value)])),
    secretKeys,
  };
}

function configIn(file: string): [string, unknown][] {
  let document: unknown;
  try {
    document = parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ConfigurationError([{ what: `the file is no valid YAML: ${reason}`, file: basename(file) }]);
  }
  const config = (document as { config?: unknown } | null)?.config ?? {};
  if (!isMap(config)) {
    throw new ConfigurationError([
      { what: "config must be a map of keys to values", file: basename(file), path: "config" },
    ]);
  }
  return Object.entries(config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value]);
}

/** Pulumi.yaml declares a key with `default` or `value`, or just gives its value. */
function defaultOf(declared: unknown): unknown {
  if (!isMap(declared)) return declared;
  return declared["value"] ?? declared["default"];
}

/** A value as the program sees it: what looks like JSON or a boolean is one, other scalars are text. */
function plain(value: unknown): unknown {
  const masked = withoutSecrets(value);
  if (typeof masked === "number") return String(masked);
  if (typeof masked !== "string" || !/^(\[|\{|(true|false)$)/.test(masked) || masked === secretMask)
    return masked;
  try {
    return JSON.parse(masked);
  } catch {
    return masked;
  }
}

function withoutSecrets(value: unknown): unknown {
  if (isSecure(value)) return secretMask;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]));
}

function holdsSecret(value: unknown): boolean {
  if (isSecure(value)) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isMap(value) && Object.values(value).some(holdsSecret);
}

function isSecure(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
