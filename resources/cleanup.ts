import { Command } from "@pulumi/command/local/command.js";
import type * as pulumi from "@pulumi/pulumi";
import { installationKey, protectiveFinalizer } from "../plan/installation.ts";
import type { PlanNode } from "../plan/plan.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";
import type { Site } from "./site.ts";

/**
 * The pre-upgrade step: writes a backup, stops the installer of 2.7.0, removes the Helm releases that 3.0.0 has no place
 * for, their volume, and the finalizer of upstream's snapshot, ahead of every other release.
 */
export function createCleanup(site: Site, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const { releases, volumes, platform } = site.inventory.legacy;
  const snapshot = site.inventory.objects[installationKey.object(site.settings.namespace)];
  const running = (platform?.installers ?? []).filter(({ replicas }) => replicas > 0);
  const found = [
    ...running.map(({ name, replicas }) => `installer ${name} at ${replicas}`),
    ...releases.map(({ name, chart, chartVersion }) => `release ${name} (chart ${chart} ${chartVersion})`),
    ...volumes.map((name) => `volume ${name}`),
    ...(snapshot?.finalizers?.includes(protectiveFinalizer) ? [`finalizer ${protectiveFinalizer}`] : []),
  ];
  return createRemoval(site, node, parent, found, {
    ...(site.settings.purgeVolumes && { KRATEO_PURGE_VOLUMES: "true" }),
  });
}

/**
 * The end of a migration, when everything of 3.0.0 is ready: the object of 2.7.0 and its installer go, and what earlier
 * installers may do as cluster-admin.
 */
export function createRetirement(site: Site, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const { platform, leftovers = [] } = site.inventory.legacy;
  const found = [
    ...(platform?.objects ?? []).map(({ name }) => `object ${name}`),
    ...(platform?.releases ?? []).map(
      ({ name, chart, chartVersion }) => `release ${name} (chart ${chart} ${chartVersion})`,
    ),
    ...leftovers.map(({ kind, name }) => `${kind} ${name}`),
  ];
  return createRemoval(site, node, parent, found, {});
}

/**
 * A Command of the node's name that removes what was found. That stands in its environment, so that a preview shows what
 * will go; when nothing was found its inputs are left as they were, so that a second run is empty.
 */
function createRemoval(
  site: Site,
  node: PlanNode,
  parent: pulumi.Resource,
  found: readonly string[],
  environment: Readonly<Record<string, string>>,
): pulumi.Resource {
  return new Command(
    node.id,
    {
      create: krateoCommand(site, node.id),
      environment: { ...connectionEnvironment(site), ...environment, KRATEO_FOUND: found.join(", ") },
    },
    {
      parent,
      dependsOn: site.needsOf(node),
      hooks: site.explained,
      ...(found.length === 0 && { ignoreChanges: ["environment"] }),
    },
  );
}
