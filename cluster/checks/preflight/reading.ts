/** Reads everything from the cluster that the preflight checks need. */
import type { V1Node, V1Pod, V1Service, V1StorageClass } from "@kubernetes/client-node";
import type { ClusterScopedKind } from "../../../components/description.ts";
import type { Settings } from "../../../model/settings.ts";
import type { Right } from "../../../plan/rights/right.ts";
import { missingRights } from "../../client/access-review.ts";
import { apiGroups, get, type KubeObject, list, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import type { RequestOptions } from "../../client/request.ts";
import { type DatabaseAnswer, probeDatabase } from "../../database-probe.ts";
import { readCertificates } from "./certificate-surroundings.ts";
import type { CertificateSurroundings } from "./certificates.ts";
import { serviceIn } from "./external-database.ts";
import { type GatewaySurroundings, plannedOf } from "./gateway.ts";
import { readGatewaySurroundings } from "./gateway-surroundings.ts";
import { type IngressSurroundings, ingressesOf } from "./ingress.ts";
import { readIngressSurroundings } from "./ingress-surroundings.ts";
import type { Installations } from "./installations.ts";
import { type ClusterScoped, clusterScopedKinds } from "./ownership.ts";
import { permitted } from "./permitted.ts";
import { type CheckedPod, checkedPart } from "./pods.ts";
import { type NamedSecret, readPullSecrets } from "./pull-secrets.ts";

/** What a cluster is and holds that an installation has to fit in with. Undefined is what may not be read. */
export interface ClusterReading
  extends IngressSurroundings,
    GatewaySurroundings,
    CertificateSurroundings,
    Installations {
  readonly server: string;
  readonly context: string;
  readonly version?: string;
  readonly missingRights?: readonly Right[];
  readonly nodes?: readonly V1Node[];
  readonly services?: readonly V1Service[];
  readonly storageClasses?: readonly V1StorageClass[];
  readonly clusterScoped: ClusterScoped;
  /** Of a database of the user's own; undefined where there is none, or only the cluster knows its name. */
  readonly database?: DatabaseAnswer;
  /** Pull Secrets that the user names. */
  readonly pullSecrets?: readonly NamedSecret[];
  /** What may not be read, in the words of a report. */
  readonly refused: readonly string[];
}

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/**
 * Reads it all in one round of parallel requests; nothing that the inventory has already read.
 *
 * @param rights Those that an installation needs.
 * @throws UnreachableError
 */
export async function readForPreflight(
  connection: Connection,
  settings: Settings,
  rights: () => Promise<readonly Right[]>,
  options: RequestOptions = {},
): Promise<ClusterReading> {
  const refused: string[] = [];
  const allowed = permitted((what) => refused.push(what));
  const every = <T>(what: string, apiVersion: string, plural: string, more: RequestOptions = {}) =>
    allowed(what, list<T>(connection, pathOf(apiVersion, plural), { ...options, ...more }));

  const ingresses = ingressesOf(settings);
  const planned = plannedOf(settings);
  const [
    version,
    groups,
    missing,
    nodes,
    pods,
    services,
    storageClasses,
    clusterScoped,
    ingress,
    gateway,
    certificates,
    snapshots,
    database,
    pullSecrets,
  ] = await Promise.all([
    allowed("the Kubernetes version", get<{ gitVersion: string }>(connection, "/version", options)),
    allowed("API groups", apiGroups(connection, options)),
    allowed("own rights", missingRights(connection, rights, options)),
    every<V1Node>("nodes", "v1", "nodes"),
    allowed("pods", list<V1Pod, CheckedPod>(connection, pathOf("v1", "pods"), options, checkedPart)),
    every<V1Service>("services", "v1", "services"),
    every<V1StorageClass>("storage classes", "storage.k8s.io/v1", "storageclasses"),
    readClusterScoped(every),
    readIngressSurroundings(connection, ingresses, allowed, options),
    readGatewaySurroundings(connection, planned, allowed, options),
    readCertificates(connection, [...ingresses, ...planned.gateways], allowed, options),
    every<KubeObject>("Installation objects", "krateo.io/v1", "installations", { accept: metadataOnly }),
    settings.database && !serviceIn(settings.database.host) ? probeDatabase(settings.database) : undefined,
    readPullSecrets(connection, settings, allowed, options),
  ]);
  return {
    server: connection.server,
    context: connection.context,
    version: version?.gitVersion,
    groups,
    missingRights: missing,
    nodes,
    pods,
    services,
    storageClasses,
    clusterScoped,
    ...ingress,
    ...gateway,
    ...certificates,
    snapshots,
    database,
    pullSecrets,
    // In the order of the answers, the report would differ from run to run.
    refused: refused.toSorted(),
  };
}

type Every = <T>(
  what: string,
  apiVersion: string,
  plural: string,
  more?: RequestOptions,
) => Promise<T[] | undefined>;

/** Webhook configurations whole, of anything else just who it belongs to: definitions are by far the largest objects. */
async function readClusterScoped(every: Every): Promise<ClusterScoped> {
  const entries = await Promise.all(
    Object.entries(clusterScopedKinds).map(async ([kind, { apiVersion, plural }]) => {
      const whole = kind.endsWith("WebhookConfiguration");
      return [
        kind,
        await every<KubeObject>(plural, apiVersion, plural, whole ? {} : { accept: metadataOnly }),
      ];
    }),
  );
  return Object.fromEntries(entries) as Record<ClusterScopedKind, KubeObject[] | undefined>;
}
