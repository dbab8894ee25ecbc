/** The node ports that an installation is going to hold. */

import type { Problem } from "../../model/problem.ts";
import type { Json, Settings, Step } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";

/** A node port that the settings ask for. */
export interface PlannedPort {
  readonly port: number;
  readonly step: Exclude<Step, { type: "var" }>;
}

/** Node ports that the values of charts and the manifests of Services really name, whatever key they stand below. */
export function plannedPorts({ steps }: Pick<Settings, "steps">): PlannedPort[] {
  return steps.flatMap((step): PlannedPort[] => {
    if (!step.enabled || step.type === "var") return [];
    if (step.type === "chart") return portsIn(step.values, undefined).map((port) => ({ port, step }));
    const { kind, spec } = step.manifest;
    return kind === "Service" ? portsIn(spec ?? null, undefined).map((port) => ({ port, step })) : [];
  });
}

/** A port counts only below a Service type that has node ports: charts ignore it otherwise. */
function portsIn(value: Json, type: string | undefined): number[] {
  if (Array.isArray(value)) return value.flatMap((item) => portsIn(item, type));
  if (value === null || typeof value !== "object") return [];
  if (value["enabled"] === false) return [];
  const here = typeof value["type"] === "string" ? value["type"] : type;
  return Object.entries(value).flatMap(([key, item]) => {
    if (key !== "nodePort") return portsIn(item, here);
    const port = Number(item);
    return Number.isInteger(port) && port > 0 && (here === "NodePort" || here === "LoadBalancer")
      ? [port]
      : [];
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
