/** Checks that Helm's record of a release fits into a Secret. */
import { gzipSync } from "node:zlib";
import type { Check } from "../../../model/check.ts";
import { pathText } from "../../../model/path.ts";
import type { ChartStep, Json } from "../../../model/settings.ts";

/** The API server takes no more in a Secret, and Helm keeps a release in one. */
const limitBytes = 1 << 20;

/** Smaller values cannot come near the limit, whatever is in them. */
const worthLooking = limitBytes / 4;

/**
 * Whether Helm's record of a release, chart, values and manifest packed together, fits into a Secret.
 *
 * @param recordBytes As Helm would store it; undefined when no helm is at hand: the values alone are then counted, once for
 *   themselves, and once more for the manifest that they most likely go into.
 */
export function checkRecordSize(step: ChartStep, recordBytes: number | undefined): Check[] {
  const { text, certain, possible } = recordBytes === undefined ? sizesOf(step) : knownSize(recordBytes);
  if (possible <= limitBytes) return [];
  const { path, bytes } = largestIn(step.values);
  const place = pathText(["components", step.component, "stepConfig", step.id, "helmValues", ...path]);
  return [
    {
      check: "release size",
      subject: `Helm release ${step.release.name}`,
      status: certain > limitBytes ? "ERROR" : "WARNING",
      found: `${text}; the largest of its values is ${place} with ${shown(bytes)}`,
      expected: `no more than ${shown(limitBytes)}, which a Secret holds`,
      next: "make that value smaller, or put it into a ConfigMap of your own that the chart refers to",
    },
  ];
}

interface Sizes {
  readonly text: string;
  readonly certain: number;
  readonly possible: number;
}

function knownSize(bytes: number): Sizes {
  return { text: `Helm's record of it would have ${shown(bytes)}`, certain: bytes, possible: bytes };
}

function sizesOf({ values }: ChartStep): Sizes {
  const json = JSON.stringify(values);
  if (json.length < worthLooking) return { text: "", certain: 0, possible: 0 };
  const bytes = Math.ceil(gzipSync(json, { level: 9 }).length / 3) * 4;
  return {
    text: `its values alone take ${shown(bytes)} of Helm's record, and as much again in the manifest if the chart prints them`,
    certain: bytes,
    possible: 2 * bytes,
  };
}

/** Follows what makes up more than half of a value, down to where it comes from. */
function largestIn(
  value: Json,
  path: (string | number)[] = [],
): { path: (string | number)[]; bytes: number } {
  const bytes = JSON.stringify(value).length;
  if (value === null || typeof value !== "object") return { path, bytes };
  const items = Object.entries(value).map(([key, item]) => ({
    key,
    item,
    size: JSON.stringify(item).length,
  }));
  const largest = items.toSorted((one, other) => other.size - one.size)[0];
  if (!largest || largest.size < bytes / 2) return { path, bytes };
  const key = Array.isArray(value) ? Number(largest.key) : largest.key;
  return largestIn(largest.item, [...path, key]);
}

function shown(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(2)} MiB`;
}
