import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import type { Item, World } from "../world.ts";
import { deploymentAvailable } from "./deployments.ts";
import {
  claims,
  exists,
  instances,
  podReady,
  primaryReady,
  services,
  superfluousInstances,
  wantedInstances,
} from "./postgres-objects.ts";

const databaseFinalizer = "cnpg.io/deleteDatabase";

/**
 * Stand-in for the CNPG operator: gives a Cluster its Services, claims and instances, the standbys once the primary is
 * ready, and reports Ready once all instances are. Does nothing while the operator itself is not available.
 */
export const runClusters: Rule = (world, { realistic }) => {
  if (!operatorAvailable(world)) return [];
  return world
    .list("clusters")
    .filter(({ metadata }) => !metadata?.deletionTimestamp)
    .flatMap((cluster): Intent[] => {
      const pods = instances(cluster).slice(0, primaryReady(world, cluster) ? undefined : 1);
      const missing = [...services(cluster), ...claims(cluster), ...pods].filter(
        (object) => !exists(world, object),
      );
      const intents: Intent[] = missing.map((object) => ({
        key: `create ${object.kind} ${object.metadata.name} for ${label(cluster)}`,
        afterSeconds: delaySeconds("operator", realistic),
        run: (api) => api.create(object),
      }));
      for (const pod of superfluousInstances(world, cluster)) {
        intents.push({
          key: `remove Pod ${pod.metadata?.name} of ${label(cluster)}`,
          afterSeconds: delaySeconds("operator", realistic),
          run: (api) => api.delete("pods", pod),
        });
      }
      const status = clusterStatus(world, cluster);
      if (!sameStatus(cluster, status)) {
        intents.push({
          key: `report ${label(cluster)}: ${status.readyInstances} of ${status.instances} instances, ${status.phase}`,
          afterSeconds: delaySeconds("operator", realistic),
          run: (api) => api.patchStatus("clusters", cluster, status),
        });
      }
      return intents;
    });
};

/** Stand-in for the CNPG operator: a Database is applied once the primary is ready and its owner can log in. */
export const runDatabases: Rule = (world, { realistic }) => {
  if (!operatorAvailable(world)) return [];
  return world
    .list("databases")
    .filter(({ metadata }) => !metadata?.deletionTimestamp)
    .flatMap((database): Intent[] => {
      const problem = databaseProblem(world, database);
      const status = {
        applied: !problem,
        message: problem ?? null,
        observedGeneration: database.metadata?.generation,
      };
      const same =
        database.status?.applied === status.applied &&
        (database.status?.message ?? null) === status.message &&
        database.status?.observedGeneration === status.observedGeneration;
      if (same) return [];
      return [
        {
          key: `report Database ${label(database)}: ${problem ?? "applied"}`,
          afterSeconds: delaySeconds(problem ? "operator" : "database", realistic),
          run: (api) => api.patchStatus("databases", database, status),
        },
      ];
    });
};

/** Stand-in for the CNPG operator: holds every Database by a finalizer, and lets go of it once it is deleted. */
export const holdDatabases: Rule = (world, { realistic }) => {
  if (!operatorAvailable(world)) return [];
  return world.list("databases").flatMap((database): Intent[] => {
    const { finalizers = [], deletionTimestamp } = database.metadata ?? {};
    const held = finalizers.includes(databaseFinalizer);
    if (held !== !deletionTimestamp) {
      const next = deletionTimestamp
        ? finalizers.filter((finalizer) => finalizer !== databaseFinalizer)
        : [...finalizers, databaseFinalizer];
      return [
        {
          key: `${deletionTimestamp ? "let go of" : "hold"} Database ${label(database)}`,
          afterSeconds: delaySeconds("operator", realistic),
          run: (api) => api.patch("databases", database, { metadata: { finalizers: next } }),
        },
      ];
    }
    return [];
  });
};

function operatorAvailable(world: World): boolean {
  return deploymentAvailable(world, "cloudnative-pg");
}

/** Why a Database cannot be applied, in the operator's manner. */
function databaseProblem(world: World, database: Item): string | undefined {
  const { namespace } = database.metadata ?? {};
  const name = database.spec?.cluster?.name;
  const cluster = world
    .list("clusters")
    .find(({ metadata }) => metadata?.namespace === namespace && metadata?.name === name);
  if (!cluster) return `Cluster ${name} not found`;
  if (!primaryReady(world, cluster)) return "waiting for the primary to become ready";
  const owner = database.spec?.owner;
  const missing = rolesWithoutSecret(world, cluster).find((role) => role.name === owner);
  if (missing) return `role "${owner}" does not exist: secret "${missing.secret}" not found`;
  return undefined;
}

/** Roles whose password Secret is missing: the operator cannot make them. */
function rolesWithoutSecret(world: World, cluster: Item): { name: string; secret: string }[] {
  const { namespace } = cluster.metadata ?? {};
  const secrets = new Set(
    world
      .list("secrets")
      .filter(({ metadata }) => metadata?.namespace === namespace)
      .map(({ metadata }) => metadata?.name),
  );
  return (cluster.spec?.managed?.roles ?? [])
    .map((role: Item) => ({
      name: role.name as string,
      secret: role.passwordSecret?.name as string | undefined,
    }))
    .filter(({ secret }: { secret?: string }) => secret && !secrets.has(secret));
}

function clusterStatus(world: World, cluster: Item) {
  const missing = rolesWithoutSecret(world, cluster);
  const primary = `${cluster.metadata?.name}-1`;
  const healthy = instances(cluster)
    .filter((pod) => podReady(world, pod))
    .map(({ metadata }) => metadata.name);
  const complete = healthy.length === wantedInstances(cluster);
  const phase = primaryReady(world, cluster) ? "Creating a new replica" : "Setting up primary";
  const condition = {
    type: "Ready",
    status: complete ? "True" : "False",
    reason: complete ? "ClusterIsReady" : "ClusterIsNotReady",
    message: complete ? "Cluster is Ready" : "Cluster Is Not Ready",
    lastTransitionTime: new Date().toISOString(),
  };
  return {
    phase: complete ? "Cluster in healthy state" : phase,
    instances: wantedInstances(cluster),
    readyInstances: healthy.length,
    instancesStatus: { healthy },
    currentPrimary: healthy.length > 0 ? primary : null,
    targetPrimary: primary,
    writeService: `${cluster.metadata?.name}-rw`,
    readService: `${cluster.metadata?.name}-r`,
    managedRolesStatus:
      missing.length > 0
        ? {
            cannotReconcile: Object.fromEntries(
              missing.map(({ name, secret }) => [name, [`secret "${secret}" not found`]]),
            ),
          }
        : null,
    conditions: [condition],
  };
}

function sameStatus(cluster: Item, status: ReturnType<typeof clusterStatus>): boolean {
  const now = cluster.status ?? {};
  return (
    now.phase === status.phase &&
    now.readyInstances === status.readyInstances &&
    now.instances === status.instances &&
    JSON.stringify(now.managedRolesStatus ?? null) === JSON.stringify(status.managedRolesStatus)
  );
}

function label(item: Item): string {
  return `${item.metadata?.namespace}/${item.metadata?.name}`;
}
