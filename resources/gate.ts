import { Command } from "@pulumi/command/local/command.js";
import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PlanNode } from "../plan/plan.ts";
import { connectionEnvironment, krateoCommand } from "./krateo-command.ts";
import type { Site } from "./site.ts";

/** Long enough for three PostgreSQL instances to pull their image and replicate, one after another. */
const databaseTimeoutSeconds = 900;
/** finops-notebooks' chart gives its own cleanup 300 s. */
const notebooksTimeoutSeconds = 300;

/**
 * A wait that no Helm release does. As resources they take their place in the order of removal too.
 *
 * - `database`: after pg-cluster, until its Cluster is Ready and its Databases are applied. It runs again
 *   only when the release got a new revision.
 * - `notebooks-gone`: does nothing on installation. On removal it stands between notebooks and uploader and
 *   waits until no Notebook is left, since only the running uploader clears their finalizer.
 */
export function createGate(site: Site, node: PlanNode, parent: pulumi.Resource): pulumi.Resource {
  const { namespace } = site.settings;
  const opts = { parent, dependsOn: site.needsOf(node), hooks: site.explained };
  if (node.id === "notebooks-gone") {
    const wait = krateoCommand(site, `wait-notebooks --timeout ${notebooksTimeoutSeconds}`);
    return new Command(node.id, { delete: wait, environment: connectionEnvironment(site) }, opts);
  }
  const release = site.resource("install-pg-cluster") as Release;
  const step = site.step("install-pg-cluster");
  const cluster = step.type === "chart" ? step.release.name : namespace;
  return new Command(
    node.id,
    {
      create: krateoCommand(site, `wait-database --cluster ${cluster} --timeout ${databaseTimeoutSeconds}`),
      environment: {
        ...connectionEnvironment(site),
        PG_CLUSTER_REVISION: release.status.apply((status) => String(status.revision)),
      },
    },
    opts,
  );
}
