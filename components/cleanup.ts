import { Command } from "@pulumi/command/local/command.js";
import type * as pulumi from "@pulumi/pulumi";
import { installationKey, protectiveFinalizer } from "../profiles/installation.ts";
import type { PlanNode } from "../profiles/plan.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";
import type { Site } from "./site.ts";

/**
 * The pre-upgrade step: removes the Helm releases that 3.0.0 has no place for, their volume, and the finalizer of
 * upstream's snapshot, ahead of every other release. What was found stands in its environment, so that a preview shows what will go; when
 * nothing was found its inputs are left as they were, so that a second run is empty.
 */
export function createCleanup(site: Site, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const { releases, volumes } = site.inventory.legacy;
  const snapshot = site.inventory.objects[installationKey.object(site.settings.namespace)];
  const found = [
    ...releases.map(({ name, chart, chartVersion }) => `release ${name} (chart ${chart} ${chartVersion})`),
    ...volumes.map((name) => `volume ${name}`),
    ...(snapshot?.finalizers?.includes(protectiveFinalizer) ? [`finalizer ${protectiveFinalizer}`] : []),
  ];
  return new Command(
    "cleanup",
    {
      create: krateoCommand(site, "cleanup"),
      environment: { ...connectionEnvironment(site), KRATEO_FOUND: found.join(", ") },
    },
    {
      parent,
      dependsOn: site.needsOf(node),
      ...(found.length === 0 && { ignoreChanges: ["environment"] }),
    },
  );
}
