/** Starts a run: reads and judges everything, so that what is wrong stops the run before it has touched anything. */
import * as pulumi from "@pulumi/pulumi";
import { fetchCharts } from "../charts/fetch.ts";
import { rememberedRenderings } from "../charts/rendered.ts";
import { preflightOfRun } from "../cluster/checks/preflight/preflight.ts";
import { checkRendering } from "../cluster/checks/rendering/check-rendering.ts";
import { checkUpgrades, type UpgradeFindings } from "../cluster/checks/upgrades/check-upgrades.ts";
import { type Connection, connect } from "../cluster/client/connection.ts";
import { waitForOtherRun } from "../cluster/lease/wait.ts";
import { describeOutdated, readOutdated } from "../cluster/outdated-pods.ts";
import { providerProblems } from "../cluster/provider-view.ts";
import { describeWithheld, withheldReleases } from "../cluster/withhold.ts";
import { type ComputedStep, valuePlaces } from "../configuration/computed-step.ts";
import { debug } from "../configuration/debug.ts";
import { loadConfiguration } from "../configuration/load.ts";
import { leftPluginProblems } from "../engine/left-plugins.ts";
import { checkLegacy } from "../migration/live/preflight-checks.ts";
import { leftoverLines, migrationLines } from "../migration/migration-lines.ts";
import { legacyProblems } from "../migration/preconditions.ts";
import type { Inventory } from "../model/inventory.ts";
import { ConfigurationError, sentenceOf } from "../model/problem.ts";
import { localVersion, type Settings } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { reapplyVariable, releasesToReapply } from "../plan/reapply.ts";
import { describeRepair } from "../plan/repair.ts";
import { judgeStart, refuseStart } from "../plan/start-judgement.ts";
import type { PlatformArgs } from "../resources/build-context.ts";
import { previousRun } from "../resources/previous-run.ts";
import { runConfig } from "../resources/run-config.ts";
import { userErrors } from "../resources/user-errors.ts";
import { installationRights } from "./installation-rights.ts";
import { readCluster } from "./inventory.ts";

/** Of a cluster out of reach: nothing is known to be installed. */
const none: UpgradeFindings = { checks: [], lines: [], manifests: new Map() };

/** What the run works with, as plain data but for the connection. */
interface RunContext {
  readonly connection: Connection;
  readonly plan: Pick<
    PlatformArgs,
    "settings" | "inventory" | "charts" | "repairs" | "reapply" | "outdated" | "withheld" | "releaseUrns"
  >;
  /** What upgrades will apply, by the release's key in the inventory; of those that are known. */
  readonly manifests: UpgradeFindings["manifests"];
}

/**
 * Reads the stack's configuration, the cluster and the charts, judges them, and tells what a preview should show. The
 * cluster has not been touched when it returns.
 *
 * @throws pulumi.RunError with all problems of the user's
 */
