/** The Gateways and HTTPRoutes of `object` steps. */
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectStep } from "../model/settings.ts";
import { listeningCondition, servedConditions, writtenOf } from "../plan/gateway-api.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createObject } from "./object.ts";

/** A controller may make a load balancer for a Gateway; a Service is given as long for its own. */
const gatewayTimeoutSeconds = 900;

/** A controller answers within seconds, but for one that waits for a certificate first. */
const routeTimeoutSeconds = 300;

/**
 * Bears what the object's metadata were when it was written. A change of annotations alone makes no new generation, and
 * the provider may then take the former object, which it still remembers, for the one that it waits for.
 */
const writtenAnnotation = "krateo.io/written";

/**
 * That a condition is true of an object as it is now: after a change, its status tells of the former one for a while.
 * Written in the provider's own JSONPath: `=` alone would end the path, and more than two conditions need parentheses.
 */
function holds(type: string, step: ObjectStep): string {
  const isTrue = `(@.type == "${type}" && @.status == "True")`;
  const isLatest =
    "(@.observedGeneration == $.metadata.generation && " +
    `$.metadata.annotations["${writtenAnnotation}"] == "${writtenOf(step)}")`;
  return `[?${isTrue} && ${isLatest}]`;
}

function waiting(step: ObjectStep, path: string, timeoutSeconds: number): Readonly<Record<string, string>> {
  return {
    [writtenAnnotation]: writtenOf(step),
    "pulumi.com/waitFor": `jsonpath={${path}}`,
    "pulumi.com/timeoutSeconds": String(timeoutSeconds),
  };
}

/** A Gateway, done as soon as it listens. Its certificates may come later, from whoever sees it first. */
export function createGateway(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const path = `.status.conditions${holds(listeningCondition, step)}`;
  return createObject(build, step, node, parent, waiting(step, path, gatewayTimeoutSeconds));
}

/** An HTTPRoute, done as soon as a Gateway serves it: until then its host answers 404, or not at all. */
export function createHttpRoute(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const served = servedConditions.map((type) => `@.conditions${holds(type, step)}`).join(" && ");
  return createObject(
    build,
    step,
    node,
    parent,
    waiting(step, `.status.parents[?${served}]`, routeTimeoutSeconds),
  );
}
