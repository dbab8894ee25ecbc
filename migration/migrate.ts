/**
 * The three-way merge: what a user changed against Krateo 2.7.0's defaults, onto the steps of 3.0.0. Every change has
 * one outcome, and none is dropped without a reason.
 */

import type { BundleTokens } from "../configuration/bundle.ts";
import { bundledVersion } from "../configuration/bundle.ts";
import { bundleTokens } from "../configuration/exposure/layer.ts";
import type { Path } from "../model/settings.ts";
import type { ChangeOutcome, MergeContext, Outcome, Override } from "./change-outcome.ts";
import { type Change, changesOf, detectType } from "./changes.ts";
import { inputOutcome } from "./chart-inputs.ts";
import { valueOutcome } from "./chart-values.ts";
import type { LegacyType } from "./legacy-defaults.ts";
import { legacyDomain } from "./legacy-defaults.ts";
import { readLegacyExposure } from "./legacy-exposure.ts";
import type { LegacyPlatform } from "./legacy-platform.ts";
import { notesOf } from "./notes.ts";
import { absentComponents, addedStep, objectOutcome, removedStep, variableOutcome } from "./other-steps.ts";
import { targetSteps } from "./target-steps.ts";

/** A key of the stack configuration; without a value, it is encrypted and somebody has to put it in. */
export interface StackKey {
  /** As `pulumi config set` takes it. */
  readonly key: string;
  /** True for a path below a key, which takes --path. */
  readonly isPath: boolean;
  /** Undefined for a secret, which is not to be seen. */
  readonly value?: string;
  /** Where a secret's value stands in the user's object. */
  readonly secretOf?: Change;
}

/** An entry of krateo-overrides.yaml with where it comes from. */
export interface OverrideLine extends Override {
  readonly origin: string;
}

export interface Migration {
  readonly platform: LegacyPlatform;
  readonly type: LegacyType;
  /** Other types that fit the object just as well. */
  readonly otherTypes: readonly LegacyType[];
  readonly outcomes: readonly ChangeOutcome[];
  readonly overrides: readonly OverrideLine[];
  /** In the order in which they are to be set. */
  readonly stackKeys: readonly StackKey[];
  /** What somebody should know who does this. */
  readonly notes: readonly string[];
}

/** Merges. @param forced The type, where the object's own is not to be found out. */
export function migrate(platform: LegacyPlatform, forced?: LegacyType): Migration {
  const { type, others } = forced === undefined ? detectType(platform) : { type: forced, others: [] };
  const exposure = readLegacyExposure(platform, type);
  const steps = targetSteps(type, tokensFor(platform.namespace, exposure.domain));
  const changes = changesOf(platform, type);
  const absent = absentComponents(platform, steps, type);
  const context: MergeContext = { platform, type, steps, exposure, absent, changes };
  const outcomes = changes.map((change) => ({ change, outcome: outcomeOf(change, context) }));
  const keys = new Map<string, StackKey>();
  const set = (key: string, value: string, isPath = false) => keys.set(key, { key, isPath, value });
  set("krateo:type", type);
  if (platform.namespace !== "krateo-system") set("krateo:namespace", platform.namespace);
  // Type ingress does not go without.
  if (type === "ingress") set("krateo:domain", exposure.domain ?? legacyDomain);
  for (const { outcome } of outcomes)
    if (outcome.kind === "configured") set(outcome.key, outcome.value, outcome.isPath);
  return {
    platform,
    type,
    otherTypes: others,
    outcomes,
    overrides: overridesOf(outcomes),
    stackKeys: [...keys.values(), ...secretKeys(outcomes)],
    notes: notesOf(context, outcomes),
  };
}

/** Platform version that is migrated to. */
export const targetVersion = bundledVersion;

function tokensFor(namespace: string, domain: string | undefined): BundleTokens {
  // No step has to do with the last.
  return bundleTokens(namespace, { domain: domain ?? legacyDomain }, "");
}

function outcomeOf(change: Change, context: MergeContext): Outcome {
  const { kind, path, step } = change;
  if (path.length === 0) return kind === "added" ? addedStep(change, context) : removedStep(change, context);
  if (step.type === "var") return variableOutcome(change, context);
  if (step.type === "object") return objectOutcome(change);
  if (change.standsFor === "install-finops-cratedb" && path.join(".") === "values.openshift.enabled") {
    return { kind: "configured", key: "krateo:openshift", value: "true" };
  }
  return path[0] === "values" ? valueOutcome(change, context) : inputOutcome(change, context);
}

function overridesOf(outcomes: readonly ChangeOutcome[]): OverrideLine[] {
  const lines = new Map<string, OverrideLine>();
  for (const { change, outcome } of outcomes) {
    if (outcome.kind !== "carried" || outcome.secret) continue;
    for (const override of outcome.overrides) {
      const key = JSON.stringify(override.path);
      if (!lines.has(key)) lines.set(key, { ...override, origin: `${change.step.id}: ${change.origin}` });
    }
  }
  return [...lines.values()];
}

function secretKeys(outcomes: readonly ChangeOutcome[]): StackKey[] {
  return outcomes.flatMap(({ change, outcome }) =>
    outcome.kind === "carried" && outcome.secret
      ? outcome.overrides.map(({ path }) => ({
          key: `krateo:set["${escaped(path)}"]`,
          isPath: true,
          secretOf: change,
        }))
      : [],
  );
}

/** As `krateo:set` reads a path, inside the quotes that Pulumi's own paths have. */
function escaped(path: Path): string {
  const text = path.map((part) =>
    typeof part === "number" ? `[${part}]` : part.replace(/[\\.[\]]/g, (one) => `\\${one}`),
  );
  return text.join(".").replaceAll(".[", "[").replaceAll('"', '\\"');
}
