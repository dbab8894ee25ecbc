/** What each kind of node of the plan becomes. */
import type * as pulumi from "@pulumi/pulumi";
import { isOwnGateway, isOwnHttpRoute } from "../configuration/exposure/http-routes.ts";
import type { ObjectStep, Step } from "../model/settings.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createCleanup, createRetirement } from "./cleanup.ts";
import { createGate } from "./gate.ts";
import { createGateway, createHttpRoute } from "./gateway-api.ts";
import { createNamespace } from "./namespace.ts";
import { createObject } from "./object.ts";
import { createRegistryLogin } from "./registry-login.ts";
import { createRelease } from "./release.ts";
import { createRepair } from "./repair.ts";
import { createRestart } from "./restart.ts";
import { createRoute } from "./route.ts";
import type { Secrets } from "./secrets.ts";
import { createService } from "./service.ts";
import { createSnapshot } from "./snapshot.ts";
import { createUserObjectsCheck } from "./user-objects.ts";
import { readVariable } from "./variable.ts";

/** @param parent The platform, the node's component, or for a Secret what holds the passwords. */
type Maker = (build: BuildContext, node: PlanNode, parent: pulumi.Resource) => readonly pulumi.Resource[];

/** One resource of a node that is no step. */
function bookkeeping(
  create: (build: BuildContext, node: PlanNode, parent: pulumi.Resource) => pulumi.Resource,
): Maker {
  return (build, node, parent) => [create(build, node, parent)];
}

/** One resource of a step of that type. */
function ofStep<Type extends Step["type"]>(
  type: Type,
  create: (
    build: BuildContext,
    step: Extract<Step, { type: Type }>,
    node: PlanNode,
    parent: pulumi.Resource,
  ) => pulumi.Resource,
): Maker {
  return (build, node, parent) => {
    const step = build.step(node.id);
    if (step.type !== type)
      throw new Error(`${node.id} is planned as ${node.kind}, and is of type ${step.type}`);
    return [create(build, step as Extract<Step, { type: Type }>, node, parent)];
  };
}

export const makers: Readonly<Record<PlanNode["kind"], Maker>> = {
  namespace: bookkeeping((build, _, parent) => createNamespace(build, parent)),
  repair: bookkeeping(createRepair),
  cleanup: bookkeeping(createCleanup),
  secret: bookkeeping((build, node, secrets) => (secrets as Secrets).create(build, node)),
  "registry-login": bookkeeping(createRegistryLogin),
  release: ofStep("chart", createRelease),
  variable: makeVariable,
  object: ofStep("object", (build, step, node, parent) => creatorOf(step)(build, step, node, parent)),
  route: ofStep("object", createRoute),
  gate: bookkeeping(createGate),
  restart: bookkeeping(createRestart),
  retire: bookkeeping(createRetirement),
  snapshot: bookkeeping(createSnapshot),
  "user-objects": bookkeeping(createUserObjectsCheck),
};

/** Kinds that are not ready as soon as they are there. */
function creatorOf(step: ObjectStep) {
  const { apiVersion, kind } = step.manifest;
  if (isOwnHttpRoute(step)) return createHttpRoute;
  if (isOwnGateway(step)) return createGateway;
  return apiVersion === "v1" && kind === "Service" ? createService : createObject;
}

/** A variable becomes no resource: it stands for those that it is read from. */
function makeVariable(build: BuildContext, node: PlanNode): readonly pulumi.Resource[] {
  const step = build.step(node.id);
  if (step.type !== "var")
    throw new Error(`${node.id} is planned as a variable, and is of type ${step.type}`);
  const { value, after } = readVariable(build, step, node);
  build.setVariable(step.name, value);
  return after;
}
