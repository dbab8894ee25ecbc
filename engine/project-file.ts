/** Pulumi's own files in the project's folder, found and parsed as Pulumi does it. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LineCounter } from "yaml";
import { documentTags } from "../configuration/yaml/go-scalars.ts";
import { dateTag, parseGoYaml } from "../configuration/yaml/go-yaml.ts";
import { ConfigurationError } from "../model/problem.ts";

/** What Pulumi.yaml says of configuration. */
export interface ProjectFile {
  /** Undefined where there is none: then keys have their own prefix only. */
  readonly file?: string;
  /** The prefix of the project's own keys. */
  readonly name: string;
  /** Of the stacks' files, too. */
  readonly extension: string;
  /** Folder of the stacks' files. */
  readonly stackFolder: string;
  /** Declared keys, as they are written. */
  readonly config: ReadonlyMap<string, unknown>;
}

/** What Pulumi looks for, in this order. */
const extensions = [".json", ".yaml", ".yml"];

/** Reads the project in a folder. @throws ConfigurationError for a file that is no YAML mapping */
export function readProjectFile(directory: string): ProjectFile {
  const extension = extensions.find((candidate) => existsSync(join(directory, `Pulumi${candidate}`)));
  if (extension === undefined)
    return { name: "krateo", extension: ".yaml", stackFolder: directory, config: new Map() };
  const file = join(directory, `Pulumi${extension}`);
  const root = readYamlMap(file);
  const config = root.get("config");
  // An older way to name the folder: config: FOLDER
  const folder = root.get("stackConfigDir") ?? (typeof config === "string" ? config : "");
  return {
    file,
    name: String(root.get("name") ?? "krateo"),
    extension,
    stackFolder: join(directory, String(folder)),
    config: config instanceof Map ? config : new Map(),
  };
}

/**
 * The mapping that a file holds, maps as Maps, whole numbers as bigint; an empty one for an empty file. Of several documents the first counts.
 *
 * @throws ConfigurationError for what is no YAML, or no mapping
 */
export function readYamlMap(file: string): ReadonlyMap<unknown, unknown> {
  const lines = new LineCounter();
  const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  const [document] = parseGoYaml(text, [...documentTags, dateTag(goTime)], {
    lineCounter: lines,
    intAsBigInt: true,
  });
  const [error] = document?.errors ?? [];
  const place = { file: basename(file) };
  if (error !== undefined) {
    // Without the text it stumbled over, which may be part of a secret.
    const reason = error.message.replace(/: ".*"$/s, "");
    const line = lines.linePos(error.pos[0]).line;
    throw new ConfigurationError([{ what: `the file is not valid YAML: ${reason}`, ...place, line }]);
  }
  const root: unknown = document?.toJS({ mapAsMap: true }) ?? new Map();
  if (root instanceof Map) return root;
  throw new ConfigurationError([{ what: "the file is not a mapping of keys to values", ...place, line: 1 }]);
}

/** How Pulumi writes a date that is not in quotes: as Go prints a time. */
function goTime(date: Date): string {
  return `${date
    .toISOString()
    .replace("T", " ")
    .replace(/(\.000)?Z$/, "")} +0000 UTC`;
}
