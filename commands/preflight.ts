/** `krateo preflight`: checks whether a cluster is ready for an installation. */
import { Command, Option } from "commander";
import type { Connection } from "../cluster/client/connection.ts";
import type { ClusterReading } from "../cluster/inventory.ts";
import { valuePlaces } from "../configuration/computed-step.ts";
import type { Configuration } from "../configuration/load.ts";
import { configuredStack } from "../engine/stack-file.ts";
import { readStack } from "../engine/stack-record.ts";
import { legacyProblems } from "../migration/preconditions.ts";
import { amount } from "../model/amount.ts";
import { type Check, checkOf } from "../model/check.ts";
import type { Inventory } from "../model/inventory.ts";
import { type PreviousRun, previousRunIn } from "../model/previous-run.ts";
import { ConfigurationError } from "../model/problem.ts";
import { releaseTypes, type Settings } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { judgeStart } from "../plan/start-judgement.ts";
import { report } from "./check-report.ts";
import { type TableForm, withClusterOptions, withTableOption } from "./options.ts";
import { type ClusterOptions, configurationWithoutStack, connectTo, type Session } from "./session.ts";

interface PreflightOptions extends ClusterOptions {
  readonly type?: string;
  readonly json?: boolean;
  readonly table: TableForm;
}

/** `krateo preflight`: whether a cluster is ready for an installation. */
export function preflightCommand(session: Session): Command {
  return withTableOption(withClusterOptions(new Command("preflight")))
    .description(
      "Reads the cluster and checks what an installation, an upgrade or a migration with the stack's configuration needs: " +
        "the Kubernetes version, your rights, what is already installed, names and node ports in use, storage, " +
        "capacity, ingress, Pod Security, and with a stack its charts and its state. Changes nothing in the cluster. Without " +
        "a stack it uses the defaults. Everything that stops `pulumi up` before it begins is an ERROR here.",
    )
    .addOption(
      new Option("--type <type>", "type of the installation, instead of krateo:type").choices(releaseTypes),
    )
    .option(
      "--json",
      "print one JSON object {verdict, checks: [{check, subject, status, found, expected, next}]}",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo preflight --stack dev
  npx krateo preflight --context production --type loadbalancer
  npx krateo preflight --json | jq '.checks[] | select(.status == "ERROR")'

Exit codes: 0 no ERROR (there may be a WARNING), 1 at least one ERROR, 3 the cluster does not answer, or another run is in progress.`,
    )
    .action(async (options: PreflightOptions) => {
      await checkReadiness(options, session);
    });
}

/**
 * Makes all checks and prints the report.
 *
 * @throws BadResult when one of them is an ERROR
 */
export async function checkReadiness(options: PreflightOptions, session: Session): Promise<void> {
  const { configFile } = options;
  const stack = options.stack ?? (configFile ? undefined : await configuredStack(session.directory));
  const configuration = await configurationWithoutStack({ ...options, stack }, session);
  const { settings } = configuration;
  const connection = await connectTo(settings.cluster, session);
  const [{ preflight }, { checkLegacy }, { readCluster }, { providerProblems }, { installationRights }] =
    await Promise.all([
      import("../cluster/checks/preflight/preflight.ts"),
      import("../migration/live/preflight-checks.ts"),
      import("../run/inventory.ts"),
      import("../cluster/provider-view.ts"),
      import("../run/installation-rights.ts"),
    ]);
  // The option is this command's alone: a run has the stack's.
  const configured = options.kubeconfig === undefined ? settings.cluster.kubeconfig : undefined;
  const unlike = providerProblems(connection, configured, session.directory);
  const reading = readCluster(connection, settings, { say: session.note });
  const found = reading.then(({ inventory }) => inventory);
  // From where charts come is the stack's to say.
  const archives = stack || configFile ? archivesOf(settings, session) : undefined;
  // Awaited below; until then its failure must not end the process.
  archives?.catch(() => undefined);
  const rights = installationRights(settings, reading, archives ?? Promise.resolve(new Map()));
  const [cluster, charts, recorded] = await Promise.all([
    preflight(connection, settings, found, checkLegacy, rights),
    archives ? chartChecks(connection, configuration, found, archives, session) : [],
    recordedRun(stack, session),
  ]);
  const live = await reading.catch(() => undefined);
  const checks = [
    ...cluster,
    ...unlike.map((problem) => checkOf("cluster", `context ${connection.context}`, problem)),
    ...charts,
    ...recorded.checks,
    ...(live ? conditionChecks(settings, live.inventory, recorded.previous) : []),
    ...(live && !live.inventory.unreachable ? await upgradeChecks(connection, settings, live) : []),
  ];
  const { server } = connection;
  report(
    checks,
    { json: options.json, table: options.table, server, namespace: settings.namespace },
    session,
  );
}

/** Of the upgrades that a run would make, what can be told without the charts' archives, which a run fetches. */
async function upgradeChecks(
  connection: Connection,
  settings: Settings,
  live: ClusterReading,
): Promise<readonly Check[]> {
  const { checkUpgrades } = await import("../cluster/checks/upgrades/check-upgrades.ts");
  const circumstances = { ...live, reapply: new Set<string>(), charts: new Map<string, string>() };
  return (await checkUpgrades(connection, settings, circumstances)).checks;
}

/** What `pulumi up` would stop for, and warn of, besides: releases, Secrets, another run in progress. */
function conditionChecks(
  settings: Settings,
  inventory: Inventory,
  previous: PreviousRun | undefined,
): Check[] {
  if (inventory.unreachable) return [];
  const { problems, warnings } = judgeStart(settings, inventory, {
    previous,
    preview: false,
    migration: legacyProblems(settings, inventory),
    now: Date.now(),
  });
  const subject = `namespace ${settings.namespace}`;
  const found = [
    ...problems.map((problem) => checkOf("precondition", subject, problem)),
    ...warnings.map((warning) => checkOf("precondition", subject, warning, "WARNING")),
  ];
  if (found.length > 0) return found;
  return [
    {
      check: "precondition",
      subject,
      status: "OK",
      found: "its Helm releases and Secrets can be used",
      expected: "nothing in the way",
      next: "",
    },
  ];
}

/** Fetches the charts, as every run does before it begins. @returns the path of each step's archive, by step id */
async function archivesOf(
  settings: Settings,
  { directory, note: say }: Session,
): Promise<ReadonlyMap<string, string>> {
  const { fetchArchives } = await import("../charts/fetch.ts");
  return await fetchArchives(chartStepsOf(settings), { directory, ...settings.charts, say });
}

/** Whether the charts can be fetched, and whether those of new releases render. */
async function chartChecks(
  connection: Connection,
  { settings, steps: computed }: Configuration,
  reading: Promise<Inventory>,
  archives: Promise<ReadonlyMap<string, string>>,
  { directory }: Session,
): Promise<Check[]> {
  const [{ rememberedRenderings }, { checkRendering }] = await Promise.all([
    import("../charts/rendered.ts"),
    import("../cluster/checks/rendering/check-rendering.ts"),
  ]);
  const steps = chartStepsOf(settings);
  const expected = "every chart can be fetched";
  let charts: ReadonlyMap<string, string>;
  try {
    charts = await archives;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((problem) =>
      checkOf("charts", problem.file ?? "charts", { ...problem, allowed: problem.allowed ?? expected }),
    );
  }
  if (steps.length === 0) return [];
  const inventory = await reading.catch(() => undefined);
  const { checks, rendered } = inventory
    ? await checkRendering(connection, settings, {
        inventory,
        charts,
        place: valuePlaces(computed),
        remembered: await rememberedRenderings(directory),
      })
    : { checks: [] };
  const also = rendered ? `, ${rendered.charts} of new releases tried out by helm ${rendered.helm}` : "";
  return [
    {
      check: "charts",
      subject: "charts of the plan",
      status: "OK",
      found: `${amount(steps.length, "chart")} fetched${also}`,
      expected,
      next: "",
    },
    ...checks,
  ];
}

/** What the stack's state says of an earlier run. That it cannot be read is no reason to check nothing else. */
async function recordedRun(
  stack: string | undefined,
  { directory }: Session,
): Promise<{ previous: PreviousRun | undefined; checks: Check[] }> {
  if (stack === undefined) return { previous: undefined, checks: [] };
  try {
    const { deployment } = await readStack(stack, directory);
    return { previous: previousRunIn(deployment?.resources ?? []), checks: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const checks = error.problems.map((problem) =>
      checkOf("precondition", `stack ${stack}`, problem, "WARNING"),
    );
    return { previous: undefined, checks };
  }
}
