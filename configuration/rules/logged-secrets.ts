/** Values that make a service write a secret into its log, whichever layer sets them. */

import { knownChart } from "../../components/catalogue.ts";
import { valueAt } from "../../model/path.ts";
import { placeText } from "../../model/problem.ts";
import type { ChartStep } from "../../model/settings.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** A warning for each service that would log a secret at its start, with the place of the value. */
export function loggedSecretWarnings({ steps, computed }: ResolvedConfiguration): string[] {
  const charts = steps.filter((step): step is ChartStep => step.type === "chart" && step.enabled);
  return charts.flatMap((step) =>
    (knownChart(step.chart.name)?.logsSecrets ?? [])
      .filter(({ path, byDefault }) => isOn(valueAt(step.values, path), byDefault))
      .map(({ path, logs }) => {
        const place = computed.find(({ id }) => id === step.id)?.place(["values", ...path]);
        return `${placeText(place ?? {})}: ${step.release.name} writes ${logs}, into its log at its start while ${path.join(".")} is true; set it to "false"`;
      }),
  );
}

/** As Go reads the text of an environment variable. */
function isOn(value: unknown, byDefault: boolean): boolean {
  if (value === undefined || value === null) return byDefault;
  return /^(1|t|true)$/i.test(String(value));
}
