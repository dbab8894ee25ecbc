/** What the charts of a plan hold, and what the installed releases hold: for the rights that an account needs. */
import { renderedManifests } from "../cluster/checks/rendering/rendered-manifests.ts";
import type { HelmRelease } from "../cluster/client/helm-release.ts";
import { parseManifest } from "../cluster/client/manifest.ts";
import type { ChartStep } from "../model/settings.ts";
import type { ChartContents } from "../plan/rights/needed.ts";
import { type PlannedObject, plannedObjects } from "../plan/rights/planned-objects.ts";

/**
 * Renders the charts with the helm on the PATH; where there is none, nothing of them is known.
 *
 * @param archives Path of each step's archive, by step id.
 * @param releases Installed ones.
 * @param generated As of ChartContents.
 */
export async function chartContents(
  steps: readonly ChartStep[],
  archives: ReadonlyMap<string, string>,
  releases: Iterable<HelmRelease>,
  generated: readonly string[] = [],
): Promise<ChartContents> {
  return {
    rendered: await renderedManifests(steps, archives),
    installed: [...releases].flatMap(installedObjects),
    generated,
  };
}

function installedObjects({ name, namespace, manifest, hooks = [] }: HelmRelease): PlannedObject[] {
  const objects = [manifest, ...hooks.map((hook) => hook.manifest)].flatMap(parseManifest);
  return plannedObjects(`release ${name}`, namespace, objects);
}
