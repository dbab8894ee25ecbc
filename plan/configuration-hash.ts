/** Which values reach a chart's pods only when they start, and a hash by which a preview shows that they have changed. */
import { createHash } from "node:crypto";
import { knownChart } from "../components/catalogue.ts";
import { valueAt } from "../model/path.ts";
import type { ChartStep, Json, JsonObject, Path } from "../model/settings.ts";

/**
 * The values of a step that its pods may read only when they start, each where it stands in the step's values; of a
 * chart that is not known all of them. Undefined when there are no such values.
 */
export function startValuesOf({ chart, values }: ChartStep): JsonObject | undefined {
  const paths = knownChart(chart.name)?.readAtStart;
  if (paths === undefined) return values;
  if (paths.length === 0) return undefined;
  return Object.assign(
    {},
    ...paths.map((path) => {
      const value = valueAt(values, path) as Json | undefined;
      return value === undefined ? {} : below(path, value);
    }),
  );
}

function below(path: Path, value: Json): Json {
  return path.reduceRight<Json>((inner, segment) => ({ [segment]: inner }), value);
}

/**
 * Changes with the values, and with the chart, whose defaults may be others. Short passwords can be guessed from it:
 * who gives it secret values has to treat it as one.
 *
 * @param values with variables filled in
 */
export function configurationHash({ chart }: ChartStep, values: Json): string {
  const text = JSON.stringify([chart.name, chart.version, sorted(values)]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
