import type { Inventory } from "../../model/inventory.ts";

/** An inventory of a cluster that holds nothing. */
export const emptyInventory: Inventory = {
  clusterUid: "uid-of-kube-system",
  namespace: undefined,
  releases: {},
  secrets: {},
  objects: {},
  legacy: { releases: [], volumes: [] },
};
