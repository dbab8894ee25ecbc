/** Steps beside a chart's own that let it be reached from outside: a Route on OpenShift, or a Service of our own. */
import type { StepDescription } from "./description.ts";

/** Type routes: a Route to the Service that the step's Helm release makes. */
export function route(name: string): StepDescription {
  const why = "its Helm release makes the Service that the Route leads to";
  return { id: `expose-${name}`, needs: [{ on: `install-${name}`, why }] };
}

/** A Service of our own, for a chart that takes no annotation or node port for its own. */
export function ownService(name: string): StepDescription {
  const why =
    "it leads to that release's pods, and may hold a port that the chart's Service has to give up first";
  return { id: publishingStep(name), needs: [{ on: `install-${name}`, why }] };
}

/** Id of the step that makes a Service of our own beside a chart's. @param name Name of the chart's Service. */
export function publishingStep(name: string): string {
  return `publish-${name}`;
}
