/** Reports pods that are older than their configuration. */
import { releaseKey } from "../../model/inventory.ts";
import type { Settings } from "../../model/settings.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import type { Connection } from "../client/connection.ts";
import { readOutdated } from "../outdated-pods.ts";
import { type Finding, nothingSecret } from "./release-drift.ts";

/** Workloads whose pods have not read the configuration that is there. Errors as `get` in api.ts. */
export async function outdatedFindings(connection: Connection, settings: Settings): Promise<Finding[]> {
  const found = await readOutdated(connection, chartStepsOf(settings));
  return found.map(({ kind, name, namespace, release, configMap, changedAt, startedAt }) => {
    const planned = `started after ${changedAt} (ConfigMap ${configMap})`;
    return {
      release: releaseKey({ name: release, namespace }, settings.namespace),
      subject: `pods of ${kind} ${name}`,
      planned,
      differences: [{ path: [], planned, live: `started ${startedAt}` }],
      isSecret: nothingSecret,
      remedy: "up",
    };
  });
}
