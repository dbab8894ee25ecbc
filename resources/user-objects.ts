/** The Command that stops a destroy while users' objects are left. */
import { Command } from "@pulumi/command/local/command.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";

/**
 * Does nothing on installation. Everything else stands before it in the order of installation, so that a destroy
 * begins with it: it stops there when objects of users would go, or would hold the destroy up half-way because who
 * clears their finalizers has gone before them.
 */
export function createUserObjectsCheck(
  build: BuildContext,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.Resource {
  return new Command(
    node.id,
    { delete: krateoCommand(build, "check-user-objects"), environment: connectionEnvironment(build) },
    { parent, dependsOn: build.needsOf(node), hooks: build.guarded },
  );
}
