import { chooseLegacyObject, legacyName, legacyObjectsIn } from "../../migration/legacy-platform.ts";
import { legacyReleases } from "../../profiles/concerned-records.ts";
import { legacyKind } from "../../profiles/legacy-platform.ts";
import { ConfigurationError } from "../../profiles/problem.ts";
import type { JsonObject } from "../../profiles/settings.ts";
import { get, type KubeObject, list, pathOf } from "../api.ts";
import type { Connection } from "../connection.ts";
import { namespaceExists } from "../namespace.ts";
import { readReleases, refuseDamaged } from "../releases.ts";

/** Chart of the Helm release that runs Krateo 2.7.0's installer; its version is the platform's. */
const installerChart = "installer";

/** Which installation is meant; whatever is left out may be anything, as long as there is only one. */
export interface LegacyChoice {
  readonly name?: string;
  readonly namespace?: string;
}

/**
 * Finds the KrateoPlatformOps object in the cluster.
 *
 * @returns the object as the API has it
 * @throws ConfigurationError when there is none, more than one, or one that is being deleted; as `get` in api.ts
 */
export async function findLegacyObject(connection: Connection, choice: LegacyChoice): Promise<JsonObject> {
  const source = `the cluster at ${connection.server} (context ${connection.context})`;
  const objects = await readObjects(connection, choice);
  const chosen = chooseLegacyObject(objects, choice, source);
  if ("problem" in chosen) {
    const { namespace } = choice;
    const missing = namespace !== undefined && !(await namespaceExists(connection, namespace));
    const what = `namespace ${namespace} does not exist, so there is no installation of Krateo 2.7.0 in it`;
    throw new ConfigurationError([missing ? { ...chosen.problem, what } : chosen.problem]);
  }
  const { metadata } = chosen.object as unknown as KubeObject;
  if (metadata.deletionTimestamp === undefined) return chosen.object;
  throw new ConfigurationError([
    {
      what: `${legacyKind.kind} ${metadata.namespace}/${metadata.name} is being deleted since ${metadata.deletionTimestamp}`,
      file: source,
      next: "its installer uninstalls the platform, step by step. Wait for it; to keep what is left, scale Deployment installer to 0",
    },
  ]);
}

/**
 * Version of the platform, by the Helm release of its installer.
 *
 * @returns undefined when there is no such release in the namespace
 * @throws as `get` in api.ts
 */
export async function legacyVersionOf(
  connection: Connection,
  namespace: string,
): Promise<string | undefined> {
  const { releases, damaged } = await readReleases(connection, namespace);
  refuseDamaged(damaged, ({ release }) => legacyReleases.includes(release));
  return [...releases.values()].find(({ chart }) => chart.metadata.name === installerChart)?.chart.metadata
    .version;
}

/** In all namespaces; for who may not read all, in the one that is named. */
async function readObjects(connection: Connection, choice: LegacyChoice): Promise<JsonObject[]> {
  const { apiVersion, kind, plural } = legacyKind;
  const path = (namespace?: string, name?: string) => pathOf(apiVersion, plural, namespace, name);
  let found: JsonObject[];
  try {
    found = await list<JsonObject>(connection, path());
  } catch (error) {
    const { namespace, name = legacyName } = choice;
    if (!(error instanceof ConfigurationError) || namespace === undefined) throw error;
    const one = await get<JsonObject>(connection, path(namespace, name));
    found = one === undefined ? [] : [one];
  }
  // Items of a list bear no kind.
  return legacyObjectsIn({ items: found.map((object) => ({ apiVersion, kind, ...object })) });
}
