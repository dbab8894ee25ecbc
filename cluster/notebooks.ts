/** Waits until no Notebook is left. */
import { setTimeout as pause } from "node:timers/promises";
import { type KubeObject, list, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { Log } from "./client/deletion.ts";

const pollMilliseconds = 500;

/**
 * Waits until a namespace holds no Notebook any more: the running uploader clears their finalizers, so it may only
 * go once they are gone. A cluster without that kind has none.
 *
 * @throws Error naming those that are left after `timeoutSeconds`, with their finalizers
 */
export async function waitForNoNotebooks(
  connection: Connection,
  namespace: string,
  options: { readonly timeoutSeconds: number },
  log: Log,
): Promise<void> {
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  let before = -1;
  for (;;) {
    const notebooks = await list<KubeObject>(
      connection,
      pathOf("finops.krateo.io/v1", "notebooks", namespace),
    );
    if (notebooks.length === 0) {
      log(`no Notebook is left in namespace ${namespace}`);
      return;
    }
    if (notebooks.length !== before) log(`waiting for ${notebooks.length} Notebooks to go`);
    before = notebooks.length;
    if (Date.now() > deadline) {
      throw new Error(
        [
          `after ${options.timeoutSeconds} s these Notebooks are still in namespace ${namespace}:`,
          ...notebooks.map((notebook) => `  ${describe(notebook)}`),
          "  delete those that are yours; if finops-database-handler-uploader does not run, nothing clears their finalizers",
          `  look further: kubectl get notebooks.finops.krateo.io -n ${namespace} -o yaml`,
        ].join("\n"),
      );
    }
    await pause(pollMilliseconds);
  }
}

function describe({ metadata }: KubeObject): string {
  const finalizers = metadata.finalizers?.join(", ");
  const state = metadata.deletionTimestamp ? "being deleted" : "not asked to go";
  return `${metadata.name} (${state}${finalizers ? `, held by finalizer ${finalizers}` : ""})`;
}
