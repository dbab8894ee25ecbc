/** Checks what is already installed in the cluster. */
import type { Check } from "../../../model/check.ts";
import type { Inventory } from "../../../model/inventory.ts";
import type { Settings } from "../../../model/settings.ts";
import type { KubeObject } from "../../client/api.ts";
import type { CheckedPod } from "./pods.ts";

/** What there is of earlier installations beyond the inventory, in the whole cluster; undefined what may not be read. */
export interface Installations {
  /** Installation snapshots of 3.0.0. */
  readonly snapshots?: readonly KubeObject[];
  readonly pods?: readonly CheckedPod[];
}

/** Judges an earlier platform version that is there; nothing where there is none. `pods`: of the whole cluster. */
export type LegacyChecks = (
  settings: Settings,
  inventory: Inventory,
  pods: readonly CheckedPod[] | undefined,
) => readonly Check[];

/**
 * What is installed already, and whether it is well. Whether it can be gone on from at all (its version, how many there
 * are) is a precondition of every run.
 */
export function checkInstallations(
  settings: Settings,
  inventory: Inventory,
  installations: Installations,
  checkLegacy: LegacyChecks,
): Check[] {
  const { namespace } = settings;
  const { snapshots = [] } = installations;
  const checks = [
    ...elsewhere(snapshots, namespace),
    ...checkLegacy(settings, inventory, installations.pods),
  ];
  if (checks.length > 0) return checks;
  const here = snapshots.find(({ metadata }) => metadata.namespace === namespace);
  const releases = Object.keys(inventory.releases).length;
  const found = here
    ? `Krateo ${inventory.platformVersion ?? "3.0.0"} in namespace ${namespace}: it will be upgraded in place`
    : releases > 0
      ? `Helm releases in namespace ${namespace}: ${releases}; those of the plan will be adopted`
      : "none: everything will be created";
  return [
    {
      check: "installation",
      subject: "earlier installation",
      status: "OK",
      found,
      expected: "none, or one that this version can continue from",
      next: "",
    },
  ];
}

function elsewhere(snapshots: readonly KubeObject[], namespace: string): Check[] {
  return snapshots
    .filter(({ metadata }) => metadata.namespace !== namespace)
    .map(({ metadata }) => ({
      check: "installation",
      subject: `Installation ${metadata.namespace}/${metadata.name}`,
      status: "ERROR",
      found: `Krateo is installed in namespace ${metadata.namespace}, not in ${namespace}`,
      expected: "one Krateo in a cluster",
      next: `pulumi config set krateo:namespace ${metadata.namespace}, or remove that installation first`,
    }));
}
