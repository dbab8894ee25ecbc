/** The Command that restarts pods that are older than their configuration. */
import { Command } from "@pulumi/command/local/command.js";
import * as pulumi from "@pulumi/pulumi";
import type { Json } from "../model/settings.ts";
import { configurationHash, startValuesOf } from "../plan/configuration-hash.ts";
import { chartStepsOf, type PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";
import { appliedAgain } from "./release.ts";
import { filledValues } from "./step-values.ts";

/**
 * Starts new pods where the running ones are older than the ConfigMaps that they read when they start. A hash of what
 * goes into each release's ConfigMaps stands in the environment, so that a preview shows whose configuration changes;
 * beside it what is older already, and which releases are put back. Which pods are is looked up when it runs: a first installation restarts nothing,
 * and neither does a new version of this program.
 *
 * The hash of secret values is a secret, too: encrypted in the state and masked in the preview.
 */
export function createRestart(build: BuildContext, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const steps = chartStepsOf(build.settings);
  const hashes = steps.flatMap((step): [string, pulumi.Output<string>][] => {
    const values = startValuesOf(step);
    if (values === undefined) return [];
    const filled = pulumi.output(filledValues(build, step, values));
    return [[variableOf(step.release.name), filled.apply((all) => configurationHash(step, all as Json))]];
  });
  const again = steps.flatMap((step) => {
    const why = appliedAgain(build, step);
    return why === undefined ? [] : [`${step.release.name} ${why}`];
  });
  const found = [...build.args.outdated, ...again];
  const releases = steps.map(({ release }) => `${release.namespace}/${release.name}`);
  return new Command(
    node.id,
    {
      create: krateoCommand(build, "restart"),
      environment: {
        ...connectionEnvironment(build),
        ...Object.fromEntries(hashes),
        // The command cannot read all that the engine can: another configuration file, encrypted values, environments.
        KRATEO_RELEASES: releases.join(","),
        KRATEO_OUTDATED: found.join("; "),
      },
    },
    {
      parent,
      dependsOn: build.needsOf(node),
      hooks: build.guarded,
      // What was found once and has been mended is no reason to run again.
      ...(found.length === 0 && { ignoreChanges: ["environment.KRATEO_OUTDATED"] }),
    },
  );
}

function variableOf(release: string): string {
  return `KRATEO_CONFIGURATION_${release.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}
