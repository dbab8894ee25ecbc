import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../cluster/client/connection.ts";
import { readObject } from "../cluster/client/read-object.ts";
import { explainRelease, explainService } from "../cluster/diagnose/diagnose.ts";
import { putBack } from "../cluster/drift/put-back.ts";
import { explainGateway, explainHttpRoute } from "../cluster/gateway-api.ts";
import { RunLease } from "../cluster/lease/run-lease.ts";
import { explainRoute } from "../cluster/route.ts";
import { maskSnapshot, withhold } from "../cluster/withhold.ts";
import { gatewayApi } from "../configuration/exposure/http-routes.ts";
import { leaveLeaseHolder } from "../engine/lease-holder.ts";
import { backupDirectory } from "../migration/live/backup-folder.ts";
import { migrationStatus } from "../migration/live/migration-status.ts";
import { isMigration, releaseKey } from "../model/inventory.ts";
import { routeApi } from "../plan/route.ts";
import type { PlatformArgs } from "../resources/build-context.ts";
import { userErrors } from "../resources/user-errors.ts";
import { endRun } from "./end-run.ts";

interface LiveSide
  extends Pick<
    PlatformArgs,
    | "explain"
    | "explainObject"
    | "migrationStatus"
    | "putBack"
    | "withhold"
    | "maskSnapshot"
    | "checkLease"
    | "read"
  > {
  /** Takes the Lease in the namespace, which must exist, before anything is registered. */
  readonly enter: () => Promise<void>;
}

/**
 * What the components ask of the cluster while they work, as functions that know the connection.
 *
 * @param manifests What upgrades will apply, by the release's key in the inventory; of those that are known.
 */
export function liveSide(
  connection: Connection,
  { settings, inventory }: Pick<PlatformArgs, "settings" | "inventory">,
  manifests: ReadonlyMap<string, string>,
): LiveSide {
  const activity = "pulumi up";
  const lease = new RunLease(connection, settings.namespace, {
    activity,
    leave: (engine) => leaveLeaseHolder(engine, settings.namespace, settings.cluster, activity),
    read: { lease: inventory.lease },
    say: (line) => void pulumi.log.info(line),
    // A command that has started this run interrupts it itself, and a second interruption would end it at once.
    onLost: (problem) => void endRun(problem, !lease.isShared),
  });
  return {
    explain: ({ namespace, name }) => explainRelease(connection, namespace, name),
    explainObject: {
      "core/v1:Service": ({ namespace, name }) => explainService(connection, namespace, name),
      [`${routeApi}:Route`]: ({ namespace, name }) => explainRoute(connection, namespace, name),
      [`${gatewayApi}:HTTPRoute`]: ({ namespace, name }) => explainHttpRoute(connection, namespace, name),
      [`${gatewayApi}:Gateway`]: ({ namespace, name }) => explainGateway(connection, namespace, name),
    },
    // Only a run that has a migration to finish says where it stands.
    migrationStatus: async () =>
      isMigration(inventory)
        ? await migrationStatus(connection, settings, backupDirectory(process.cwd()))
        : [],
    putBack: (release, asked) =>
      putBack(connection, release, asked, manifests.get(releaseKey(release, settings.namespace))),
    withhold: (step, revision) => withhold(connection, step, revision),
    maskSnapshot: () => maskSnapshot(connection, settings.namespace),
    enter: async () => {
      if (!pulumi.runtime.isDryRun()) await userErrors(() => lease.hold());
    },
    checkLease: () => lease.check(),
    read: (reference) => readObject(connection, reference),
  };
}
