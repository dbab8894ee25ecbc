/** The node ports that an installation is going to hold. */

import type { Json, Settings, Step } from "../../model/settings.ts";

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
