/** Uninstalls a Helm release without Helm. */
import type { Connection } from "../client/connection.ts";
import type { Log } from "../client/deletion.ts";
import type { HelmRelease } from "../client/helm-release.ts";
import { inUninstallOrder, isKept, nameOf, parseManifest } from "../client/manifest.ts";
import { removeRecords } from "../client/releases.ts";
import { type Doomed, deleteAndWait, type OwningRelease } from "./delete-objects.ts";

/** Names of a release's hooks that Helm would run around an uninstall, and this program cannot. */
export function deleteHooksOf(release: HelmRelease): string[] {
  return (release.hooks ?? [])
    .filter((hook) => hook.events.some((event) => event === "pre-delete" || event === "post-delete"))
    .map((hook) => `${hook.kind} ${hook.name}`);
}

/** @throws Error when a release must be uninstalled by Helm itself */
export function refuseDeleteHooks(releases: readonly HelmRelease[]): void {
  const refused = releases.filter((release) => deleteHooksOf(release).length > 0);
  if (refused.length === 0) return;
  const lines = refused.map(
    (release) =>
      `Helm release ${release.name} has hooks that only Helm can run (${deleteHooksOf(release).join(", ")}): ` +
      `run  helm uninstall ${release.name} -n ${release.namespace}  and then this again`,
  );
  throw new Error(lines.join("\n"));
}

/**
 * Removes a Helm release as Helm would: its objects, then its records. Safe to repeat: the records go last, so that a run
 * that was stopped half-way finds it again.
 *
 * @param objects Its objects but for those that Helm keeps.
 * @throws Error naming what does not go within `timeoutSeconds`
 */
export async function removeRelease(
  connection: Connection,
  release: OwningRelease,
  objects: readonly Doomed[],
  timeoutSeconds: number,
  log?: Log,
): Promise<void> {
  await deleteAndWait(connection, objects, timeoutSeconds, log, release);
  await removeRecords(connection, release.namespace, release.name);
}

/** The same of a release as its record has it, whatever is live of it; says what is kept, deleted and removed. */
export async function removeRecordedRelease(
  connection: Connection,
  { name, manifest }: HelmRelease,
  namespace: string,
  timeoutSeconds: number,
  log: Log,
): Promise<void> {
  const indented: Log = (line) => log(`  ${line}`);
  const objects = inUninstallOrder(parseManifest(manifest));
  for (const kept of objects.filter(isKept)) indented(`${nameOf(kept)} kept, as its chart asks`);
  const going = objects
    .filter((object) => !isKept(object))
    .map(({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
    }));
  try {
    await removeRelease(connection, { name, namespace }, going, timeoutSeconds, indented);
  } catch (error) {
    throw new Error(`Helm release ${name} is not removed: ${messageOf(error)}`, { cause: error });
  }
  log(`Helm release ${name} removed`);
}

/** One line for each object that `removeRecordedRelease` would see to. */
export function describeRemoval(release: HelmRelease): string[] {
  return inUninstallOrder(parseManifest(release.manifest)).map(
    (object) => `  ${nameOf(object)}${isKept(object) ? ": kept, as its chart asks" : ""}`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