export function startRun(): Promise<RunContext> {
  return userErrors(async () => {
    const directory = process.cwd();
    const { settings, steps } = await loadConfiguration(runConfig(), directory);
    const reapply = releasesToReapply(process.env[reapplyVariable], settings);
    const connection = connect({ ...settings.cluster, say });
    const unlike = providerProblems(connection, settings.cluster.kubeconfig, directory);
    if (unlike.length > 0) throw new ConfigurationError(unlike);
    // Before the cluster is read: what another run changes would be out of date.
    if (!pulumi.runtime.isDryRun()) await waitForOtherRun(connection, settings.namespace, say);
    const { inventory, latest, charts, previous, outdated, preflight, rendering } = await readAtOnce(
      connection,
      settings,
      { directory, steps },
    );
    const left = pulumi.runtime.isDryRun() ? [] : leftPluginProblems(directory, inventory);
    if (left.length > 0) throw new ConfigurationError(left);
    // A night's first question: is this the right cluster?
    const { server, context } = connection;
    await pulumi.log.info(`namespace ${settings.namespace} of the cluster at ${server} (context ${context})`);
    const upgradeContext = { inventory, charts, reapply, latest };
    const upgrades = inventory.unreachable ? none : await checkUpgrades(connection, settings, upgradeContext);
    const judgement = judgeStart(settings, inventory, {
      previous,
      preview: pulumi.runtime.isDryRun(),
      migration: legacyProblems(settings, inventory),
      now: Date.now(),
      checks: [...preflight, ...(await rendering).checks, ...upgrades.checks],
    });
    refuseStart(judgement);
    const { repairs, warnings } = judgement;
    for (const warning of warnings) await pulumi.log.warn(sentenceOf(warning));
    const migration = migrationLines(settings, inventory);
    if (migration.length > 0) await pulumi.log.info(migration.join("\n"));
    const change = await versionLines(directory, settings, inventory);
    if (change.length > 0) await pulumi.log.info(change.join("\n"));
    const { releaseUrns = {} } = previous ?? {};
    const withheld = withheldReleases(settings, latest, releaseUrns);
    const lines = [
      ...leftoverLines(inventory),
      ...upgrades.lines,
      ...repairs.map(describeRepair),
      ...withheld.map(describeWithheld),
      ...outdated.map(outdatedLine),
    ];
    for (const line of lines) await pulumi.log.info(line);
    const plan = { settings, inventory, charts, repairs, reapply, outdated, releaseUrns };
    const withheldSteps = new Set(withheld.map(({ step }) => step.id));
    return { connection, plan: { ...plan, withheld: withheldSteps }, manifests: upgrades.manifests };
  });
}

function say(line: string): void {
  void pulumi.log.info(line);
}

/** Reads the cluster, the charts and the stack's last run at the same time, and what can be judged of one alone. */
async function readAtOnce(
  connection: Connection,
  settings: Settings,
  { directory, steps }: { readonly directory: string; readonly steps: readonly ComputedStep[] },
) {
  const cluster = readCluster(connection, settings, { say });
  const found = cluster.then(({ inventory }) => inventory);
  const fetching = fetchCharts(chartStepsOf(settings), { directory, ...settings.charts, say });
  const rendering = Promise.all([found, fetching, rememberedRenderings(directory)]).then(
    ([inventory, charts, remembered]) =>
      checkRendering(connection, settings, { inventory, charts, place: valuePlaces(steps), remembered }),
  );
  // Awaited by the caller, after its first line; until then its failure must not end the process.
  rendering.catch(() => undefined);
  const rights = installationRights(settings, cluster, fetching);
  const recorded = previousRun();
  const isNew = recorded.then((previous) => previous === undefined);
  const [{ inventory, latest }, charts, previous, preflight, outdated] = await Promise.all([
    cluster,
    fetching,
    recorded,
    preflightOfRun(connection, settings, found, isNew, checkLegacy, rights),
    outdatedPods(connection, settings),
  ]);
  return { inventory, latest, charts, previous, preflight, outdated, rendering };
}

/** What another platform version than the installed one changes; nothing for a document of the user's own. */
async function versionLines(
  directory: string,
  { type, platformVersion: wanted }: Settings,
  { platformVersion: installed }: Inventory,
): Promise<string[]> {
  if (installed === undefined || installed === wanted || [installed, wanted].includes(localVersion))
    return [];
  const { changeLines } = await import("../configuration/versions/difference.ts");
  return changeLines(directory, type, installed, wanted);
}

function outdatedLine(one: string): string {
  return `pods older than their configuration: ${one}`;
}

/** What cannot be read here is said by those who need it: the inventory, and the restart itself. */
async function outdatedPods(connection: Connection, settings: Settings): Promise<readonly string[]> {
  try {
    return (await readOutdated(connection, chartStepsOf(settings), { timeoutSeconds: 10 })).map(
      describeOutdated,
    );
  } catch (error) {
    debug(() => [`cannot tell which pods are older than their configuration: ${error}`]);
    return [];
  }
}
