/** The steps of Krateo 3.0.0, and which of them goes on with a step of 2.7.0. */

import { type BundleTokens, bundledRelease } from "../configuration/bundle.ts";
import type { JsonObject } from "../model/settings.ts";
import type { LegacyType } from "./legacy-defaults.ts";

export interface TargetStep {
  readonly id: string;
  readonly component: string;
  readonly type: "chart" | "var" | "object";
  readonly with: JsonObject;
}

/** Steps whose id has changed, by their id in 2.7.0. */
const renamed: Readonly<Record<string, string>> = {
  "install-composable-portal-starter": "install-portal",
  "extract-authn-nodeport-port": "extract-authn-port",
  "extract-snowplow-nodeport-port": "extract-snowplow-port",
  "extract-eventsse-nodeport-port": "extract-events-presenter-port",
  "extract-eventsse-lb-ip": "extract-events-presenter-lb-ip",
  "extract-eventsse-lb-port": "extract-events-presenter-lb-port",
  "extract-finops-database-handler-internal-port": "extract-finops-database-handler-port",
};

/** The step that takes the place of a chart which is gone, as far as its Service and Ingress go. */
const successors: Readonly<Record<string, string>> = { "install-eventsse": "install-events-presenter" };

/** The steps of a type, in their order. */
export function targetSteps(type: LegacyType, tokens: BundleTokens): TargetStep[] {
  const { root } = bundledRelease(type, tokens);
  const definition = root["componentsDefinition"] as Record<string, { steps: string[] }>;
  return (root["steps"] as unknown as Omit<TargetStep, "component">[]).map((step) => {
    const owner = Object.entries(definition).find(([, { steps }]) => steps.includes(step.id));
    return { ...step, component: owner?.[0] as string };
  });
}

/** The step of 3.0.0 that goes on with one of 2.7.0; undefined when there is none. */
export function targetOf(steps: readonly TargetStep[], legacyId: string): TargetStep | undefined {
  return steps.find(({ id }) => id === (renamed[legacyId] ?? legacyId));
}

/** The step of 3.0.0 that serves in place of one whose chart is gone. */
export function successorOf(steps: readonly TargetStep[], legacyId: string): TargetStep | undefined {
  return steps.find(({ id }) => id === successors[legacyId]);
}
