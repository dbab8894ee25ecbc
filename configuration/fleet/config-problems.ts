/** What is wrong with the configuration of a fleet's clusters. */
import { isSensitivePath } from "../../model/describe.ts";
import { nearestFirst } from "../../model/nearest.ts";
import { leavesOf, valueAt } from "../../model/path.ts";
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../../model/secret-value.ts";
import type { Path } from "../../model/settings.ts";
import { configurationProblems } from "../load.ts";
import { readStackConfig, stackConfigSchema } from "../stack-config.ts";
import { stackProblems } from "../validate.ts";
import { type ClusterConfig, merged, type Part, part, partsOf } from "./cluster-config.ts";
import type { Fleet, FleetPlace } from "./fleet-file.ts";
import type { Ring } from "./rings.ts";

/**
 * What is wrong with the configuration of the clusters; each mistake once, however many clusters have it.
 *
 * @param directory the project's folder, with the documents that the image has
 */
export function configProblems(
  fleet: Fleet,
  rings: readonly Ring[],
  place: FleetPlace,
  directory: string,
): Problem[] {
  const parts = [
    part([], fleet),
    ...fleet.rings.map((one, index) => part(["rings", index], one)),
    ...fleet.clusters.map((one, index) => part(["clusters", index], one)),
  ];
  const ofParts = parts.flatMap((one) => partProblems(one, place));
  if (ofParts.length > 0) return ofParts;
  const judge = documentJudge(directory);
  const byPlace = new Map<string, Problem>();
  for (const ring of rings)
    for (const cluster of ring.clusters) {
      const ofCluster = partsOf(fleet, ring, cluster);
      for (const problem of clusterProblems(merged(ofCluster), judge)) {
        const found = located(problem, ofCluster, cluster.name, place);
        const key = `${isOfDocument(problem) ? "" : found.path} ${problem.path} ${problem.what}`;
        byPlace.set(key, byPlace.get(key) ?? found);
      }
    }
  return [...byPlace.values()];
}

/** Keys, and the form of their values. */
function partProblems({ base, config, secretConfig }: Part, place: FleetPlace): Problem[] {
  const known = Object.keys(stackConfigSchema.shape).filter((key) => !clusterKeys.includes(key));
  const { keyProblems } = readStackConfig({ values: config, secretKeys: [] });
  return [
    ...keyProblems.map((problem) => ({
      ...withoutCommands(problem),
      ...place([...base, "config", ...keysIn(problem, [config])]),
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

/** What the keys that a cluster gets mean together, and beside the documents. */
function clusterProblems(config: ClusterConfig, judge: (config: ClusterConfig) => readonly Problem[]) {
  const { values, secrets } = config;
  const problems = stackProblems(readStackConfig({ values, secretKeys: Object.keys(secrets) }));
  return problems.length > 0 ? problems : judge(config);
}

/** Addresses are each cluster's own. What the documents say of one of them, they say of any. */
const addresses = ["domain", "nodeAddress", "hosts"];

/**
 * Judges configurations by the documents, each once. A secret value that could change what the rules find, any but the logins of
 * registries, is not known here: the preview judges such a configuration.
 */
function documentJudge(directory: string): (config: ClusterConfig) => readonly Problem[] {
  const judged = new Map<string, readonly Problem[]>();
  return ({ values, secrets }) => {
    const secretKeys = Object.keys(secrets);
    if (secretKeys.some((key) => key !== "registries")) return [];
    const shapes = addresses.flatMap((key) => (key in values ? [[key, shapeOf(values[key])]] : []));
    const key = JSON.stringify([{ ...values, ...Object.fromEntries(shapes) }, secretKeys]);
    const problems = judged.get(key) ?? configurationProblems({ values, secretKeys }, directory);
    judged.set(key, problems);
    return problems;
  };
}

function shapeOf(address: Tree | undefined): unknown {
  return isMap(address) ? Object.keys(address) : typeof address;
}

/** The problem where it was made in FLEET.yaml; that of a document at the cluster. */
function located(problem: Problem, parts: readonly Part[], cluster: string, place: FleetPlace): Problem {
  const keys = keysIn(
    problem,
    parts.map(({ config }) => config),
  );
  const setBy = isOfDocument(problem)
    ? undefined
    : (parts.findLast(({ config }) => valueAt(config, keys) !== undefined) ??
      parts.findLast(({ config }) => Object.hasOwn(config, keys[0] ?? "")));
  const known = withoutCommands(problem);
  if (setBy !== undefined) return { ...known, ...place([...setBy.base, "config", ...keys]) };
  // What is missing is missing at the cluster.
  const { what, file, line, path } = problem;
  const there = [file, line && `line ${line}`, path].filter(Boolean).join(", ");
  return {
    ...known,
    what: `cluster ${cluster}: ${what}${isOfDocument(problem) ? ` (${there})` : ""}`,
    ...place(parts.at(-1)?.base ?? []),
  };
}

function isOfDocument({ file = stackConfiguration }: Problem): boolean {
  return file !== stackConfiguration;
}

/** The key that a problem of the stack configuration names, and what it names below it: a path of `set` is one key. */
function keysIn({ path = "" }: Problem, configs: readonly TreeObject[]): string[] {
  const own = path.replace(/^krateo:/, "");
  const keys = own.split(/[.[ ]/).filter((key) => key !== "");
  if (!own.startsWith("set ")) return keys;
  const set = configs
    .flatMap((config) => Object.keys((config["set"] ?? {}) as TreeObject))
    .filter((key) => `${own}.`.startsWith(`set ${key}.`))
    .toSorted((one, other) => other.length - one.length);
  return ["set", ...set.slice(0, 1)];
}

/** Commands on a stack's file mean nothing here. */
function withoutCommands({ next, ...problem }: Problem): Problem {
  return next === undefined || next.includes("pulumi config") ? problem : { ...problem, next };
}
