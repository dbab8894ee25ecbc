/** The rights that an installation needs in the cluster at hand. */
import type { ClusterReading } from "../cluster/inventory.ts";
import type { Settings } from "../model/settings.ts";
import type { Right } from "../plan/rights/right.ts";

/**
 * Makes the list when it is asked for: a cluster administrator needs none, and renders no charts for it. What cannot be
 * read, fetched or rendered is said by others; it is then known as far as it is.
 *
 * @param archives Path of each step's archive, by step id; an empty map: the charts are not looked at.
 */
export function installationRights(
  settings: Settings,
  reading: Promise<ClusterReading>,
  archives: Promise<ReadonlyMap<string, string>>,
): () => Promise<readonly Right[]> {
  return async () => {
    const [{ chartContents }, { rightsNeeded, rightToMakeNamespaces }, { purposeOfUp }] = await Promise.all([
      import("./chart-contents.ts"),
      import("../plan/rights/needed.ts"),
      import("../plan/rights/migration.ts"),
    ]);
    const found = await reading.catch(() => undefined);
    const charts = await archives.catch(() => new Map<string, string>());
    const contents = await chartContents(settings, charts, found && [...found.latest.values()]);
    return [
      ...rightsNeeded(settings, found ? purposeOfUp(found.inventory) : "install", contents),
      ...(found && !found.inventory.namespace ? [rightToMakeNamespaces] : []),
    ];
  };
}
