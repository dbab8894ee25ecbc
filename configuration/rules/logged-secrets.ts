/** Values that make a service write a secret into its log, whichever layer sets them. */

import { valueAt } from "../../model/path.ts";
import { placeText } from "../../model/problem.ts";
import type { ChartStep, Path, Step } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";

/** D3: what these log once the value is true; the bundled release keeps all of them off. */
const switches: readonly {
  readonly charts: readonly string[];
  readonly path: Path;
  /** What the chart takes without a value. */
  readonly byDefault: boolean;
  readonly logs: string;
}[] = [
  {
    charts: ["deviser", "resources-ingester", "resources-presenter", "events-ingester", "events-presenter"],
    path: ["config", "DEBUG"],
    byDefault: false,
    logs: "the database's URL, the password in it",
  },
  {
    charts: ["authn"],
    path: ["env", "AUTHN_DUMP_ENV"],
    byDefault: true,
    logs: "its whole environment, the signing key in it",
  },
];

/** A warning for each service that would log a secret at its start, with the place of the value. */
export function loggedSecretWarnings(steps: readonly Step[], computed: readonly ComputedStep[]): string[] {
  const charts = steps.filter((step): step is ChartStep => step.type === "chart" && step.enabled);
  return charts.flatMap((step) =>
    switches
      .filter(
        (one) => one.charts.includes(step.chart.name) && isOn(valueAt(step.values, one.path), one.byDefault),
      )
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
