/** Finds the installed releases that the next run upgrades. */
import { expandVariables, variablesIn } from "../../../configuration/variables.ts";
import { type Inventory, releaseKey } from "../../../model/inventory.ts";
import type { ChartStep, JsonObject, Settings, VariableStep } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import type { Connection } from "../../client/connection.ts";
import type { HelmRelease } from "../../client/helm-release.ts";
import { refersTo, releaseFindings } from "../../drift/release-drift.ts";
import { nodeAddressValue, readVariables, type VariableValues } from "../../drift/variable-values.ts";

/** A Helm release that is installed and that the next run upgrades. */
export interface PlannedUpgrade {
  readonly step: ChartStep;
  /** Its key in `Inventory.releases`. */
  readonly key: string;
  /** Its latest revision. */
  readonly live: HelmRelease;
  /** What it will be given; undefined when that depends on what only the installation knows. */
  readonly values: JsonObject | undefined;
  /** Somebody asked to apply it again. */
  readonly asked: boolean;
}

/** Statuses that the run ends before it upgrades: until then Helm refuses to look at the release. */
export function isBusy(status: string): boolean {
  return /^(pending-|uninstall)/.test(status);
}

/**
 * The releases whose chart, version, status or values are not those of their latest revision, and those that somebody asked
 * for. A value that holds a variable counts as unchanged: what it stands for is read only where there is another reason.
 *
 * @param latest The latest revision of every release, by its key in the inventory.
 * @throws as `get` in api.ts
 */
export async function plannedUpgrades(
  connection: Connection,
  settings: Settings,
  inventory: Inventory,
  latest: ReadonlyMap<string, HelmRelease>,
  reapply: ReadonlySet<string>,
): Promise<PlannedUpgrade[]> {
  const assumed: VariableValues = {
    values: nodeAddressValue(settings, inventory),
    missing: settings.steps.filter((step): step is VariableStep => step.type === "var"),
  };
  const changed = chartStepsOf(settings).flatMap((step) => {
    const key = releaseKey(step.release, settings.namespace);
    const live = latest.get(key);
    if (!live) return [];
    const asked = reapply.has(key);
    const differences = releaseFindings(step, key, live, assumed).flatMap((finding) => finding.differences);
    // A client in front of Helm may have dropped a null, which is a default's removal and no change from then on.
    const counts = differences.some(({ planned, live: found }) => planned !== null || found !== undefined);
    return asked || counts ? [{ step, key, live, asked }] : [];
  });
  const needsVariables = changed.some(({ step }) => variablesIn(step.values).length > 0);
  const variables = needsVariables ? await readVariables(connection, settings) : assumed;
  return changed.map((one) => {
    const isKnown = !textsIn(one.step.values).some((text) => refersTo(variables.missing, text));
    return {
      ...one,
      values: isKnown ? (expandVariables(one.step.values, variables.values) as JsonObject) : undefined,
    };
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
