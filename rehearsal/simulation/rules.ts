import type { Rule } from "./intent.ts";
import { acceptGatewayClasses, acceptHttpRoutes, programGateways } from "./rules/gateways.ts";
import { addressLoadBalancers, bindVolumes, muteWebhooks, releaseVolumes } from "./rules/infrastructure.ts";
import { holdPlatforms, reportPlatforms, uninstallPlatforms } from "./rules/installer.ts";
import { holdNotebooks } from "./rules/notebooks.ts";
import { blockPods, restartPods, startPods } from "./rules/pods.ts";
import { holdDatabases, runClusters, runDatabases } from "./rules/postgres.ts";
import { admitRoutes, nameRoutes } from "./rules/routes.ts";
import { makeTables } from "./rules/tables.ts";

/** Every stand-in of the rehearsal cluster. */
export const rules: readonly Rule[] = [
  startPods,
  blockPods,
  restartPods,
  makeTables,
  bindVolumes,
  releaseVolumes,
  addressLoadBalancers,
  muteWebhooks,
  runClusters,
  runDatabases,
  holdDatabases,
  holdNotebooks,
  holdPlatforms,
  reportPlatforms,
  uninstallPlatforms,
  nameRoutes,
  admitRoutes,
  acceptGatewayClasses,
  programGateways,
  acceptHttpRoutes,
];
