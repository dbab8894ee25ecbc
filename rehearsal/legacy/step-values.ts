import { applySetList, type GivenEntry, readSetList } from "../../migration/set-list.ts";
import type { JsonObject } from "../../profiles/settings.ts";
import type { LegacyStep } from "./platform-object.ts";

/** The Helm values of a 2.7.0 step, as its installer made them: an entry that cannot be read sets nothing. */
export function stepValues(step: LegacyStep): JsonObject {
  return applySetList({}, readSetList((step.with.set ?? []) as readonly GivenEntry[]).entries);
}
