import * as pulumi from "@pulumi/pulumi";
import { fetchCharts } from "./charts/fetch.ts";
import { connect } from "./cluster/connection.ts";
import { explainRelease } from "./cluster/explain.ts";
import { readInventory } from "./cluster/inventory.ts";
import { readObject } from "./cluster/object.ts";
import { Platform } from "./components/platform.ts";
import { previousRun } from "./components/previous-run.ts";
import { readStackConfig } from "./components/stack-config.ts";
import { userErrors } from "./components/user-errors.ts";
import { loadSettings } from "./profiles/load.ts";
import { chartStepsOf } from "./profiles/plan.ts";
import { checkPreconditions } from "./profiles/preconditions.ts";

const { settings, inventory, charts, connection } = await userErrors(async () => {
  const settings = await loadSettings(readStackConfig(), process.cwd());
  const connection = connect(settings.cluster);
  const [inventory, charts, previous] = await Promise.all([
    readInventory(connection, settings),
    fetchCharts(chartStepsOf(settings), { directory: process.cwd(), mirror: settings.charts.mirror }),
    previousRun(),
  ]);
  checkPreconditions(settings, inventory, { previous, preview: pulumi.runtime.isDryRun() });
  const warnings = inventory.unreachable ? [...settings.warnings, inventory.unreachable] : settings.warnings;
  for (const warning of warnings) await pulumi.log.warn(warning);
  return { settings, inventory, charts, connection };
});

const platform = new Platform("krateo", {
  settings,
  inventory,
  charts,
  stack: pulumi.getStack(),
  explain: ({ namespace, name }) => explainRelease(connection, namespace, name),
  read: (reference) => readObject(connection, reference),
});

export const clusterUid = inventory.clusterUid;
export const namespace = settings.namespace;
export const platformVersion = settings.platformVersion;
export const releases = platform.releases;
export const addresses = platform.addresses;
export const adminPassword = `kubectl get secret admin-password -n ${namespace} -o jsonpath='{.data.password}' | base64 -d`;
