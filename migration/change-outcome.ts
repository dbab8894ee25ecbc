/** What becomes of a user's change. */

import type { Json, JsonObject, Path } from "../model/settings.ts";
import type { Change } from "./changes.ts";
import type { LegacyType } from "./legacy-defaults.ts";
import type { LegacyExposure } from "./legacy-exposure.ts";
import type { LegacyPlatform } from "./legacy-platform.ts";
import type { TargetStep } from "./target-steps.ts";

/** One value of krateo-overrides.yaml. */
export interface Override {
  /** From the document's root. */
  readonly path: Path;
  readonly value: Json;
}

export type Outcome =
  /** Written to krateo-overrides.yaml; `secret`: into the stack's encrypted configuration instead. */
  | {
      readonly kind: "carried";
      readonly overrides: readonly Override[];
      readonly secret?: boolean;
      readonly note?: string;
    }
  /** A key of the stack configuration has the same effect. */
  | {
      readonly kind: "configured";
      readonly key: string;
      /** True when the key leads into a map. */
      readonly isPath?: boolean;
      readonly value: string;
      readonly note?: string;
    }
  /** 3.0.0 is so already. */
  | { readonly kind: "same"; readonly why: string }
  /** Not carried. */
  | { readonly kind: "left"; readonly why: string; readonly next?: string };

/** A change, and what becomes of it. */
export interface ChangeOutcome {
  readonly change: Change;
  readonly outcome: Outcome;
}

/** What the rules look at beside the change. */
export interface MergeContext {
  readonly platform: LegacyPlatform;
  readonly type: LegacyType;
  /** Steps of 3.0.0 for that type. */
  readonly steps: readonly TargetStep[];
  readonly exposure: LegacyExposure;
  /** Components of 3.0.0 that are switched off, since the user's object has nothing of them. */
  readonly absent: ReadonlySet<string>;
  readonly changes: readonly Change[];
}

/** A value of a chart. @param more Further values without which it would not work. */
export function carriedValue(
  step: TargetStep,
  path: Path,
  value: Json,
  { note, more = [] }: { note?: string; more?: readonly { path: Path; value: Json }[] } = {},
): Outcome {
  const override = (one: { path: Path; value: Json }) => ({
    path: [...settingsOf(step), "helmValues", ...one.path],
    value: one.value,
  });
  return { kind: "carried", overrides: [{ path, value }, ...more].map(override), ...(note && { note }) };
}

/** A field of a step's input. */
export function carriedInput(
  step: TargetStep,
  fields: readonly { readonly path: Path; readonly value: Json }[],
  note?: string,
): Outcome {
  const overrides = fields.map(({ path, value }) => ({
    path: [...settingsOf(step), "with", ...path],
    value,
  }));
  return { kind: "carried", overrides, ...(note && { note }) };
}

/** Where a step's settings stand in an override file. */
export function settingsOf({ component, id }: TargetStep): Path {
  return ["components", component, "stepConfig", id];
}

/** Values of a chart step, before anybody's overrides. */
export function valuesOf(step: TargetStep): JsonObject {
  return (step.with["values"] ?? {}) as JsonObject;
}
