/** Waits until the PostgreSQL of CloudNativePG is ready. */
import { setTimeout as pause } from "node:timers/promises";
import type { V1Condition } from "@kubernetes/client-node";
import { clusterLabel, postgresGroup } from "../components/cnpg.ts";
import { get, type KubeObject, list, pathOf } from "./client/api.ts";
import { UnreachableError } from "./client/api-errors.ts";
import type { Connection } from "./client/connection.ts";
import type { Log } from "./client/deletion.ts";
import { readSurroundings } from "./diagnose/diagnose.ts";
import { troubleOfPod } from "./diagnose/pod-trouble.ts";

/** A CloudNativePG Cluster, as far as it is needed here. */
export interface PostgresCluster extends KubeObject {
  readonly spec?: { readonly instances?: number };
  readonly status?: {
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly readyInstances?: number;
    readonly currentPrimary?: string;
    readonly targetPrimary?: string;
    /** Names of the instances, by what they are. */
    readonly instancesStatus?: { readonly healthy?: readonly string[] };
    readonly conditions?: readonly V1Condition[];
  };
}

export interface PostgresDatabase extends KubeObject {
  readonly spec: { readonly name: string; readonly cluster: { readonly name: string } };
  readonly status?: {
    readonly applied?: boolean;
    readonly observedGeneration?: number;
    readonly message?: string;
  };
}

/** Phases of CloudNativePG in which a cluster gets its instances, the primary first. In any other one all must be Ready. */
const growing = [
  "Setting up primary",
  "Creating a new replica",
  "Waiting for the instances to become active",
];

/**
 * What stands between now and a database that can be used, in a few words; undefined when nothing does.
 *
 * @param standbys Whether standbys that are still made are missing, too.
 */
export function missingOf(
  cluster: PostgresCluster | undefined,
  databases: readonly PostgresDatabase[],
  { standbys = true }: { readonly standbys?: boolean } = {},
): string | undefined {
  if (!cluster) return "the Cluster does not exist";
  if (!isReady(cluster) && (standbys || !primaryServes(cluster))) {
    const { phase = "not looked at by its operator yet", phaseReason } = cluster.status ?? {};
    return `${phase}${phaseReason ? ` (${phaseReason})` : ""}, ${readyInstances(cluster)}`;
  }
  const pending = databases.find(
    (database) =>
      database.status?.applied !== true || !isCurrent(database, database.status.observedGeneration),
  );
  if (!pending) return undefined;
  const message = pending.status?.message ? `: ${pending.status.message}` : "";
  return `Database ${pending.metadata.name} is not applied yet${message}`;
}

function isReady(cluster: PostgresCluster): boolean {
  const ready = cluster.status?.conditions?.find((condition) => condition.type === "Ready");
  return ready?.status === "True" && isCurrent(cluster, ready.observedGeneration);
}

function primaryServes({ status = {} }: PostgresCluster): boolean {
  const { phase = "", currentPrimary = "", targetPrimary, instancesStatus } = status;
  const healthy = instancesStatus?.healthy ?? [];
  return growing.includes(phase) && currentPrimary === targetPrimary && healthy.includes(currentPrimary);
}

function readyInstances({ spec, status }: PostgresCluster): string {
  return `${status?.readyInstances ?? 0} of ${spec?.instances ?? 1} instances ready`;
}

function isCurrent(object: KubeObject, observedGeneration: number | undefined): boolean {
  return observedGeneration === undefined || observedGeneration >= (object.metadata.generation ?? 0);
}

const postgres = `${postgresGroup}/v1`;
const pollMilliseconds = 500;

export async function readDatabase(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<{ cluster: PostgresCluster | undefined; databases: PostgresDatabase[] }> {
  const [cluster, databases] = await Promise.all([
    get<PostgresCluster>(connection, pathOf(postgres, "clusters", namespace, name)),
    list<PostgresDatabase>(connection, pathOf(postgres, "databases", namespace)),
  ]);
  return { cluster, databases: databases.filter((database) => database.spec.cluster.name === name) };
}

/**
 * Waits until PostgreSQL can be used: the Cluster's primary, or with `standbys` each of its instances, is Ready, and each
 * of its Databases is applied. Returns at once when that is so; else logs each change of phase. An API server that is away
 * for a while is waited for, too.
 *
 * @throws Error saying what the Cluster, its pods and its volumes look like once `timeoutSeconds` have passed
 */
export async function waitForDatabase(
  connection: Connection,
  namespace: string,
  options: { readonly cluster: string; readonly standbys: boolean; readonly timeoutSeconds: number },
  log: Log,
): Promise<void> {
  const start = Date.now();
  let last = "";
  for (;;) {
    let state = "ready";
    const missing = await readDatabase(connection, namespace, options.cluster).then(
      ({ cluster, databases }) => {
        if (cluster && !isReady(cluster)) state = `can be used, ${readyInstances(cluster)}`;
        return missingOf(cluster, databases, options);
      },
      (error: unknown) => {
        if (error instanceof UnreachableError && !connection.absent) return error.message;
        throw error;
      },
    );
    const elapsed = (Date.now() - start) / 1000;
    const seconds = Math.round(elapsed);
    if (missing === undefined) {
      log(`database ${options.cluster}: ${state}${seconds > 0 ? ` after ${seconds} s` : ""}`);
      return;
    }
    if (missing !== last) log(`database ${options.cluster}: ${missing}`);
    last = missing;
    if (elapsed >= options.timeoutSeconds) {
      const why = await explainDatabase(connection, namespace, options.cluster);
      throw new Error(
        [
          `database ${options.cluster} is not ready after ${options.timeoutSeconds} s: ${missing}`,
          ...why,
        ].join("\n"),
      );
    }
    await pause(pollMilliseconds);
  }
}

async function explainDatabase(connection: Connection, namespace: string, name: string): Promise<string[]> {
  try {
    const [{ cluster }, { pods, around }] = await Promise.all([
      readDatabase(connection, namespace, name),
      readSurroundings(connection, namespace),
    ]);
    const conditions = (cluster?.status?.conditions ?? [])
      .filter((condition) => condition.status !== "True")
      .map(
        ({ type, reason, message }) =>
          `condition ${type} is not True: ${reason}${message ? `: ${message}` : ""}`,
      );
    const troubles = pods
      .filter((pod) => pod.metadata?.labels?.[clusterLabel] === name)
      .flatMap((pod) => troubleOfPod(pod, around));
    const look = `look further: kubectl describe clusters.postgresql.cnpg.io ${name} -n ${namespace}`;
    return [...conditions, ...troubles, look].map((line) => `  ${line}`);
  } catch (error) {
    return [`  the reason cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
}
