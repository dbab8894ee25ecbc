/** Tries out the upgrades of the next run, without changing anything. */
import type { V1Service } from "@kubernetes/client-node";
import type { Check } from "../../../model/check.ts";
import { type Inventory, isMigration } from "../../../model/inventory.ts";
import type { Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import { list, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import type { HelmRelease } from "../../client/helm-release.ts";
import { nameOf, parseManifest } from "../../client/manifest.ts";
import { inParallel } from "../../client/parallel.ts";
import { meansText } from "../../drift/means.ts";
import { findPutBack, type PutBack } from "../../drift/put-back.ts";
import { textMask } from "../../drift/release-drift.ts";
import { helmsAtOnce } from "../helm.ts";
import { helmDryRun } from "./helm-dry-run.ts";
import { isBusy, type PlannedUpgrade, plannedUpgrades } from "./planned-upgrades.ts";
import { checkRecordSize } from "./record-size.ts";
import { checkVolumes } from "./volume-rules.ts";
import { deletionText, keepingText } from "./way-out.ts";

/** What the next run's upgrades would meet. */
export interface UpgradeFindings {
  readonly checks: readonly Check[];
  /** What a preview says: what is put back, and what could not be looked at. */
  readonly lines: readonly string[];
  /** New manifests, by the release's key in `Inventory.releases`; of those that Helm could render. */
  readonly manifests: ReadonlyMap<string, string>;
}

interface UpgradeContext {
  readonly inventory: Inventory;
  readonly latest: ReadonlyMap<string, HelmRelease>;
  readonly reapply: ReadonlySet<string>;
  /** Path of each chart step's archive, by step id. */
  readonly charts: ReadonlyMap<string, string>;
}

/**
 * Asks, before anything is touched, what the API server will refuse of the upgrades: with Helm's rendering of each where a
 * helm is on the PATH, else by what the values of known charts tell. Looks at changed releases only, so that a run with
 * nothing to do asks nothing. Changes nothing.
 *
 * @throws as `get` in api.ts
 */
export async function checkUpgrades(
  connection: Connection,
  settings: Settings,
  { inventory, latest, reapply, charts }: UpgradeContext,
): Promise<UpgradeFindings> {
  const upgrades = await plannedUpgrades(connection, settings, inventory, latest, reapply);
  const looked = await inParallel(
    upgrades,
    (upgrade) => look(connection, inventory, upgrade, charts.get(upgrade.step.id)),
    helmsAtOnce,
  );
  const sized = chartStepsOf(settings).flatMap((step) => {
    const known = looked.find(({ upgrade }) => upgrade.step.id === step.id);
    return checkRecordSize(step, known?.recordBytes);
  });
  const untold = [...new Set(looked.flatMap((one) => one.untold ?? []))].map((reason) => {
    const keys = looked.filter((one) => one.untold === reason).map(({ upgrade }) => upgrade.key);
    return `${reason}: what the API server would refuse of ${keys.join(", ")} is seen only during the upgrade`;
  });
  return {
    checks: [...looked.flatMap(({ checks }) => checks), ...sized],
    lines: [...looked.flatMap(({ lines }) => lines), ...untold],
    manifests: new Map(
      looked.flatMap(({ upgrade, manifest }) => (manifest === undefined ? [] : [[upgrade.key, manifest]])),
    ),
  };
}

interface Looked {
  readonly upgrade: PlannedUpgrade;
  readonly checks: readonly Check[];
  readonly lines: readonly string[];
  readonly manifest?: string;
  readonly recordBytes?: number;
  /** Why Helm's rendering is not known. */
  readonly untold?: string;
}

async function look(
  connection: Connection,
  inventory: Inventory,
  upgrade: PlannedUpgrade,
  archive: string | undefined,
): Promise<Looked> {
  const { step, live, values } = upgrade;
  const shown = textMask(step, values);
  const canRender = values !== undefined && archive !== undefined && !isBusy(live.info.status);
  const dryRun = canRender ? await helmDryRun(connection, step.release, archive, values) : undefined;
  if (dryRun && "refused" in dryRun)
    return { upgrade, checks: [unrenderable(upgrade, shown(dryRun.refused))], lines: [] };

  const rendered = dryRun && "manifest" in dryRun ? dryRun : undefined;
  const found = await findPutBack(connection, step.release, rendered?.manifest);
  const judged = await inParallel(found, (one) =>
    judge(connection, inventory, upgrade, one, rendered?.manifest),
  );
  const volumes = await checkVolumes(connection, upgrade, rendered !== undefined);
  return {
    upgrade,
    checks: [...judged.flatMap(({ check }) => check ?? []), ...volumes].map((check) => ({
      ...check,
      found: shown(check.found),
    })),
    lines: judged.flatMap(({ line }) => (line === undefined ? [] : [`${upgrade.key}: ${shown(line)}`])),
    ...rendered,
    ...(dryRun && "untold" in dryRun && { untold: shown(dryRun.untold) }),
  };
}

/** What the chart itself refuses, and what Helm says of objects that are not its release's. */
function unrenderable({ step }: PlannedUpgrade, reason: string): Check {
  return {
    check: "upgrade",
    subject: `Helm release ${step.release.name}`,
    status: "ERROR",
    found: `Helm refuses the upgrade: ${reason}`,
    expected: "a chart that renders with its values",
    next: `correct the values of step ${step.id}: npx krateo explain ${step.release.name} says where they come from`,
  };
}

async function judge(
  connection: Connection,
  inventory: Inventory,
  upgrade: PlannedUpgrade,
  { planned, live, means }: PutBack,
  manifest: string | undefined,
): Promise<{ readonly check?: Check; readonly line?: string }> {
  const { step, asked } = upgrade;
  const object = nameOf(planned);
  const namespace = live?.metadata.namespace;
  if (means.how === "merge") return asked ? { line: `${object} is set back to its manifest` } : {};
  if (means.how === "replace" || (asked && means.how === "recreate"))
    return { line: meansText(object, means) };
  const base = {
    check: "upgrade",
    subject: `Helm release ${step.release.name}: ${object}`,
    expected: "a change that the API server accepts",
  };
  const port = /(\d+): provided port is already allocated/.exec(means.because)?.[1];
  if (port !== undefined) return await portHolder(connection, upgrade, base, Number(port), manifest);
  const found = `${live ? "cannot be changed in place" : "cannot be made"}: ${means.because}`;
  // What an earlier platform version left is removed before the first upgrade, and may be what is in the way.
  const migrating = !live && (isMigration(inventory) || inventory.legacy.releases.length > 0);
  const kept = live
    ? keepingText(planned, namespace)
    : `take the change back: npx krateo explain ${step.release.name}`;
  const next = means.how === "recreate" ? deletionText(planned, namespace) : kept;
  return { check: { ...base, status: migrating ? "WARNING" : "ERROR", found, next } };
}

/**
 * Helm makes new objects before it deletes old ones, so that a renamed Service finds its node port taken by itself. A port
 * that somebody else holds is the check of node ports' to report.
 */
async function portHolder(
  connection: Connection,
  { step, live }: PlannedUpgrade,
  base: Pick<Check, "check" | "subject" | "expected">,
  port: number,
  manifest: string | undefined,
): Promise<{ readonly check?: Check }> {
  const { name, namespace } = step.release;
  const services = await list<V1Service>(connection, pathOf("v1", "services", namespace));
  const holder = services.find(({ spec }) =>
    spec?.ports?.some(({ nodePort }) => nodePort === port),
  )?.metadata;
  const isIn = (text: string) =>
    parseManifest(text).some(({ kind, metadata }) => kind === "Service" && metadata.name === holder?.name);
  if (!holder || !isIn(live.manifest) || (manifest !== undefined && isIn(manifest))) return {};
  return {
    check: {
      ...base,
      status: "ERROR",
      found: `cannot be made: Service ${holder.name}, which it replaces, holds node port ${port} until the end of the upgrade`,
      next: `kubectl delete service ${holder.name} -n ${namespace}, then npx pulumi up: release ${name} does not need it any more`,
    },
  };
}
