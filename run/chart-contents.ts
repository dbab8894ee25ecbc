/** What the charts of a plan hold, and what the installed releases hold: for the rights that an account needs. */
import { renderedManifests } from "../cluster/checks/rendering/rendered-manifests.ts";
import type { HelmRelease } from "../cluster/client/helm-release.ts";
import { parseManifest } from "../cluster/client/manifest.ts";
import { deprecatedReleases, installerReleases } from "../components/deprecated.ts";
import type { Settings } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import type { ChartContents } from "../plan/rights/needed.ts";
import { type PlannedObject, plannedObjects } from "../plan/rights/planned-objects.ts";

/**
 * Renders the charts with the helm on the PATH; where there is none, nothing of them is known.
 *
 * @param archives Path of each step's archive, by step id.
 * @param releases Installed ones; undefined: nobody has read them.
 * @param generated As of ChartContents.
 */
export async function chartContents(
  settings: Settings,
  archives: ReadonlyMap<string, string>,
  releases: readonly HelmRelease[] | undefined,
  generated: readonly string[] = [],
): Promise<ChartContents> {
  const rendered = await renderedManifests(chartStepsOf(settings), archives);
  if (releases === undefined) return { rendered, generated };
  const legacy = releases.filter((release) => isOfLegacy(release, settings));
  return {
    rendered,
    installed: releases
      .filter((release) => !legacy.includes(release))
      .flatMap((release) => [...objectsOf(release), ...hooksOf(release)]),
    // Without hooks: they are no part of what a removal deletes.
    legacy: new Map(legacy.map((release) => [release.name, objectsOf(release)])),
    generated,
  };
}

function isOfLegacy({ name, namespace, chart }: HelmRelease, settings: Settings): boolean {
  return (
    namespace === settings.namespace &&
    [...deprecatedReleases, ...installerReleases].some(
      (one) => one.name === name && one.chart === chart.metadata.name,
    )
  );
}

function objectsOf({ name, namespace, manifest }: HelmRelease): PlannedObject[] {
  return plannedObjects(`release ${name}`, namespace, parseManifest(manifest));
}

function hooksOf({ name, namespace, hooks = [] }: HelmRelease): PlannedObject[] {
  const objects = hooks.flatMap((hook) => parseManifest(hook.manifest));
  return plannedObjects(`release ${name}`, namespace, objects);
}
