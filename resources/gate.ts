/** The Commands that wait for what Helm does not wait for. */
import { Command } from "@pulumi/command/local/command.js";
import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import type * as pulumi from "@pulumi/pulumi";
import { gatedSteps, type KnownStep } from "../components/catalogue.ts";
import type { GateDescription } from "../components/description.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";

/**
 * A wait that no Helm release does. As a resource it takes its place in the order of removal too.
 *
 * - During an installation: after the step that it stands behind. It runs again only when that release got a new revision.
 * - During a removal: it does nothing before. It holds the step's release back until the wait is over.
 */
export function createGate(build: BuildContext, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const { id, gate } = gatedSteps.find((step) => step.gate.id === node.id) as KnownStep & {
    gate: GateDescription;
  };
  const opts = { parent, dependsOn: build.needsOf(node), hooks: build.guarded };
  const end = `--timeout ${gate.timeoutSeconds}`;
  if (gate.during === "removal") {
    const wait = krateoCommand(build, `${gate.command} ${end}`);
    return new Command(node.id, { delete: wait, environment: connectionEnvironment(build) }, opts);
  }
  const release = build.resource(id) as Release;
  const step = build.step(id);
  const cluster = step.type === "chart" ? step.release.name : build.settings.namespace;
  return new Command(
    node.id,
    {
      create: krateoCommand(build, `${gate.command} --cluster ${cluster} ${end}`),
      environment: {
        ...connectionEnvironment(build),
        PG_CLUSTER_REVISION: release.status.apply((status) => String(status.revision)),
      },
    },
    opts,
  );
}
