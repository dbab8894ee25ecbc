import type { Settings } from "../profiles/settings.ts";
import { tcpTrouble } from "./tcp.ts";

/**
 * A warning when the database of the user's own does not answer from here. No more than that: the services connect from
 * inside the cluster, which may reach what this machine does not, and the other way round. Names that only the cluster
 * resolves are not tried.
 */
export async function databaseWarnings({ database }: Pick<Settings, "database">): Promise<string[]> {
  if (database === undefined || isClusterName(database.host)) return [];
  const { host, port } = database;
  const trouble = await tcpTrouble(host, port);
  if (trouble === undefined) return [];
  return [
    `PostgreSQL at ${host}, port ${port}, does not answer from here (${trouble}); the cluster must reach it, else deviser is not ready after 15 minutes`,
  ];
}

/** Names of Services: one label, or with `.svc` in it. */
function isClusterName(host: string): boolean {
  return /^[^.:]+$/.test(host) || /\.svc(\.|$)/.test(host);
}
