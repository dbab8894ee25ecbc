/** What a merged document installs: its components, and each step with all that applies to it. */
import type { Step } from "../model/settings.ts";
import { type ComputedStep, computeStep } from "./computed-step.ts";
import type { Findings } from "./layers.ts";
import type { MergedDocument } from "./merged-document.ts";
import { documentSteps, type ResolvedComponent, resolveComponents } from "./resolved-components.ts";
import { typedStep } from "./typed-step.ts";

export interface ResolvedSteps {
  readonly components: readonly ResolvedComponent[];
  /** Each step that a component owns, with the settings of its component laid over its own. */
  readonly computed: readonly ComputedStep[];
  /** Those of them whose input is sound, ready for use. */
  readonly steps: readonly Step[];
  readonly stepFindings: Findings;
}

/** @param namespace where steps install that name no other */
export function resolveSteps(
  { document, origin }: Pick<MergedDocument, "document" | "origin">,
  namespace: string,
): ResolvedSteps {
  const stepFindings: Findings = { problems: [], warnings: [] };
  const components = resolveComponents(document);
  const computed = documentSteps(document).flatMap((step): ComputedStep[] => {
    const owner = components.find(({ steps }) => steps.includes(step.id));
    return owner === undefined ? [] : [computeStep(document, step, owner, origin)];
  });
  const steps = computed.flatMap((step) => typedStep(step, namespace, stepFindings) ?? []);
  return { components, computed, steps, stepFindings };
}
