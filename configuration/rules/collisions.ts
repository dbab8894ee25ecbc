/** Two that take what only one can have. */

import type { Problem } from "../../model/problem.ts";
import { plannedPorts } from "../exposure/planned-ports.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** Each item that takes what an earlier one has taken, with the first of those. @param taken Undefined for nothing. */
export function collisions<T>(
  items: Iterable<T>,
  taken: (item: T) => string | number | undefined,
): { owner: T; item: T }[] {
  const owners = new Map<string | number, T>();
  return [...items].flatMap((item) => {
    const thing = taken(item);
    if (thing === undefined) return [];
    const owner = owners.get(thing);
    if (owner !== undefined) return [{ owner, item }];
    owners.set(thing, item);
    return [];
  });
}

/** Two steps of one Helm release would upgrade each other's work away at every run. */
export function sharedReleaseProblems({ steps, computed }: ResolvedConfiguration): Problem[] {
  const releases = steps.flatMap((step) =>
    step.type === "chart" ? [{ id: step.id, release: `${step.release.namespace}/${step.release.name}` }] : [],
  );
  return collisions(releases, ({ release }) => release).map(({ owner, item: { id, release } }) => ({
    what: `steps ${owner.id} and ${id} install the same Helm release, ${release}`,
    ...computed.find((step) => step.id === id)?.place(["releaseName"]),
    next: "give one of them another releaseName",
  }));
}

/** Two Services of the platform on one port: the second to be made would be refused, in the middle of the installation. */
export function sharedPortProblems({ steps, computed }: ResolvedConfiguration): Problem[] {
  return collisions(plannedPorts({ steps }), ({ port }) => port).map(({ owner, item: { step, port } }) => {
    // The port of a Service of our own is the program's: a document is at fault that takes it for a chart's.
    const chart = [step, owner.step].find(({ type }) => type === "chart");
    return {
      what: `steps ${owner.step.id} and ${step.id} take the same node port, ${port}`,
      ...computed.find(({ id }) => id === chart?.id)?.place(["values", "service", "nodePort"]),
      next: "give one of them another; krateo:nodePorts sets those of the platform's own Services",
    };
  });
}
