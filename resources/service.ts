/** The Service of an `object` step. */
import type * as pulumi from "@pulumi/pulumi";
import type { JsonObject, ObjectStep } from "../model/settings.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createObject } from "./object.ts";

/** A cloud takes a minute or two to make a load balancer; the charts' own Services are given as long. */
const balancerTimeoutSeconds = 900;

/**
 * A Service of the document's own. One of type LoadBalancer is done when it has an address, since its URL goes into
 * the frontend; any other as soon as it is there: the provider would wait 10 s for its pods, which the release that it
 * leads to has waited for already.
 */
export function createService(
  build: BuildContext,
  step: ObjectStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.CustomResource {
  const type = (step.manifest["spec"] as JsonObject | undefined)?.["type"];
  const wait = "pulumi.com/timeoutSeconds";
  const { clusterIP } = (step.manifest["spec"] ?? {}) as JsonObject;
  const given = step.manifest.metadata["annotations"] as Readonly<Record<string, string>> | undefined;
  return createObject(
    build,
    step,
    node,
    parent,
    type === "LoadBalancer"
      ? { [wait]: given?.[wait] ?? String(balancerTimeoutSeconds) }
      : { "pulumi.com/skipAwait": "true" },
    clusterIP === undefined ? ["spec.clusterIP", "spec.clusterIPs"] : [],
  );
}
