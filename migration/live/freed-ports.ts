/** Waits until node ports are free. */
import { setTimeout as pause } from "node:timers/promises";
import { get, type KubeObject, patch, pathOf } from "../../cluster/client/api.ts";
import { ApiError } from "../../cluster/client/api-errors.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import type { HelmRelease } from "../../cluster/client/helm-release.ts";
import { parseManifest } from "../../cluster/client/manifest.ts";

interface ServiceObject extends KubeObject {
  readonly spec?: { readonly ports?: readonly { readonly nodePort?: number }[] };
}

/** The node ports that the Services of a Helm release hold. */
export async function nodePortsOf(connection: Connection, release: HelmRelease): Promise<number[]> {
  const services = parseManifest(release.manifest).filter(({ kind }) => kind === "Service");
  const live = await Promise.all(
    services.map(({ metadata }) =>
      get<ServiceObject>(
        connection,
        pathOf("v1", "services", metadata.namespace ?? release.namespace, metadata.name),
      ),
    ),
  );
  return live.flatMap((service) => (service?.spec?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []));
}

/**
 * Waits until the API server would give out each of the node ports again: it alone knows, so it is asked for a Service
 * with that port, as a dry run.
 *
 * @throws Error naming the port that is not free within `timeoutSeconds`
 */
export async function waitForNodePorts(
  connection: Connection,
  namespace: string,
  ports: readonly number[],
  timeoutSeconds: number,
): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (const port of ports) {
    while (!(await isFree(connection, namespace, port))) {
      if (Date.now() > deadline)
        throw new Error(`node port ${port} is still taken after ${timeoutSeconds} s`);
      await pause(500);
    }
  }
}

async function isFree(connection: Connection, namespace: string, nodePort: number): Promise<boolean> {
  const name = `krateo-node-port-${nodePort}`;
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type: "NodePort", ports: [{ port: 80, nodePort }] },
  };
  const query = { dryRun: "All", fieldManager: "krateo-pulumi" };
  const path = pathOf("v1", "services", namespace, name);
  try {
    await patch(connection, path, "application/apply-patch+yaml", service, query);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Refused for another reason, such as a quota: nothing that waiting would change.
    return !/already allocated/.test(error.message);
  }
}
