/** Configurations, and the ways in from outside that they lead to. */

import type { JsonObject, ObjectStep, Settings } from "../../../model/settings.ts";
import { chartStep } from "../project.ts";

export const ingress = { type: "ingress", domain: "d.example.org" };
export const balancer = { type: "loadbalancer" };

export const service = (settings: Settings, id: string): unknown => chartStep(settings, id).values["service"];
export const ingressOf = (settings: Settings, id: string) =>
  chartStep(settings, id).values["ingress"] as JsonObject;
export const frontendConfig = (settings: Settings) =>
  chartStep(settings, "install-frontend").values["config"] as JsonObject;

export function own(settings: Settings, id: string): ObjectStep | undefined {
  return settings.steps.find((step): step is ObjectStep => step.id === id && step.type === "object");
}

/** Objects that a variable is read from, with the selector. */
export function sources(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    settings.steps.flatMap((step) =>
      step.type === "var" && step.valueFrom
        ? [[step.name, `${step.valueFrom.name} ${step.valueFrom.selector}`]]
        : [],
    ),
  );
}

/** Services that have a way in from outside, by step. */
export function reachable(settings: Settings): string[] {
  return settings.steps.flatMap((step) => {
    if (step.type === "object") return [step.id];
    if (step.type !== "chart") return [];
    const { type } = (step.values["service"] ?? {}) as { type?: string };
    const open = step.values["ingress"] !== undefined || type === "NodePort" || type === "LoadBalancer";
    return open ? [step.id] : [];
  });
}

export const browserSteps = [
  "install-authn",
  "install-snowplow",
  "install-events-presenter",
  "install-frontend",
];
