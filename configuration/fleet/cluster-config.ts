/** The configuration of one cluster: the fleet's, above it its ring's, above that its own. */
import { isSensitivePath } from "../../model/describe.ts";
import { mergeMaps } from "../../model/merge.ts";
import { nearestFirst } from "../../model/nearest.ts";
import { leavesOf, valueAt } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { TreeObject } from "../../model/secret-value.ts";
import type { Path } from "../../model/settings.ts";
import { readStackConfig, stackConfigSchema } from "../stack-config.ts";
import { stackProblems } from "../validate.ts";
import type { Fleet, FleetCluster, FleetPlace, FleetSettings, SecretKey } from "./fleet-file.ts";
import type { Ring } from "./rings.ts";

/** One place in FLEET.yaml with configuration. */
interface Part {
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

function partsOf(fleet: Fleet, ring: Ring, cluster: FleetCluster): Part[] {
  return [
    part([], fleet),
    part(["rings", fleet.rings.indexOf(ring.given)], ring.given),
    part(["clusters", fleet.clusters.indexOf(cluster)], cluster),
  ];
}

function part(base: Path, { config = {}, secretConfig = {} }: FleetSettings): Part {
  return { base, config: config as TreeObject, secretConfig };
}

/** A key that one part has as a secret and another one in clear is what the last of them says. */
function merged(parts: readonly Part[]): ClusterConfig {
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

/**
 * What is wrong with the configuration of the clusters, as far as the keys alone tell; each mistake once, however many
 * clusters have it. What depends on the documents in the image is said by the run.
 */
export function configProblems(fleet: Fleet, rings: readonly Ring[], place: FleetPlace): Problem[] {
  const parts = [
    part([], fleet),
    ...fleet.rings.map((one, index) => part(["rings", index], one)),
    ...fleet.clusters.map((one, index) => part(["clusters", index], one)),
  ];
  const ofParts = parts.flatMap((one) => partProblems(one, place));
  if (ofParts.length > 0) return ofParts;
  const found = rings.flatMap((ring) =>
    ring.clusters.flatMap((cluster) => clusterProblems(partsOf(fleet, ring, cluster), cluster.name, place)),
  );
  const byPlace = new Map(found.map((problem) => [`${problem.path} ${problem.what}`, problem]));
  return [...byPlace.values()];
}

/** Keys, and the form of their values. */
function partProblems({ base, config, secretConfig }: Part, place: FleetPlace): Problem[] {
  const known = Object.keys(stackConfigSchema.shape).filter((key) => !clusterKeys.includes(key));
  const { keyProblems } = readStackConfig({ values: config, secretKeys: [] });
  return [
    ...keyProblems.map((problem) => ({
      ...withoutCommands(problem),
      ...place([...base, "config", ...keysIn(problem)]),
    })),
    ...Object.keys(config)
      .filter((key) => clusterKeys.includes(key))
      .map((key) => ({
        what: `${key} does not belong here: the Secret with the cluster's kubeconfig says which cluster it is`,
        ...place([...base, "config", key]),
        next: "take it out; kubeconfig of a cluster names the Secret, and the current context counts",
      })),
    ...Object.keys(secretConfig)
      .filter((key) => !known.includes(key))
      .map((key) => ({
        what: `unknown key "${key}"`,
        ...place([...base, "secretConfig", key]),
        allowed: nearestFirst(key, known),
      })),
    ...literalSecrets(base, config, place),
  ];
}

/** Keys that do not belong into a fleet: which cluster a Stack works on is said by its Secret. */
export const clusterKeys = ["kubeconfig", "context"];

/** A fleet file lies in a repository. Names of Secrets, and who makes them, are none. */
function literalSecrets(base: Path, config: TreeObject, place: FleetPlace): Problem[] {
  return leavesOf(config)
    .filter((path) => path[0] !== "secrets" && path[0] !== "tls")
    .filter((path) => isSensitivePath(path) && typeof valueAt(config, path) === "string")
    .map((path) => ({
      what: "a secret in clear text",
      ...place([...base, "config", ...path]),
      next: `put the value of ${path[0]} into a Secret beside the Stacks, and name it: secretConfig: {${path[0]}: {secret: NAME, key: KEY}}`,
    }));
}

/** What the keys that a cluster gets mean together. */
function clusterProblems(parts: readonly Part[], cluster: string, place: FleetPlace): Problem[] {
  const { values, secrets } = merged(parts);
  const reading = readStackConfig({ values, secretKeys: Object.keys(secrets) });
  return stackProblems(reading).map((problem) => {
    const keys = keysIn(problem);
    const setBy = parts.findLast(({ config }) => Object.hasOwn(config, keys[0] ?? ""));
    // What is missing is missing at the cluster; what is there stands where it was set.
    return setBy === undefined
      ? {
          ...withoutCommands(problem),
          what: `cluster ${cluster}: ${problem.what}`,
          ...place(parts.at(-1)?.base ?? []),
        }
      : { ...withoutCommands(problem), ...place([...setBy.base, "config", ...keys]) };
  });
}

/** The key that a problem of the stack configuration names, and what it names below it. */
function keysIn({ path = "" }: Problem): string[] {
  return path
    .replace(/^krateo:/, "")
    .split(/[.[ ]/)
    .filter((key) => key !== "");
}

/** Commands on a stack's file mean nothing here. */
function withoutCommands({ next, ...problem }: Problem): Problem {
  return next === undefined || next.includes("pulumi config") ? problem : { ...problem, next };
}
