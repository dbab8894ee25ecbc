/**
 * HTTPRoutes and Gateways of the Gateway API among the steps of a configuration. Our own are those of steps that components/
 * knows. Those of other steps are objects like any other: what they are for, and who serves them, is not known here.
 */
import { knownStep } from "../../components/catalogue.ts";
import { valueAt } from "../../model/path.ts";
import type { ChartStep, Json, ObjectStep, Step } from "../../model/settings.ts";
import { gatewayGroup } from "./gateway.ts";

/** The version that a cluster has to serve. */
export const gatewayApi = `${gatewayGroup}/v1`;

/** Whether a step makes an HTTPRoute of our own. */
export function isOwnHttpRoute(step: Step): step is ObjectStep {
  return isOfGatewayApi(step, "HTTPRoute") && knownStep(step.id) !== undefined;
}

/** Whether a step makes a Gateway of our own. */
export function isOwnGateway(step: Step): step is ObjectStep {
  return isGateway(step) && knownStep(step.id) !== undefined;
}

/** Whether a step makes a Gateway, our own or another. */
export function isGateway(step: Step): step is ObjectStep {
  return isOfGatewayApi(step, "Gateway");
}

function isOfGatewayApi(step: Step, kind: string): step is ObjectStep {
  return step.type === "object" && step.manifest.apiVersion === gatewayApi && step.manifest.kind === kind;
}

/** The enabled HTTPRoute of our own that leads to the Service of a Helm release; undefined when there is none. */
export function httpRouteTo(
  steps: readonly Step[],
  release: Pick<ChartStep["release"], "name" | "namespace">,
): ObjectStep | undefined {
  return steps.filter(isOwnHttpRoute).find((route) => route.enabled && backendsTo(route, release).length > 0);
}

/** What an HTTPRoute says of the Service of a Helm release, as often as it names it. */
export function backendsTo(
  { manifest }: ObjectStep,
  release: Pick<ChartStep["release"], "name" | "namespace">,
): Json[] {
  return backendsOf(manifest).filter(
    (backend) =>
      valueAt(backend, ["name"]) === release.name &&
      (valueAt(backend, ["namespace"]) ?? manifest.metadata.namespace) === release.namespace,
  );
}

/** The hosts that an HTTPRoute names. */
export function hostnamesOf({ manifest }: ObjectStep): string[] {
  return listAt(manifest, ["spec", "hostnames"]).filter((host) => typeof host === "string");
}

function backendsOf(manifest: Json): Json[] {
  return listAt(manifest, ["spec", "rules"]).flatMap((rule) => listAt(rule, ["backendRefs"]));
}

function listAt(value: Json, path: readonly string[]): Json[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as Json[]) : [];
}
