/** Two steps that take what only one can have. */

import type { Problem } from "../../model/problem.ts";
import type { Step } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";
import { type PlannedPort, plannedPorts } from "../exposure/planned-ports.ts";

/** Two steps of one Helm release would upgrade each other's work away at every run. */
export function sharedReleaseProblems(steps: readonly Step[], computed: readonly ComputedStep[]): Problem[] {
  const owners = new Map<string, string>();
  return steps.flatMap((step): Problem[] => {
    if (step.type !== "chart") return [];
    const release = `${step.release.namespace}/${step.release.name}`;
    const owner = owners.get(release);
    if (owner === undefined) {
      owners.set(release, step.id);
      return [];
    }
    return [
      {
        what: `steps ${owner} and ${step.id} install the same Helm release, ${release}`,
        ...computed.find(({ id }) => id === step.id)?.place(["releaseName"]),
        next: "give one of them another releaseName",
      },
    ];
  });
}

/** Two Services of the platform on one port: the second to be made would be refused, in the middle of the installation. */
export function sharedPortProblems(steps: readonly Step[], computed: readonly ComputedStep[]): Problem[] {
  const owners = new Map<number, PlannedPort["step"]>();
  return plannedPorts({ steps }).flatMap(({ port, step }): Problem[] => {
    const owner = owners.get(port);
    owners.set(port, owner ?? step);
    if (owner === undefined) return [];
    // The port of a Service of our own is the program's: a document is at fault that takes it for a chart's.
    const chart = [step, owner].find(({ type }) => type === "chart");
    return [
      {
        what: `steps ${owner.id} and ${step.id} take the same node port, ${port}`,
        ...computed.find(({ id }) => id === chart?.id)?.place(["values", "service", "nodePort"]),
        next: "give one of them another; krateo:nodePorts sets those of the platform's own Services",
      },
    ];
  });
}
