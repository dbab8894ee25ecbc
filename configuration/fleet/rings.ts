/** In which order the rings of a fleet come, and which cluster is in which. */

import { secondsOf } from "../../model/go-duration.ts";
import { nearestFirst } from "../../model/nearest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Fleet, FleetCluster, FleetPlace, FleetRing } from "./fleet-file.ts";

/** A ring with its clusters, in the order in which they stand in the file. */
export interface Ring {
  readonly name: string;
  /** Number of rings that come one after another before it. */
  readonly stage: number;
  /** The ring with clusters that it waits for. */
  readonly after?: Ring;
  /** How recently each cluster of that ring must have succeeded, as Go writes a duration; undefined: at any time. */
  readonly within?: string;
  readonly given: FleetRing;
  readonly clusters: readonly FleetCluster[];
}

/**
 * The rings of a fleet, those that start first in front.
 *
 * @returns problems: names that are there twice or unknown, rings in a circle, clusters in no ring or in several
 */
export function ringsOf(
  fleet: Fleet,
  place: FleetPlace,
): { rings: readonly Ring[]; problems: readonly Problem[]; warnings: readonly string[] } {
  const problems = [
    ...twice(fleet.rings, "rings", "ring", place),
    ...twice(fleet.clusters, "clusters", "cluster", place),
    ...unknownRings(fleet, place),
    ...circles(fleet, place),
    ...sharedKubeconfigs(fleet, place),
  ];
  const members = new Map<string, FleetCluster[]>(fleet.rings.map(({ name }) => [name, []]));
  for (const [index, cluster] of fleet.clusters.entries()) {
    const names = ringsWith(cluster, fleet.rings);
    if (names.length === 1) members.get(names[0] as string)?.push(cluster);
    // What is unknown has been said.
    else if (cluster.ring === undefined || members.has(cluster.ring))
      problems.push(misplaced(cluster, names, fleet, place(["clusters", index, "name"])));
  }
  if (problems.length > 0) return { rings: [], problems, warnings: [] };
  const made = new Map<string, Ring>();
  const ringNamed = (name: string): Ring => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const index = fleet.rings.findIndex((one) => one.name === name);
    const given = fleet.rings[index] as FleetRing;
    const before = predecessor(fleet.rings, index);
    const after = before === undefined ? undefined : ringNamed(before);
    const ring: Ring = {
      name,
      stage: after === undefined ? 0 : after.stage + 1,
      // One without clusters would never have succeeded.
      after: after?.clusters.length === 0 ? after.after : after,
      within: given.within,
      given,
      clusters: members.get(name) ?? [],
    };
    made.set(name, ring);
    return ring;
  };
  const rings = fleet.rings.map(({ name }) => ringNamed(name)).toSorted((a, b) => a.stage - b.stage);
  return { rings, problems: [], warnings: ringWarnings(fleet, rings) };
}

/** Name of the ring that one comes after: the one that it names, or the one before it in the list. */
function predecessor(rings: readonly FleetRing[], index: number): string | undefined {
  const after = rings[index]?.after;
  return after === undefined ? rings[index - 1]?.name : (after ?? undefined);
}

function ringsWith({ ring, labels = {} }: FleetCluster, rings: readonly FleetRing[]): string[] {
  const matching = rings.filter(({ match = {} }) => {
    const wanted = Object.entries(match);
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  });
  return [...new Set([...(ring === undefined ? [] : [ring]), ...matching.map(({ name }) => name)])];
}

function misplaced(
  { name, ring }: FleetCluster,
  names: readonly string[],
  { rings }: Fleet,
  where: Pick<Problem, "file" | "line" | "path">,
): Problem {
  if (names.length === 0)
    return {
      what: `cluster ${name} is in no ring`,
      ...where,
      allowed: [...new Set(rings.map((one) => one.name))],
      next: "name one with ring, or give the cluster the labels that a ring's match asks for",
    };
  return {
    what: `cluster ${name} is in ${names.length === 2 ? "two" : names.length} rings: ${names.join(" and ")}`,
    ...where,
    given: ring === undefined ? "its labels, which each of them matches" : `ring: ${ring}, and its labels`,
    next: "let only one ring match its labels, or take ring out",
  };
}

