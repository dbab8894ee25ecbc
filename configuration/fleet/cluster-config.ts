/** The configuration of one cluster: the fleet's, above it its ring's, above that its own. */
import { mergeMaps } from "../../model/merge.ts";
import type { TreeObject } from "../../model/secret-value.ts";
import type { Path } from "../../model/settings.ts";
import type { Fleet, FleetCluster, FleetSettings, SecretKey } from "./fleet-file.ts";
import type { Ring } from "./rings.ts";

/** One place in FLEET.yaml with configuration. */
export interface Part {
  readonly base: Path;
  readonly config: TreeObject;
  readonly secretConfig: Readonly<Record<string, SecretKey>>;
}

/** Stack configuration of one cluster, by key without a prefix. */
export interface ClusterConfig {
  readonly values: TreeObject;
  readonly secrets: Readonly<Record<string, SecretKey>>;
}

/** Merges the configuration of one cluster: maps merge in depth, lists are replaced. */
export function clusterConfig(fleet: Fleet, ring: Ring, cluster: FleetCluster): ClusterConfig {
  return merged(partsOf(fleet, ring, cluster));
}

/** Its configuration, lowest first. */
export function partsOf(fleet: Fleet, ring: Ring, cluster: FleetCluster): Part[] {
  return [
    part([], fleet),
    part(["rings", fleet.rings.indexOf(ring.given)], ring.given),
    part(["clusters", fleet.clusters.indexOf(cluster)], cluster),
  ];
}

/** What one place says. */
export function part(base: Path, { config = {}, secretConfig = {} }: FleetSettings): Part {
  return { base, config: config as TreeObject, secretConfig };
}

/** A key that one part has as a secret and another one in clear is what the last of them says. */
export function merged(parts: readonly Part[]): ClusterConfig {
  return parts.reduce<ClusterConfig>(
    ({ values, secrets }, { config, secretConfig }) => ({
      values: mergeMaps(without(values, secretConfig), config),
      secrets: { ...without(secrets, config), ...secretConfig },
    }),
    { values: {}, secrets: {} },
  );
}

function without<T>(map: Readonly<Record<string, T>>, gone: object): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !Object.hasOwn(gone, key)));
}
