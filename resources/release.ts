/** The Helm release of a `chart` step. */
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import type * as pulumi from "@pulumi/pulumi";
import { loginStep } from "../components/portal-defaults.ts";
import { releaseKey } from "../model/inventory.ts";
import type { ChartStep } from "../model/settings.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { componentType } from "./component.ts";
import { loginNotice } from "./login.ts";
import { filledValues } from "./step-values.ts";

/**
 * One Helm release. A release that exists already is imported under its own name, always: Pulumi ignores
 * the option once the release is in its state, and without it a run that was killed, or one made by another
 * installer, ends in "cannot re-use a name that is still in use".
 */
export function createRelease(
  build: BuildContext,
  step: ChartStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.Resource {
  const { name, namespace } = step.release;
  const existing = build.existingRelease(step);
  const again = appliedAgain(build, step);
  const isWithheld = existing !== undefined && build.args.withheld.has(step.id);
  return new Release(
    step.id,
    {
      name,
      namespace,
      chart: build.args.charts.get(step.id) as string,
      version: step.chart.version,
      values: filledValues(build, step, step.values),
      timeout: step.timeoutSeconds,
      skipAwait: !step.wait,
      maxHistory: step.maxHistory,
      // Helm keeps the former values when the new ones are empty, so the last override could never be taken back.
      resetValues: true,
      // A changed input is what makes the engine upgrade a release.
      ...(again !== undefined && { description: again }),
    },
    {
      parent,
      // After all else, since the backup of a migration has Helm's record as it was.
      dependsOn: isWithheld
        ? build.afterwards(build.needsOf(node), () => build.args.withhold(step, existing.revision))
        : build.needsOf(node),
      hooks: {
        ...build.guardedAndPutBack,
        ...(step.id === loginStep && { afterCreate: [loginNotice(build)] }),
      },
      ...(existing && { import: `${namespace}/${name}` }),
      ...formerName(build, step),
      // What applying it again once left there is no reason for another upgrade.
      ...(again === undefined && { ignoreChanges: ["description"] }),
    },
  );
}

/**
 * The engine's name of the release in the last run, where it has another one now: a newer platform version may give a step
 * another id, or to another component. Without it the engine would take over the release under its new name, and then uninstall
 * it under its old one.
 */
function formerName(
  { args }: BuildContext,
  { id, component, release }: ChartStep,
): pulumi.CustomResourceOptions {
  const former = args.releaseUrns[release.name];
  const own = `${componentType(component)}$kubernetes:helm.sh/v3:Release::${id}`;
  return former === undefined || former.endsWith(own) ? {} : { aliases: [former] };
}

/** Why a release is applied though its inputs may not have changed, in words; undefined for any other. */
export function appliedAgain(build: BuildContext, step: ChartStep): string | undefined {
  const key = releaseKey(step.release, build.settings.namespace);
  const existing = build.existingRelease(step);
  // Helm reports success although its last write, that the release is deployed, was refused: the engine then sees
  // nothing to do, and the release would stay unfinished for ever.
  const again = existing && (build.args.reapply.has(key) || existing.status !== "deployed");
  return again ? `applied again over revision ${existing.revision}` : undefined;
}
