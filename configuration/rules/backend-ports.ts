/** Whether an HTTPRoute leads to the port that its chart's Service has: two values, which may be set apart. */
import { knownStep } from "../../components/catalogue.ts";
import { valueAt } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { ChartStep } from "../../model/settings.ts";
import { backendsTo, httpRouteTo } from "../exposure/http-routes.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** An HTTPRoute of our own to a port that its Service does not have: its Gateway would answer 500 to every request. */
export function backendPortProblems({ steps, computed }: ResolvedConfiguration): Problem[] {
  return steps.flatMap((step): Problem[] => {
    if (step.type !== "chart" || !step.enabled) return [];
    const route = httpRouteTo(steps, step.release);
    const port = servicePort(step);
    if (route === undefined || port === undefined) return [];
    const others = backendsTo(route, step.release)
      .map((backend) => valueAt(backend, ["port"]))
      .filter((other) => String(other) !== port);
    if (others.length === 0) return [];
    return [
      {
        what: `step ${route.id} leads to port ${others.join(", ")}, and Service ${step.release.name} has port ${port}`,
        ...computed.find(({ id }) => id === step.id)?.place(["values", "service", "port"]),
        next:
          "leave service.port out, or give that step the rules with its port, all of them: " +
          `components.${route.component}.stepConfig.${route.id}.with.spec.rules`,
      },
    ];
  });
}

/** The port of a Service whose chart takes it from its values; undefined for what is not known or no port. */
function servicePort({ id, chart, values }: ChartStep): string | undefined {
  const known = knownStep(id)?.chart;
  if (!known?.service || known.name !== chart.name) return undefined;
  const port = String(valueAt(values, ["service", "port"]) ?? known.service.port);
  return /^[1-9]\d*$/.test(port) ? port : undefined;
}
