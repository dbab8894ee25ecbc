import type { Connection } from "../connection.ts";
import { parseManifest } from "../manifest.ts";
import { inParallel } from "../parallel.ts";
import { readReleases, refuseDamaged } from "../releases.ts";
import { driftOf, putBack, readLive } from "./live-object.ts";
import { isUnstructured } from "./unstructured.ts";

/**
 * Puts back what an upgrade by Helm would leave as it is: custom resources of a Helm release that differ from its
 * manifest. Helm upgrades those by the difference between two manifests, which is none when the same release is
 * applied again. Fields that the manifest doesn't set stay, and so do objects that are missing: Helm makes those.
 *
 * @returns what was put back, by kind and name
 * @throws as `get` in api.ts; ConfigurationError when the release's record cannot be read
 */
export async function putBackCustomResources(
  connection: Connection,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<string[]> {
  const { releases, damaged } = await readReleases(connection, namespace);
  refuseDamaged(damaged, (record) => record.release === name);
  const release = releases.get(name);
  if (!release) return [];
  const done = await inParallel(parseManifest(release.manifest).filter(isUnstructured), async (planned) => {
    const object = await readLive(connection, planned, namespace);
    const { live, path } = object;
    if (!live || !path || (await driftOf(connection, object)).length === 0) return [];
    await putBack(connection, { planned, path });
    return [`${planned.kind} ${planned.metadata.name}`];
  });
  return done.flat();
}
