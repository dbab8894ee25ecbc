import type { V1Container, V1EnvVarSource, V1Pod, V1Volume } from "@kubernetes/client-node";
import { tableOf } from "./database-program.ts";

/** What of a namespace decides whether a pod may start. */
export interface PodSurroundings {
  /** The keys of each Secret, by its name. */
  secrets: ReadonlyMap<string, readonly string[]>;
  configMaps: ReadonlyMap<string, readonly string[]>;
  /** Services by name, with the PostgreSQL cluster behind one, if any. */
  services: ReadonlyMap<string, { database?: DatabaseEndpoint }>;
}

/** What the Service of a PostgreSQL cluster leads to. */
export interface DatabaseEndpoint {
  cluster: string;
  ready: boolean;
  instances: number;
  /** `ro` leads to standby instances only. */
  access: "rw" | "ro" | "r";
  tables: readonly string[];
}

/** Why a pod may not start; each kind shows itself in its own way, as it does with a kubelet. */
export type StartDecision =
  | { start: true }
  /** The container cannot be configured: its status says CreateContainerConfigError. */
  | { start: false; reason: "CreateContainerConfigError"; message: string; container: string }
  /** A volume cannot be mounted: the pod stays in ContainerCreating, an event tells why. */
  | { start: false; reason: "FailedMount"; message: string }
  /** The container runs and waits for its database, or for a table in that Cluster: the pod runs but is not ready. */
  | { start: false; reason: "Unready"; message: string; tableIn?: string };

/**
 * Whether a pod's containers can start and get ready, as kubelet and program would find out: every Secret
 * and ConfigMap key that is not optional must exist, and so must the database that DB_HOST names, with the table that
 * the program waits for.
 */
export function decidePodStart(pod: V1Pod, around: PodSurroundings): StartDecision {
  const namespace = pod.metadata?.namespace ?? "";
  for (const volume of pod.spec?.volumes ?? []) {
    const message = volumeProblem(volume, around);
    if (message) return { start: false, reason: "FailedMount", message };
  }
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  for (const container of containers) {
    const message = configurationProblem(container, namespace, around);
    if (message)
      return { start: false, reason: "CreateContainerConfigError", message, container: container.name };
  }
  for (const container of containers) {
    const problem = databaseProblem(container, pod, around);
    if (problem) return { start: false, reason: "Unready", ...problem };
  }
  return { start: true };
}

function volumeProblem(volume: V1Volume, around: PodSurroundings): string | undefined {
  const sources = [
    { kind: "secret", name: volume.secret?.secretName, optional: volume.secret?.optional },
    { kind: "configmap", name: volume.configMap?.name, optional: volume.configMap?.optional },
    ...(volume.projected?.sources ?? []).flatMap(({ secret, configMap }) => [
      { kind: "secret", name: secret?.name, optional: secret?.optional },
      { kind: "configmap", name: configMap?.name, optional: configMap?.optional },
    ]),
  ];
  for (const { kind, name, optional } of sources) {
    const known = kind === "secret" ? around.secrets : around.configMaps;
    if (name && !optional && !known.has(name)) {
      return `MountVolume.SetUp failed for volume "${volume.name}" : ${kind} "${name}" not found`;
    }
  }
  return undefined;
}

function configurationProblem(
  container: V1Container,
  namespace: string,
  around: PodSurroundings,
): string | undefined {
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    if (secretRef?.name && !secretRef.optional && !around.secrets.has(secretRef.name)) {
      return `secret "${secretRef.name}" not found`;
    }
    if (configMapRef?.name && !configMapRef.optional && !around.configMaps.has(configMapRef.name)) {
      return `configmap "${configMapRef.name}" not found`;
    }
  }
  for (const { valueFrom } of container.env ?? []) {
    const problem = valueFrom && referenceProblem(valueFrom, namespace, around);
    if (problem) return problem;
  }
  return undefined;
}

function referenceProblem(
  source: V1EnvVarSource,
  namespace: string,
  around: PodSurroundings,
): string | undefined {
  const references = [
    { kind: "Secret", reference: source.secretKeyRef, known: around.secrets },
    { kind: "ConfigMap", reference: source.configMapKeyRef, known: around.configMaps },
  ];
  for (const { kind, reference, known } of references) {
    if (!reference?.name || reference.optional) continue;
    const keys = known.get(reference.name);
    if (!keys) return `${kind.toLowerCase()} "${reference.name}" not found`;
    if (!keys.includes(reference.key)) {
      return `couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`;
    }
  }
  return undefined;
}

/** A database outside the namespace, or one that is no Service of this cluster, is taken to be there, tables and all. */
function databaseProblem(
  container: V1Container,
  { metadata }: V1Pod,
  around: PodSurroundings,
): { message: string; tableIn?: string } | undefined {
  const namespace = metadata?.namespace ?? "";
  const host = container.env?.find(({ name }) => name === "DB_HOST")?.value;
  if (!host) return undefined;
  const [service = "", ...domain] = host.split(".");
  const outside = domain.length > 0 && (domain[0] !== namespace || (domain[1] ?? "svc") !== "svc");
  if (outside) return undefined;
  const found = around.services.get(service);
  if (!found) return { message: `database host "${host}": no such Service in ${namespace}` };
  const { database } = found;
  if (!database) return undefined;
  const { cluster } = database;
  if (!database.ready) return { message: `database host "${host}": Cluster ${cluster} is not ready` };
  if (database.access === "ro" && database.instances < 2) {
    return { message: `database host "${host}": Cluster ${cluster} has no standby instance to read from` };
  }
  const table = tableOf(metadata?.labels?.["app.kubernetes.io/name"]);
  if (table === undefined || database.tables.includes(table)) return undefined;
  return { message: `database host "${host}": table ${table} does not exist`, tableIn: cluster };
}
