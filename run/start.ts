/** The beginning of a run: everything is read and judged here, so that what is wrong stops it before it has touched anything. */
import * as pulumi from "@pulumi/pulumi";
import { fetchCharts } from "../charts/fetch.ts";
import { rememberedRenderings } from "../charts/rendered.ts";
import { preflightOfRun } from "../cluster/checks/preflight/preflight.ts";
import { checkRendering } from "../cluster/checks/rendering/check-rendering.ts";
import { checkUpgrades, type UpgradeFindings } from "../cluster/checks/upgrades/check-upgrades.ts";
import { type Connection, connect } from "../cluster/client/connection.ts";
import { describeOutdated, readOutdated } from "../cluster/outdated-pods.ts";
import { providerProblems } from "../cluster/provider-view.ts";
import { valuePlaces } from "../configuration/computed-step.ts";
import { debug } from "../configuration/debug.ts";
import { loadConfiguration } from "../configuration/load.ts";
import { checkLegacy } from "../migration/live/preflight-checks.ts";
import { leftoverLines, migrationLines } from "../migration/migration-lines.ts";
import { legacyProblems } from "../migration/preconditions.ts";
import { ConfigurationError, sentenceOf } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { reapplyVariable, releasesToReapply } from "../plan/reapply.ts";
import { describeRepair } from "../plan/repair.ts";
import { judgeStart, refuseStart } from "../plan/start-judgement.ts";
import type { PlatformArgs } from "../resources/build-context.ts";
import { previousRun } from "../resources/previous-run.ts";
import { runConfig } from "../resources/run-config.ts";
import { userErrors } from "../resources/user-errors.ts";
import { readCluster } from "./inventory.ts";

/** Of a cluster out of reach: nothing is known to be installed. */
const none: UpgradeFindings = { checks: [], lines: [], manifests: new Map() };

/** What the run works with, as plain data but for the connection. */
interface RunContext {
  readonly connection: Connection;
  readonly plan: Pick<PlatformArgs, "settings" | "inventory" | "charts" | "repairs" | "reapply" | "outdated">;
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
    const connection = connect(settings.cluster);
    const unlike = providerProblems(connection, settings.cluster.kubeconfig, directory);
    if (unlike.length > 0) throw new ConfigurationError(unlike);
    const [reading, recorded] = [readCluster(connection, settings), previousRun()];
    const isNew = recorded.then((previous) => previous === undefined);
    const found = reading.then(({ inventory }) => inventory);
    const fetching = fetchCharts(chartStepsOf(settings), { directory, mirror: settings.charts.mirror });
    const rendering = Promise.all([found, fetching, rememberedRenderings(directory)]).then(
      ([inventory, charts, remembered]) =>
        checkRendering(connection, settings, { inventory, charts, place: valuePlaces(steps), remembered }),
    );
    // Awaited below; until then its failure must not end the process.
    rendering.catch(() => undefined);
    const [{ inventory, latest }, charts, previous, checks, outdated] = await Promise.all([
      reading,
      fetching,
      recorded,
      preflightOfRun(connection, settings, found, isNew, checkLegacy),
      outdatedPods(connection, settings),
    ]);
    const { server, context } = connection;
    // A night's first question: is this the right cluster?
    await pulumi.log.info(`namespace ${settings.namespace} of the cluster at ${server} (context ${context})`);
    const preview = pulumi.runtime.isDryRun();
    const circumstances = { inventory, charts, reapply, latest };
    const upgrades = inventory.unreachable ? none : await checkUpgrades(connection, settings, circumstances);
    const judged = [...checks, ...(await rendering).checks, ...upgrades.checks];
    const judgement = judgeStart(settings, inventory, {
      previous,
      preview,
      migration: legacyProblems(settings, inventory),
      now: Date.now(),
      checks: judged,
    });
    refuseStart(judgement);
    const { repairs, warnings } = judgement;
    for (const warning of warnings) await pulumi.log.warn(sentenceOf(warning));
    const migration = migrationLines(settings, inventory);
    if (migration.length > 0) await pulumi.log.info(migration.join("\n"));
    for (const line of leftoverLines(inventory)) await pulumi.log.info(line);
    for (const line of upgrades.lines) await pulumi.log.info(line);
    for (const repair of repairs) await pulumi.log.info(describeRepair(repair));
    for (const one of outdated) await pulumi.log.info(`pods older than their configuration: ${one}`);
    const plan = { settings, inventory, charts, repairs, reapply, outdated };
    return { connection, plan, manifests: upgrades.manifests };
  });
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
