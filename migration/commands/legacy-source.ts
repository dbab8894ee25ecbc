/** Finds the Krateo 2.7.0 that `krateo migrate` reads: in the cluster or in a file. */
import { type ClusterOptions, connectTo, type Session, stackTarget } from "../../commands/session.ts";
import { parseObjects } from "../../configuration/yaml/object-file.ts";
import { readTextFile } from "../../configuration/yaml/text-file.ts";
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import type { JsonObject } from "../../model/settings.ts";
import { legacyKind, legacyVersion, wayToLegacyVersion } from "../legacy-facts.ts";
import { chooseLegacyObject, describeContent, legacyObjectsIn } from "../legacy-objects.ts";
import { type LegacyPlatform, readLegacyPlatform } from "../legacy-platform.ts";
import { versionProblems } from "../legacy-version.ts";

/** Which object is meant. */
export interface LegacySourceOptions extends ClusterOptions {
  readonly name?: string;
  /** A file to read it from, instead of the cluster. */
  readonly from?: string;
}

/** The platform that is to be migrated, and how it was found. */
export interface LegacySource {
  readonly platform: LegacyPlatform;
  /** Where it was, in words. */
  readonly source: string;
  readonly notes: readonly string[];
}

/**
 * Reads and checks the object of a Krateo 2.7.0, from a file or from the cluster.
 *
 * @throws ConfigurationError when there is none, when it cannot be read or told from others, when it is malformed, or when it
 * is of another version
 */
export async function readLegacySource(
  options: LegacySourceOptions,
  session: Session,
): Promise<LegacySource> {
  if (options.from !== undefined) {
    const { from } = options;
    const chosen = chooseLegacyObject(objectsIn(from), options, from);
    if ("problem" in chosen) throw new ConfigurationError([chosen.problem]);
    const platform = checked(chosen.object, from, options.namespace ?? "krateo-system");
    refuse(versionProblems(platform, from));
    return { platform, source: from, notes: [] };
  }
  const { namespace, choice } = await target(options, session);
  const connection = await connectTo(choice, session);
  const { findLegacyObject, legacyVersionOf } = await import("../live/legacy-objects.ts");
  const object = await findLegacyObject(connection, { name: options.name, namespace });
  const source = `the cluster at ${connection.server} (context ${connection.context})`;
  const platform = checked(object, source, "krateo-system");
  const notes: string[] = [];
  const version = await legacyVersionOf(connection, platform.namespace).catch((error: unknown) => {
    if (!(error instanceof ConfigurationError)) throw error;
    notes.push("You may not read Helm's records, so the version of the installation is not known.");
    return undefined;
  });
  if (version !== undefined && version !== legacyVersion) {
    throw new ConfigurationError([
      {
        what: `the installation in namespace ${platform.namespace} is Krateo ${version}`,
        file: source,
        allowed: legacyVersion,
        next: wayToLegacyVersion(platform.namespace),
      },
    ]);
  }
  if (version === undefined) refuse(versionProblems(platform, source));
  return { platform, source, notes };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function checked(object: JsonObject, source: string, namespace: string): LegacyPlatform {
  const { platform, problems } = readLegacyPlatform(object, source, namespace);
  if (platform === undefined) throw new ConfigurationError(problems);
  return platform;
}

/** The namespace that somebody named, and the cluster. A new user has no stack yet. */
async function target(options: LegacySourceOptions, session: Session) {
  const chosen = options.stack !== undefined || options.configFile !== undefined;
  if (chosen) return await stackTarget(options, session);
  const { namespace, kubeconfig, context } = options;
  return { namespace, choice: { kubeconfig, context } };
}

/** Every document of the file, which may be a List, or several in a row. */
function objectsIn(file: string): JsonObject[] {
  const given = readTextFile(file, file) ?? {
    problem: { what: "the file cannot be read: it does not exist", file },
  };
  if ("problem" in given) throw new ConfigurationError([given.problem]);
  const { documents, problems } = parseObjects(given.text, file);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const objects = legacyObjectsIn(documents);
  if (objects.length > 0) return objects;
  throw new ConfigurationError([
    {
      what: `the file holds no installation of Krateo ${legacyVersion}`,
      file,
      given: describeContent(documents),
      allowed: `a ${legacyKind.kind} object, a list with one, or what upstream's CLI made of it (krateo.yaml, Installation)`,
      next: `kubectl get ${legacyKind.plural} -n NAMESPACE -o yaml > FILE writes such a file`,
    },
  ]);
}
