/** The Gateways and HTTPRoutes of `object` steps. */
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectStep } from "../model/settings.ts";
import { listeningCondition, servedConditions } from "../plan/gateway-api.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createObject } from "./object.ts";
import { waitingFor } from "./written.ts";

/** A controller may make a load balancer for a Gateway; a Service is given as long for its own. */
const gatewayTimeoutSeconds = 900;

/** A controller answers within seconds, but for one that waits for a certificate first. */
const routeTimeoutSeconds = 300;

/** That a condition is true of an object as it is now: after a change, its status tells of the former one for a while. */
function holds(type: string, isWritten: string): string {
  const isTrue = `(@.type == "${type}" && @.status == "True")`;
  return `[?${isTrue} && (@.observedGeneration == $.metadata.generation && ${isWritten})]`;
}

/** A Gateway, done as soon as it listens. Its certificates may come later, from whoever sees it first. */
export function createGateway(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const listens = (isWritten: string) => `.status.conditions${holds(listeningCondition, isWritten)}`;
  // A change of anything but its metadata makes a new generation.
  const waiting = waitingFor(step.manifest.metadata, listens, gatewayTimeoutSeconds);
  return createObject(build, step, node, parent, waiting);
}

/** An HTTPRoute, done as soon as a Gateway serves it: until then its host answers 404, or not at all. */
export function createHttpRoute(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const served = (isWritten: string) =>
    `.status.parents[?${servedConditions.map((type) => `@.conditions${holds(type, isWritten)}`).join(" && ")}]`;
  const waiting = waitingFor(step.manifest.metadata, served, routeTimeoutSeconds);
  return createObject(build, step, node, parent, waiting);
}
