import type { Json, JsonObject } from "../../profiles/settings.ts";
import { isMap } from "../json.ts";
import type { Difference } from "./object-difference.ts";
import { valueDifferences } from "./value-difference.ts";

/** How a stored snapshot differs from the one that the configuration stands for. */
export interface SnapshotDrift {
  /** Its steps by id, so that one more step doesn't shift all the others. */
  readonly planned: JsonObject;
  readonly differences: readonly Difference[];
}

/**
 * Compares an Installation's snapshot with the one that the configuration stands for.
 *
 * @param stored `spec.spec` of the object; undefined when there is none.
 */
export function snapshotDrift(planned: Json, stored: Json | undefined): SnapshotDrift {
  const wanted = byStep(planned);
  if (stored === undefined) {
    return { planned: wanted, differences: [{ path: [], planned: wanted, live: undefined }] };
  }
  const found = byStep(stored);
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

function byStep(snapshot: Json): JsonObject {
  const map = isMap(snapshot) ? snapshot : {};
  const steps = Array.isArray(map["steps"]) ? map["steps"].filter(isMap) : [];
  return withoutNulls({
    ...map,
    steps: Object.fromEntries(steps.map(({ id, ...step }) => [String(id), step])),
  }) as JsonObject;
}

/** The clients in front of the API server drop nulls on the way. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}
