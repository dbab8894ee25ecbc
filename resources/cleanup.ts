/** The Command that removes what Krateo 2.7.0 left. */
import { Command } from "@pulumi/command/local/command.js";
import type * as pulumi from "@pulumi/pulumi";
import { installationKey, protectiveFinalizer } from "../plan/installation.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";

/**
 * The pre-upgrade step: writes a backup, stops the installer of 2.7.0, removes the Helm releases that 3.0.0 has no place
 * for, their volume, and the finalizer of upstream's snapshot, ahead of every other release.
 */
export function createCleanup(build: BuildContext, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const { releases, volumes, platform } = build.inventory.legacy;
  const snapshot = build.inventory.objects[installationKey.object(build.settings.namespace)];
  const running = (platform?.installers ?? []).filter(({ replicas }) => replicas > 0);
  const found = [
    ...running.map(({ name, replicas }) => `installer ${name} at ${replicas}`),
    ...releases.map(({ name, chart, chartVersion }) => `release ${name} (chart ${chart} ${chartVersion})`),
    ...volumes.map((name) => `volume ${name}`),
    ...(snapshot?.finalizers?.includes(protectiveFinalizer) ? [`finalizer ${protectiveFinalizer}`] : []),
  ];
  return createRemoval(build, node, parent, found, {
    ...(build.settings.purgeVolumes && { KRATEO_PURGE_VOLUMES: "true" }),
  });
}

/**
 * The end of a migration, when everything of 3.0.0 is ready: the object of 2.7.0 and its installer go, and what earlier
 * installers may do as cluster-admin.
 */
export function createRetirement(
  build: BuildContext,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.Resource {
  const { platform, leftovers = [] } = build.inventory.legacy;
  const found = [
    ...(platform?.objects ?? []).map(({ name }) => `object ${name}`),
    ...(platform?.releases ?? []).map(
      ({ name, chart, chartVersion }) => `release ${name} (chart ${chart} ${chartVersion})`,
    ),
    ...leftovers.map(({ kind, name }) => `${kind} ${name}`),
  ];
  return createRemoval(build, node, parent, found, {});
}

/**
 * A Command of the node's name that removes what was found. That stands in its environment, so that a preview shows what
 * will go; when nothing was found its inputs are left as they were, so that a second run is empty.
 */
function createRemoval(
  build: BuildContext,
  node: PlanNode,
  parent: pulumi.Resource,
  found: readonly string[],
  environment: Readonly<Record<string, string>>,
): pulumi.Resource {
  return new Command(
    node.id,
    {
      create: krateoCommand(build, node.id),
      environment: { ...connectionEnvironment(build), ...environment, KRATEO_FOUND: found.join(", ") },
    },
    {
      parent,
      dependsOn: build.needsOf(node),
      hooks: build.guarded,
      ...(found.length === 0 && { ignoreChanges: ["environment"] }),
    },
  );
}
