import { knownStep } from "../components/catalogue.ts";
import { valueAt } from "../model/path.ts";
import type { ChartStep, ObjectStep, Step, VariableStep } from "../model/settings.ts";

type Source = NonNullable<VariableStep["valueFrom"]>;

/**
 * The value that a variable will have, where the plan fixes it: the port, or the node port, of a Service that the plan
 * makes. What needs it can then start before the Service is there.
 *
 * @param steps The steps that are on.
 * @returns undefined for what only the cluster decides, such as an address
 */
export function plannedValue({ valueFrom }: VariableStep, steps: readonly Step[]): string | undefined {
  const field = /^\.spec\.ports\[0\]\.(port|nodePort)$/.exec(valueFrom?.selector ?? "")?.[1];
  if (valueFrom?.apiVersion !== "v1" || valueFrom.kind !== "Service" || !field) return undefined;
  const maker = makerOf(valueFrom, steps);
  if (maker?.type === "object") return portIn(valueAt(maker.manifest, ["spec", "ports", 0, field]));
  return maker && chartPort(maker, field as "port" | "nodePort");
}

/** The step that makes an object: one of that very object, or the chart whose release has the object's name. */
export function makerOf(from: Source, steps: readonly Step[]): ObjectStep | ChartStep | undefined {
  const isMade = ({ manifest: { apiVersion, kind, metadata } }: ObjectStep): boolean =>
    apiVersion === from.apiVersion &&
    kind === from.kind &&
    metadata.name === from.name &&
    metadata.namespace === from.namespace;
  const object = steps.findLast((step): step is ObjectStep => step.type === "object" && isMade(step));
  return (
    object ??
    steps.findLast(
      (step): step is ChartStep =>
        step.type === "chart" && step.release.name === from.name && step.release.namespace === from.namespace,
    )
  );
}

/** Of a chart that is known to take it from its values. A default of its own may be another one in its next version. */
function chartPort({ id, chart, values }: ChartStep, field: "port" | "nodePort"): string | undefined {
  const known = knownStep(id)?.chart;
  if (!known?.service || known.name !== chart.name) return undefined;
  const given = valueAt(values, ["service", field]);
  if (field === "port") return portIn(given);
  const isExposed = ["NodePort", "LoadBalancer"].includes(String(valueAt(values, ["service", "type"])));
  return isExposed && known.service.takesNodePort ? portIn(given) : undefined;
}

function portIn(value: unknown): string | undefined {
  return /^[1-9]\d*$/.test(String(value)) ? String(value) : undefined;
}
