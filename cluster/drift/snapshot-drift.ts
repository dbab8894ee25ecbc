/** Compares the stored snapshot with the plan. */
import {
  recordOf,
  removedDefaultsAnnotation,
  type SnapshotRecord,
  storedInputs,
} from "../../configuration/snapshot.ts";
import { withoutNulls } from "../../model/nulls.ts";
import { isMap } from "../../model/secret-value.ts";
import type { JsonObject, Snapshot } from "../../model/settings.ts";
import type { InstallationObject } from "../installation.ts";
import type { Difference } from "./difference.ts";
import { valueDifferences } from "./value-difference.ts";

/** How a stored snapshot differs from the one that the configuration stands for. */
export interface SnapshotDrift {
  /** Its steps by id, so that one more step doesn't shift all the others. */
  readonly planned: JsonObject;
  readonly differences: readonly Difference[];
}

/**
 * Compares an Installation's snapshot with the one that the configuration stands for. A null in a step's input counts,
 * since it takes a chart's default away.
 *
 * @param installation Undefined when there is none.
 */
export function snapshotDrift(
  snapshot: Snapshot,
  installation: InstallationObject | undefined,
): SnapshotDrift {
  const wanted = byStep(recordOf(snapshot));
  const spec = installation?.spec?.spec;
  if (spec === undefined) {
    return { planned: wanted, differences: [{ path: [], planned: wanted, live: undefined }] };
  }
  const removedDefaults = installation?.metadata?.annotations?.[removedDefaultsAnnotation];
  const found = byStep({ spec, removedDefaults });
  const common = (one: JsonObject, other: JsonObject): string =>
    Object.keys(one["steps"] as JsonObject)
      .filter((id) => Object.hasOwn(other["steps"] as JsonObject, id))
      .join(", ");
  const [order, storedOrder] = [common(wanted, found), common(found, wanted)];
  const reordered = order === storedOrder ? [] : [{ path: ["order"], planned: order, live: storedOrder }];
  return {
    planned: reordered.length > 0 ? { ...wanted, order } : wanted,
    differences: [...valueDifferences(wanted, found), ...reordered],
  };
}

function byStep(record: SnapshotRecord): JsonObject {
  const { steps, componentsDefinition, ...rest } = record.spec;
  const inputs = storedInputs(record);
  return {
    ...rest,
    // A null there ends up in the steps' inputs, where it is compared.
    ...(componentsDefinition !== undefined && { componentsDefinition: withoutNulls(componentsDefinition) }),
    steps: Object.fromEntries(
      (Array.isArray(steps) ? steps : [])
        .filter(isMap)
        .map(({ id, with: _, ...step }) => [String(id), { ...step, with: inputs[String(id)] ?? {} }]),
    ),
  };
}
