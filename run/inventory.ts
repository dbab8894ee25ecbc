import type { Connection } from "../cluster/client/connection.ts";
import { type ClusterReading, type ReadingOptions, readInventoryAndReleases } from "../cluster/inventory.ts";
import { readLegacy } from "../migration/live/legacy-inventory.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Settings } from "../model/settings.ts";

/** What the cluster holds of an installation and of Krateo 2.7.0, with the releases. As `readInventoryAndReleases`. */
export async function readCluster(
  connection: Connection,
  settings: Settings,
  options: ReadingOptions = {},
): Promise<ClusterReading> {
  return await readInventoryAndReleases(connection, settings, readLegacy, options);
}

/** The same without the releases. */
export async function readInventory(
  connection: Connection,
  settings: Settings,
  options: ReadingOptions = {},
): Promise<Inventory> {
  return (await readCluster(connection, settings, options)).inventory;
}
