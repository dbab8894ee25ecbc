/** The OpenShift Route of an `object` step. */
import type * as pulumi from "@pulumi/pulumi";
import type { JsonObject, ObjectStep } from "../model/settings.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createObject } from "./object.ts";
import { waitingFor } from "./written.ts";

/** A router answers within a second or two; one that is down, or watches other namespaces, never does. */
const admissionTimeoutSeconds = 180;

/**
 * What the provider waits for: a Route without a router's consent has no host that leads anywhere, and the frontend would
 * be told an address that answers 503. A host that the Route had before does not count.
 */
function admittedAt(host: unknown): (isWritten: string) => string {
  const consent = `@.conditions[?@.type == "Admitted" && @.status == "True"]`;
  const here = typeof host === "string" ? `(@.host == ${JSON.stringify(host)} && ${consent})` : consent;
  return (isWritten) => `.status.ingress[?${here} && ${isWritten}].host`;
}

/** An OpenShift Route, done as soon as a router has admitted it; its own annotations may say how long to wait. */
export function createRoute(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const { manifest } = step;
  const admitted = admittedAt((manifest["spec"] as JsonObject | undefined)?.["host"]);
  // Routers do not say which generation they have admitted.
  return createObject(build, step, node, parent, waitingFor(manifest, admitted, admissionTimeoutSeconds));
}
