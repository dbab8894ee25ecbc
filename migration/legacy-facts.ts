/** What Krateo 2.7.0 is: its version, its object, and how others become one. */

import { deprecatedReleases, installerReleases } from "../components/deprecated.ts";
import { isMap } from "../model/secret-value.ts";
import type { Json } from "../model/settings.ts";

/** The only version whose way to 3.0.0 is known. */
export const legacyVersion = "2.7.0";

/** The kind of the object that 2.7.0's installer works from, and what its API calls them. */
export const legacyKind = {
  apiVersion: "krateo.io/v1alpha1",
  kind: "KrateoPlatformOps",
  plural: "krateoplatformops",
} as const;

/** What the installer puts on its object: it carries the uninstallation out before the object may go. */
export const platformFinalizer = "finalizer.managedresource.krateo.io";

/**
 * Whether the steps of a document or an Installation of upstream's CLI are those of 2.7.0: its `migrate` and `migrate-full`
 * leave such. A chart that 3.0.0 has no place for tells.
 */
export function holdsLegacySteps(steps: Json | undefined): boolean {
  if (!Array.isArray(steps)) return false;
  return steps.some((step) => {
    const input = isMap(step) ? step["with"] : undefined;
    const chart = isMap(input) ? input["repo"] : undefined;
    // Not etcd, which others have, too.
    return deprecatedReleases.some((one) => one.chart === chart && one.name === chart);
  });
}

/** How an older Krateo becomes one that can be migrated, as a sentence with the commands. */
export function wayToLegacyVersion(namespace: string): string {
  const upgrade = (chart: string): string =>
    `helm upgrade ${chart} ${chart} --repo https://charts.krateo.io --version ${legacyVersion} -n ${namespace} --reuse-values`;
  const upgrades = installerReleases.toReversed().map(({ chart }) => upgrade(chart));
  return (
    `first upgrade it to ${legacyVersion}: ${upgrades.join(" && ")}; ` +
    `wait until kubectl get ${legacyKind.plural} -n ${namespace} says READY`
  );
}
