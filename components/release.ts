import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { releaseKey } from "../profiles/inventory.ts";
import type { PlanNode } from "../profiles/plan.ts";
import type { ChartStep, Json, Path } from "../profiles/settings.ts";
import { expandVariables, variablesIn } from "../profiles/variables.ts";
import type { Site } from "./site.ts";

/**
 * One Helm release. A release that exists already is imported under its own name, always: Pulumi ignores
 * the option once the release is in its state, and without it a run that was killed, or one made by another
 * installer, ends in "cannot re-use a name that is still in use".
 */
export function createRelease(
  site: Site,
  step: ChartStep,
  node: PlanNode,
  parent: pulumi.Resource,
): pulumi.Resource {
  const { name, namespace } = step.release;
  const key = releaseKey(step.release, site.settings.namespace);
  const existing = site.inventory.releases[key];
  const asked = existing !== undefined && site.args.reapply.has(key);
  // Helm reports success although its last write, that the release is deployed, was refused: the engine then sees
  // nothing to do, and the release would stay unfinished for ever.
  const again = asked || (existing !== undefined && existing.status !== "deployed");
  return new Release(
    step.id,
    {
      name,
      namespace,
      chart: site.args.charts.get(step.id) as string,
      version: step.chart.version,
      values: valuesOf(site, step),
      timeout: step.timeoutSeconds,
      skipAwait: !step.wait,
      maxHistory: step.maxHistory,
      // Helm keeps the former values when the new ones are empty, so the last override could never be taken back.
      resetValues: true,
      // A changed input is what makes the engine upgrade a release.
      ...(again && { description: `applied again over revision ${existing.revision}` }),
    },
    {
      parent,
      dependsOn: site.needsOf(node),
      hooks: site.explainedAndPutBack,
      ...(existing && { import: `${namespace}/${name}` }),
      // What applying it again once left there is no reason for another upgrade.
      ...(!again && { ignoreChanges: ["description"] }),
    },
  );
}

/** The step's values with variables filled in, and secret again what came from secret stack configuration. */
function valuesOf(site: Site, step: ChartStep): pulumi.Input<{ [key: string]: pulumi.Input<unknown> }> {
  const fill = (value: Json, path: Path): pulumi.Input<unknown> => {
    const filled = leafOrBranch(value, path);
    return isSecret(step.secretPaths, path) ? pulumi.secret(filled) : filled;
  };
  const leafOrBranch = (value: Json, path: Path): pulumi.Input<unknown> => {
    if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index]));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]),
      );
    }
    const names = variablesIn(value);
    if (names.length === 0) return expandVariables(value, {});
    return site.variables(names).apply((variables) => expandVariables(value, variables));
  };
  return fill(step.values, []) as pulumi.Input<{ [key: string]: pulumi.Input<unknown> }>;
}

function isSecret(secretPaths: readonly Path[], path: Path): boolean {
  return secretPaths.some(
    (secret) => secret.length === path.length && secret.every((key, i) => key === path[i]),
  );
}