function twice(
  list: readonly { readonly name: string }[],
  key: "rings" | "clusters",
  noun: string,
  place: FleetPlace,
): Problem[] {
  const first = new Map<string, number>();
  return list.flatMap(({ name }, index): Problem[] => {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    return earlier === undefined
      ? []
      : [
          {
            what: `${noun} ${name} is there twice`,
            ...place([key, index, "name"]),
            given: `the same name in line ${place([key, earlier, "name"]).line}`,
            next: "give one of them another name, or take it out",
          },
        ];
  });
}

function unknownRings({ rings, clusters }: Fleet, place: FleetPlace): Problem[] {
  const names = new Set(rings.map(({ name }) => name));
  const unknown = (name: string | null | undefined, path: (string | number)[]): Problem[] =>
    name === undefined || name === null || names.has(name)
      ? []
      : [{ what: `there is no ring ${name}`, ...place(path), allowed: nearestFirst(name, names) }];
  return [
    ...rings.flatMap(({ after }, index) => unknown(after, ["rings", index, "after"])),
    ...clusters.flatMap(({ ring }, index) => unknown(ring, ["clusters", index, "ring"])),
  ];
}

/** Each circle once, at its first ring in the file. */
function circles({ rings }: Fleet, place: FleetPlace): Problem[] {
  const seen = new Set<string>();
  return rings.flatMap(({ name }, index): Problem[] => {
    const way: string[] = [];
    for (let at: string | undefined = name; at !== undefined && !seen.has(at); ) {
      if (at === name && way.length > 0) {
        for (const one of way) seen.add(one);
        return [
          {
            what: `rings wait for each other in a circle: ${[...way, name].join(" after ")}`,
            ...place(["rings", index, rings[index]?.after === undefined ? "name" : "after"]),
            next: "take one after out, or write after: null for the ring that is to start first",
          },
        ];
      }
      // A circle further on, which this ring is not in.
      if (way.includes(at)) return [];
      way.push(at);
      const here = rings.findIndex((one) => one.name === at);
      at = here < 0 ? undefined : predecessor(rings, here);
    }
    return [];
  });
}

/** The Secret with the kubeconfig of a cluster, as Cluster API names it where nothing else is said. */
export function kubeconfigOf({ name, kubeconfig }: FleetCluster): { secret: string; key: string } {
  return kubeconfig ?? { secret: `${name}-kubeconfig`, key: "value" };
}

/** Two Stacks on one cluster would undo each other's changes. */
function sharedKubeconfigs({ clusters }: Fleet, place: FleetPlace): Problem[] {
  const first = new Map<string, string>();
  return clusters.flatMap((cluster, index): Problem[] => {
    const { secret, key } = kubeconfigOf(cluster);
    const owner = first.get(`${secret} ${key}`);
    first.set(`${secret} ${key}`, owner ?? cluster.name);
    return owner === undefined || owner === cluster.name
      ? []
      : [
          {
            what: `clusters ${owner} and ${cluster.name} have the same kubeconfig`,
            ...place(["clusters", index, cluster.kubeconfig ? "kubeconfig" : "name"]),
            given: `key ${key} of Secret ${secret}`,
            next: "give each cluster a Secret of its own",
          },
        ];
  });
}

function ringWarnings({ resync }: Fleet, rings: readonly Ring[]): string[] {
  const interval = resync === undefined ? 0 : (secondsOf(resync) ?? 0);
  return rings.flatMap(({ name, clusters, after, within, given }) => [
    ...(clusters.length === 0
      ? [
          `ring ${name} has no cluster${given.match === undefined ? "" : ": no cluster has the labels of its match"}`,
        ]
      : []),
    ...(within !== undefined && after !== undefined && (secondsOf(within) ?? 0) < interval
      ? [
          `ring ${name}: within ${within} is shorter than resync ${resync}, so most runs of its clusters first start another one of every cluster in ring ${after.name}`,
        ]
      : []),
  ]);
}
