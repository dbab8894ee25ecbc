import { tablesAnnotation } from "../database-program.ts";
import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import type { Item } from "../world.ts";
import { label, waitingPods } from "./pods.ts";

/** Stand-in for deviser: makes its tables some time after it can log in to the database, long before it is ready. */
export const makeTables: Rule = (world, { realistic }) =>
  waitingPods(world).flatMap(({ pod, decision }): Intent[] => {
    const cluster = !decision.start && decision.reason === "Unready" ? decision.tableIn : undefined;
    if (cluster === undefined || pod.metadata?.labels?.["app.kubernetes.io/name"] !== "deviser") return [];
    const volume: Item = { metadata: { name: `${cluster}-1`, namespace: pod.metadata.namespace ?? "" } };
    const annotations = { [tablesAnnotation]: "k8s_events krateo_resources" };
    return [
      {
        key: `make tables for pod ${label(pod)}`,
        afterSeconds: delaySeconds("tables", realistic),
        run: (api) => api.patch("claims", volume, { metadata: { annotations } }),
      },
    ];
  });
