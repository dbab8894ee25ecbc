/** Says where an unfinished migration stands, and how to continue or go back. */
import { get, type KubeObject, pathOf } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import type { HelmRelease } from "../../cluster/client/helm-release.ts";
import { readClusterUid } from "../../cluster/client/identity.ts";
import { readReleases } from "../../cluster/client/releases.ts";
import { deprecatedReleases } from "../../components/deprecated.ts";
import type { Settings } from "../../model/settings.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { legacyVersion } from "../legacy-facts.ts";
import { bestBackup } from "./backup.ts";
import { readBackups, shownFolder } from "./backup-folder.ts";
import { identities, replacedSince } from "./backup-index.ts";
import { readLegacy } from "./legacy-inventory.ts";

interface DeploymentObject extends KubeObject {
  readonly status?: { readonly availableReplicas?: number };
}

/** What users talk to, in 2.7.0 or 3.0.0. */
const serving = ["frontend", "authn", "snowplow", "eventsse", "events-presenter"];

/**
 * Where a migration stands after something went wrong: what is done, what still serves users, and the ways on. Read from
 * the cluster, since a run that failed knows only its own part. Never throws: something has failed already.
 *
 * @param backups Folder of the backups.
 * @returns lines for the user
 */
export async function migrationStatus(
  connection: Connection,
  settings: Settings,
  backups: string,
): Promise<readonly string[]> {
  const title = `The migration from Krateo ${legacyVersion} is not finished.`;
  try {
    return [title, ...(await readStatus(connection, settings, backups))];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      title,
      `  stands at:  cannot be read: ${reason}`,
      "  continue:   run pulumi up again; it continues from there, and no Secret changes",
    ];
  }
}

async function readStatus(connection: Connection, settings: Settings, backups: string): Promise<string[]> {
  const { namespace } = settings;
  const { releases } = await readReleases(connection, namespace);
  const [legacy, clusterUid = "", saved, serves] = await Promise.all([
    readLegacy(connection, namespace, {}, Promise.resolve(releases)),
    readClusterUid(connection),
    readBackups(backups),
    Promise.all(serving.map((name) => served(connection, namespace, name, releases.get(name)))),
  ]);
  const backup = bestBackup(saved, { clusterUid, namespace });
  const running = legacy.platform?.installers.some(({ replicas }) => replicas > 0);
  const wanted = chartStepsOf(settings).filter(({ release }) => release.namespace === namespace);
  const done = wanted.filter(({ release, chart }) => {
    const live = releases.get(release.name);
    return live?.chart.metadata.version === chart.version && live.info.status === "deployed";
  });
  const names = serves.flatMap((name) => name ?? []);
  return [
    `  stands at:  installer of ${legacyVersion} ${running ? "still runs" : "stopped"}; ` +
      `${deprecatedReleases.length - legacy.releases.length} of ${deprecatedReleases.length} deprecated Helm releases gone; ` +
      `${done.length} of ${wanted.length} Helm releases as they should be; ` +
      `backup ${backup ? shownFolder(backup) : "not written yet"}`,
    `  serves:     ${names.join(", ") || "nothing that users call"}`,
    "  continue:   remove the cause and run pulumi up again; it continues from here, and no Secret changes",
    `  go back:    ${wayBack(running === true, backup && replacedSince(backup.index, identities(releases)))}`,
  ];
}

function wayBack(running: boolean, replaced: readonly string[] | undefined): string {
  if (!replaced) return running ? "nothing has been touched yet" : "there is no backup of this platform here";
  if (replaced.length === 0)
    return `npx krateo restore puts ${legacyVersion} back as long as no release is upgraded: --dry-run says whether, and how`;
  const more = replaced.length > 2 ? ` and ${replaced.length - 2} more` : "";
  return `not possible any more: ${replaced.slice(0, 2).join("; ")}${more}`;
}

async function served(
  connection: Connection,
  namespace: string,
  name: string,
  release: HelmRelease | undefined,
): Promise<string | undefined> {
  const path = pathOf("apps/v1", "deployments", namespace, name);
  const deployment = await get<DeploymentObject>(connection, path);
  const available = (deployment?.status?.availableReplicas ?? 0) > 0;
  return available ? `${name} ${release?.chart.metadata.version ?? ""}`.trim() : undefined;
}
