import { type GivenEntry, laySetList } from "../../migration/set-list.ts";
import type { JsonObject } from "../../model/settings.ts";
import type { LegacyStep } from "./platform-object.ts";

/** The Helm values of a 2.7.0 step, as its installer made them. */
export function stepValues(step: LegacyStep): JsonObject {
  return laySetList({}, (step.with.set ?? []) as readonly GivenEntry[], { textLast: true }).values;
}
