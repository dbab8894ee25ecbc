import { ConfigurationError, stackConfiguration } from "../model/problem.ts";

/** Stack configuration as Pulumi holds it, the keys of this project without their prefix. */
export interface RawConfig {
  /** Values by key: lists and maps decoded, anything else as text, which is all that Pulumi tells of it. */
  readonly values: Record<string, unknown>;
  /** Keys of which something is stored encrypted. */
  readonly secretKeys: readonly string[];
}

/** The prefix that documents and messages write, and that the project has unless `pulumi new` was given another name. */
const usualProject = "krateo";

/**
 * The part of a stack's configuration that is this project's.
 *
 * @param project Name of the project, which is the prefix of its keys.
 * @param texts Every key of the stack, PROJECT:KEY, with its value as Pulumi hands it to a program: text, or lists and
 *   maps as JSON
 * @param secretKeys Keys in the same form.
 * @throws ConfigurationError for keys with the usual prefix in a project of another name, which would count for nothing
 */
export function rawConfig(
  project: string,
  texts: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
): RawConfig {
  const prefix = `${project}:`;
  const foreign = Object.keys(texts).filter((key) => key.startsWith(`${usualProject}:`));
  if (project !== usualProject && foreign.length > 0) {
    throw new ConfigurationError(
      foreign.map((path) => ({
        what: `${path} is a key of another project: this one is named ${project}`,
        file: stackConfiguration,
        path,
        next: `write ${prefix}${path.slice(usualProject.length + 1)}, or name: ${usualProject} in Pulumi.yaml`,
      })),
    );
  }
  const own = (key: string): boolean => key.startsWith(prefix);
  return {
    values: Object.fromEntries(
      Object.entries(texts)
        .filter(([key]) => own(key))
        .map(([key, text]) => [key.slice(prefix.length), decoded(text)]),
    ),
    secretKeys: secretKeys.filter(own).map((key) => key.slice(prefix.length)),
  };
}

/** An IPv6 address in brackets begins like a list, and is none. */
function decoded(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
