import * as pulumi from "@pulumi/pulumi";
import { fetchCharts } from "./charts/fetch.ts";
import { backupDirectory } from "./cluster/backup-folder.ts";
import { connect } from "./cluster/connection.ts";
import { explainRelease, explainService } from "./cluster/explain.ts";
import { readInventory } from "./cluster/inventory.ts";
import { InstallerLease } from "./cluster/lease.ts";
import { migrationStanding } from "./cluster/migration-standing.ts";
import { readObject } from "./cluster/object.ts";
import { preflightOfRun } from "./cluster/preflight.ts";
import { putBackCustomResources } from "./cluster/put-back.ts";
import { explainRoute } from "./cluster/route.ts";
import { Platform } from "./components/platform.ts";
import { previousRun } from "./components/previous-run.ts";
import { readStackConfig } from "./components/stack-config.ts";
import { shortenConsequences, userErrors } from "./components/user-errors.ts";
import { findingsOf } from "./profiles/check.ts";
import { isDebugging } from "./profiles/debug.ts";
import { loadSettings } from "./profiles/load.ts";
import { leftoverLines, migrationLines } from "./profiles/migration-plan.ts";
import { chartStepsOf } from "./profiles/plan.ts";
import { checkPreconditions, warningsOf } from "./profiles/preconditions.ts";
import { reapplyVariable, releasesToReapply } from "./profiles/reapply.ts";
import { describeRepair, repairsOf } from "./profiles/repair.ts";

const { settings, inventory, charts, connection, reapply, repairs } = await userErrors(async () => {
  const settings = await loadSettings(readStackConfig(), process.cwd());
  const reapply = releasesToReapply(process.env[reapplyVariable], settings);
  const connection = connect(settings.cluster);
  const [reading, recorded] = [readInventory(connection, settings), previousRun()];
  const isNew = recorded.then((previous) => previous === undefined);
  const [inventory, charts, previous, checks] = await Promise.all([
    reading,
    fetchCharts(chartStepsOf(settings), { directory: process.cwd(), mirror: settings.charts.mirror }),
    recorded,
    preflightOfRun(connection, settings, reading, isNew),
  ]);
  const { server, context } = connection;
  // A night's first question: is this the right cluster?
  await pulumi.log.info(`namespace ${settings.namespace} of the cluster at ${server} (context ${context})`);
  const preview = pulumi.runtime.isDryRun();
  const { repairs, blocked: live } = repairsOf(settings, inventory, Date.now());
  const { problems, warnings } = findingsOf(checks);
  const blocked = [...live, ...problems];
  checkPreconditions(settings, inventory, { previous, preview, blocked });
  for (const warning of [...warningsOf(settings, inventory, blocked), ...warnings])
    await pulumi.log.warn(warning);
  const migration = migrationLines(settings, inventory);
  if (migration.length > 0) await pulumi.log.info(migration.join("\n"));
  for (const line of leftoverLines(inventory)) await pulumi.log.info(line);
  for (const repair of repairs) await pulumi.log.info(describeRepair(repair));
  return { settings, inventory, charts, connection, reapply, repairs };
});

// Pulumi takes a stack trace for each resource that it registers: a quarter of a preview's time, and nobody sees them.
if (!isDebugging()) Error.stackTraceLimit = 0;
shortenConsequences();
const lease = new InstallerLease(connection, settings.namespace);
const enter = async (): Promise<void> => {
  if (!pulumi.runtime.isDryRun()) await userErrors(() => lease.hold());
};
if (inventory.namespace) await enter();

const platform = new Platform("krateo", {
  settings,
  inventory,
  charts,
  repairs,
  reapply,
  stack: pulumi.getStack(),
  explain: ({ namespace, name }) => explainRelease(connection, namespace, name),
  explainRoute: ({ namespace, name }) => explainRoute(connection, namespace, name),
  // Only a run that has a migration to finish says where it stands.
  standing: async () =>
    inventory.legacy.platform
      ? await migrationStanding(connection, settings, backupDirectory(process.cwd()))
      : [],
  explainService: ({ namespace, name }) => explainService(connection, namespace, name),
  putBack: (release) => putBackCustomResources(connection, release),
  enter,
  read: (reference) => readObject(connection, reference),
});

export const clusterUid = inventory.clusterUid;
export const namespace = settings.namespace;
export const platformVersion = settings.platformVersion;
export const releases = platform.releases;
export const addresses = platform.addresses;
/** Prints the line for a hosts file, where the hosts are in no DNS. Never undefined: the engine warns of such an output. */
export const hostsFile =
  platform.hosts.length === 0
    ? "not needed: there is no Ingress"
    : `kubectl get ingress frontend -n ${namespace} -o jsonpath='{.status.loadBalancer.ingress[0].ip} ${platform.hosts.join(" ")}'`;
export const adminPassword = `kubectl get secret admin-password -n ${namespace} -o jsonpath='{.data.password}' | base64 -d`;
export const access = "npx krateo access says whether these addresses work from where you are";
