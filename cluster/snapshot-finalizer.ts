/** Removes the finalizer of upstream's CLI from the snapshot. */
import { installationName, protectiveFinalizer } from "../plan/installation.ts";
import { patch } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { Log } from "./client/deletion.ts";
import { installationPath, readInstallation } from "./installation.ts";

/**
 * Takes the finalizer off a snapshot that upstream's CLI made. Nothing of upstream's ever does, so that deleting the
 * Installation, or its namespace, would hang for ever. Other finalizers stay. Safe to repeat.
 *
 * @throws as `get` in api.ts
 */
export async function releaseSnapshot(
  connection: Connection,
  namespace: string,
  log: Log,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<void> {
  const finalizers = (await readInstallation(connection, namespace))?.metadata.finalizers ?? [];
  if (!finalizers.includes(protectiveFinalizer)) return;
  log(
    `Installation ${installationName}: finalizer ${protectiveFinalizer} ${dryRun ? "would be removed" : "removed"}`,
  );
  if (dryRun) return;
  const others = finalizers.filter((finalizer) => finalizer !== protectiveFinalizer);
  const path = installationPath(namespace);
  await patch(connection, path, "application/merge-patch+json", { metadata: { finalizers: others } });
}
