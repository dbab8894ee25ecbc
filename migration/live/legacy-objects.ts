/** Finds the Krateo 2.7.0 of a cluster. */
import { get, type KubeObject, list, pathOf } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { namespaceExists } from "../../cluster/client/namespace.ts";
import { readReleases, refuseDamaged } from "../../cluster/client/releases.ts";
import { legacyReleases } from "../../components/deprecated.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { JsonObject } from "../../model/settings.ts";
import { installationName } from "../../plan/installation.ts";
import { legacyKind } from "../legacy-facts.ts";
import { chooseLegacyObject, legacyObjectsIn } from "../legacy-objects.ts";
import { legacyName } from "../legacy-platform.ts";

/** Chart of the Helm release that runs Krateo 2.7.0's installer; its version is the platform's. */
const installerChart = "installer";

/** Which installation is meant; whatever is left out may be anything, as long as there is only one. */
export interface LegacyChoice {
  readonly name?: string;
  readonly namespace?: string;
}

/**
 * Finds the KrateoPlatformOps object in the cluster; where there is none, the Installation by which upstream's CLI runs a
 * 2.7.0 that it has taken over.
 *
 * @returns the object as the API has it
 * @throws ConfigurationError when there is none, more than one, or one that is being deleted; as `get` in api.ts
 */
export async function findLegacyObject(connection: Connection, choice: LegacyChoice): Promise<JsonObject> {
  const source = `the cluster at ${connection.server} (context ${connection.context})`;
  const own = await readObjects(connection, choice, legacyObjects);
  const objects = own.length > 0 ? own : await readObjects(connection, choice, installations);
  const chosen = chooseLegacyObject(objects, choice, source);
  if ("problem" in chosen) {
    const { namespace } = choice;
    const missing = namespace !== undefined && !(await namespaceExists(connection, namespace));
    const what = `namespace ${namespace} does not exist, so there is no installation of Krateo 2.7.0 in it`;
    throw new ConfigurationError([missing ? { ...chosen.problem, what } : chosen.problem]);
  }
  const { kind, metadata } = chosen.object as unknown as KubeObject;
  if (metadata.deletionTimestamp === undefined || kind !== legacyKind.kind) return chosen.object;
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

interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly defaultName: string;
}

const legacyObjects: ObjectKind = { ...legacyKind, defaultName: legacyName };
const installations: ObjectKind = {
  apiVersion: "krateo.io/v1",
  kind: "Installation",
  plural: "installations",
  defaultName: installationName,
};

/** In all namespaces; for who may not read all, in the one that is named. */
async function readObjects(
  connection: Connection,
  choice: LegacyChoice,
  { apiVersion, kind, plural, defaultName }: ObjectKind,
): Promise<JsonObject[]> {
  const path = (namespace?: string, name?: string) => pathOf(apiVersion, plural, namespace, name);
  let found: JsonObject[];
  try {
    found = await list<JsonObject>(connection, path());
  } catch (error) {
    const { namespace, name = defaultName } = choice;
    if (!(error instanceof ConfigurationError) || namespace === undefined) throw error;
    const one = await get<JsonObject>(connection, path(namespace, name));
    found = one === undefined ? [] : [one];
  }
  // Items of a list bear no kind.
  return legacyObjectsIn(found.map((object) => ({ apiVersion, kind, ...object })));
}
