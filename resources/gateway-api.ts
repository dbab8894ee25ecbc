/** The Gateways and HTTPRoutes of `object` steps. */
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectStep } from "../model/settings.ts";
import { listeningCondition, servedConditions } from "../plan/gateway-api.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createObject } from "./object.ts";

/** A controller may make a load balancer for a Gateway; a Service is given as long for its own. */
const gatewayTimeoutSeconds = 900;

/** A controller answers within seconds, but for one that waits for a certificate first. */
const routeTimeoutSeconds = 300;

/**
 * That a condition is true of an object as it is now: after a change, its status tells of the former one for a while.
 * Written in the provider's own JSONPath: `=` alone would end the path, and a third condition needs parentheses around
 * the first two.
 */
function holds(type: string): string {
  return `[?(@.type == "${type}" && @.status == "True") && @.observedGeneration == $.metadata.generation]`;
}

/** A Gateway, done as soon as it listens. Its certificates may come later, from whoever sees it first. */
export function createGateway(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  return createObject(build, step, node, parent, {
    "pulumi.com/waitFor": `jsonpath={.status.conditions${holds(listeningCondition)}}`,
    "pulumi.com/timeoutSeconds": String(gatewayTimeoutSeconds),
  });
}

/** An HTTPRoute, done as soon as a Gateway serves it: until then its host answers 404, or not at all. */
export function createHttpRoute(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const served = servedConditions.map((type) => `@.conditions${holds(type)}`).join(" && ");
  return createObject(build, step, node, parent, {
    "pulumi.com/waitFor": `jsonpath={.status.parents[?${served}]}`,
    "pulumi.com/timeoutSeconds": String(routeTimeoutSeconds),
  });
}
