/** Steps beside a chart's own that let it be reached from outside: a Route on OpenShift, an HTTPRoute, a Service of our own. */
import type { StepDescription } from "./description.ts";

/**
 * Type routes: a Route to the Service that the step's Helm release makes. OpenShift gives it a host, and a router admits it,
 * without a look at the Service: the frontend needs the host, and neither waits for what answers there.
 */
export function route(name: string): StepDescription {
  const why = "its Helm release makes the Service that the Route leads to";
  return { id: `expose-${name}`, needs: [], uses: [{ on: `install-${name}`, why }] };
}

/** Ids of the steps that make a Gateway of our own, and what stands beside it. */
export const gatewayStep = "open-gateway";
export const certificateStep = "grant-certificates";
export const redirectStep = "redirect-to-https";

const toGateway = {
  on: gatewayStep,
  why: "no controller accepts an HTTPRoute to a Gateway that is not there",
};

/** Type gateway: an HTTPRoute to the Service that the step's Helm release makes. */
export function attachment(name: string): StepDescription {
  const service = "its Helm release makes the Service that the HTTPRoute leads to";
  return { id: attachingStep(name), needs: [{ on: `install-${name}`, why: service }, toGateway] };
}

/** Id of the step that makes the HTTPRoute to a chart's Service. @param name Name of the Service. */
export function attachingStep(name: string): string {
  return `attach-${name}`;
}

/** Type gateway with a Gateway of our own, whichever Services it serves. */
export const ownGateway: readonly StepDescription[] = [
  { id: certificateStep, needs: [] },
  { id: gatewayStep, needs: [{ on: certificateStep, why: "it lets the Gateway read its certificates" }] },
  { id: redirectStep, needs: [toGateway] },
];

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
