/** The Command that marks unfinished Helm operations of a killed run as failed. */
import { Command } from "@pulumi/command/local/command.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";

/**
 * Marks the Helm operations that a killed run left unfinished as failed, before anything that would fail on them. Which
 * ones was decided when the program looked; they stand in the environment, so that a preview shows them. When
 * there are none its inputs are left as they were, so that a second run is empty.
 */
export function createRepair(build: BuildContext, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const found = build.args.repairs.map(({ release, revision }) => `${release}@${revision}`);
  return new Command(
    node.id,
    {
      create: krateoCommand(build, "end-revisions"),
      environment: { ...connectionEnvironment(build), KRATEO_REVISIONS: found.join(" ") },
    },
    {
      parent,
      dependsOn: build.needsOf(node),
      hooks: build.guarded,
      ...(found.length === 0 && { ignoreChanges: ["environment"] }),
    },
  );
}
