/**
 * The configuration of a stack as Pulumi adds it up from its files; `pulumi config --json` is what it is held against.
 * Pulumi itself is not asked: that takes a login and a stack that exists, for every command half a second and more, and
 * `krateo preflight` comes before all that.
 */
import { basename } from "node:path";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { secretMask } from "../model/secret-value.ts";
import { type ProjectFile, readYamlMap } from "./project-file.ts";

/** A stack's configuration, encrypted values masked. */
export interface StackValues {
  /** By key, PROJECT:KEY, as Pulumi hands them to a program. */
  readonly texts: Readonly<Record<string, string>>;
  /** Keys of which something is encrypted. */
  readonly secretKeys: readonly string[];
  /** Keys whose whole value is one encrypted text. */
  readonly encrypted: readonly string[];
  /** Environments that the stack imports; what they set is not among the values. */
  readonly environments: readonly string[];
}

/**
 * Reads a stack's file over the project's defaults.
 *
 * @param file Without one, the defaults alone count.
 * @throws ConfigurationError for a file that Pulumi would not take either
 */
export function readStackValues(file: string | undefined, project: ProjectFile): StackValues {
  const root = file === undefined ? new Map() : readYamlMap(file);
  const config = configIn(root.get("config") ?? new Map(), basename(file ?? ""), project.name);
  for (const [key, declared] of project.config) addDefault(config, fullKey(key, project.name), declared);
  const keys = (test: (value: unknown) => boolean): string[] =>
    [...config].filter(([, value]) => test(value)).map(([key]) => key);
  return {
    texts: Object.fromEntries([...config].map(([key, value]) => [key, textOf(value)])),
    secretKeys: keys(holdsSecret),
    encrypted: keys(isSecure),
    environments: environmentsIn(root.get("environment")),
  };
}

/** The stack's own keys, in full. */
function configIn(given: unknown, file: string, project: string): Map<string, unknown> {
  if (!(given instanceof Map))
    throw new ConfigurationError([{ what: "config must be a map of keys to values", file, path: "config" }]);
  const problems: Problem[] = [];
  const config = new Map<string, unknown>();
  for (const [key, value] of given) {
    const name = fullKey(key, project);
    const place = { file, path: `config.${key}` };
    if (name === undefined) {
      problems.push({
        what: `"${key}" is not a configuration key`,
        ...place,
        allowed: "KEY, or PROJECT:KEY",
      });
    } else if (config.has(name)) {
      problems.push({ what: `${name} is there twice, in two spellings`, ...place, next: "keep one of them" });
    } else config.set(name, value);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

/** PROJECT:KEY; also of KEY alone, which is the project's own, and of PROJECT:config:KEY, an old form. */
function fullKey(key: unknown, project: string): string | undefined {
  if (typeof key !== "string") return undefined;
  const parts = key.split(":");
  if (parts.length === 1) return `${project}:${key}`;
  if (parts.length === 2) return key;
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : undefined;
}

/**
 * A default of Pulumi.yaml, written as the value alone, or as `default` or `value` of its declaration. The name is a
 * path: `database.port` goes into the map `database`, and there text that reads as a number or boolean becomes one.
 */
function addDefault(config: Map<string, unknown>, key: string | undefined, declared: unknown): void {
  const value = declared instanceof Map ? (declared.get("default") ?? declared.get("value")) : declared;
  if (key === undefined || value === undefined || value === null) return;
  const [root, ...path] = key.split(".") as [string, ...string[]];
  const last = path.pop();
  if (last === undefined) {
    if (!config.has(root)) config.set(root, value);
    return;
  }
  const below = (map: Map<unknown, unknown>, name: string): Map<unknown, unknown> => {
    const found = map.get(name);
    const inner = found instanceof Map ? found : new Map();
    map.set(name, inner);
    return inner;
  };
  const map = path.reduce(below, below(config, root));
  if (!map.has(last)) map.set(last, typeof value === "string" ? coerced(value) : value);
}

function coerced(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|[-+]?[1-9]\d*)$/.test(text) ? Number(text) : text;
}

function textOf(value: unknown): string {
  // Pulumi still takes a key without a value for an empty text.
  if (value === null) return "";
  if (typeof value === "bigint") return String(value);
  const masked = plain(value);
  return typeof masked === "object" ? JSON.stringify(masked) : String(masked);
}

/** As JSON has it, encrypted values masked. */
function plain(value: unknown): unknown {
  if (isSecure(value)) return secretMask;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
}

function holdsSecret(value: unknown): boolean {
  if (isSecure(value)) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return value instanceof Map && [...value.values()].some(holdsSecret);
}

function isSecure(value: unknown): boolean {
  return value instanceof Map && value.size === 1 && typeof value.get("secure") === "string";
}

/** Names under `environment`: a list, or a map with `imports`, each a name or a map of one name to its options. */
function environmentsIn(given: unknown): string[] {
  const imports = given instanceof Map ? given.get("imports") : given;
  const names = Array.isArray(imports)
    ? imports.map((item) => String(item instanceof Map ? [...item.keys()][0] : item))
    : [];
  return given instanceof Map && given.has("values") ? [...names, "the values below it"] : names;
}
