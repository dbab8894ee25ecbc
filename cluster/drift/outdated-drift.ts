/** Reports pods that are older than their configuration. */
import { releaseKey } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import type { Connection } from "../client/connection.ts";
import { readOutdated } from "../outdated-pods.ts";
import { type Finding, wholeFinding } from "./finding.ts";

/** Workloads whose pods have not read the configuration that is there. Errors as `get` in api.ts. */
export async function outdatedFindings(connection: Connection, settings: Settings): Promise<Finding[]> {
  const found = await readOutdated(connection, chartStepsOf(settings));
  return found.map(({ kind, name, namespace, release, configMap, changedAt, startedAt }) => {
    const key = releaseKey({ name: release, namespace }, settings.namespace);
    const planned = `started after ${changedAt} (ConfigMap ${configMap})`;
    return wholeFinding(key, `pods of ${kind} ${name}`, planned, `started ${startedAt}`, "up");
  });
}
