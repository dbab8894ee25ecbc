/** Reads what a cluster offers to a new installation: ways in from outside, storage, certificates. */
import type { V1Service, V1StorageClass } from "@kubernetes/client-node";
import { gatewayApi } from "../configuration/exposure/http-routes.ts";
import type { Gateway } from "../plan/gateway-api.ts";
import { type IssuerObject, isReadyIssuer } from "./checks/preflight/certificates.ts";
import { classTrouble, type GatewayClass } from "./checks/preflight/gateway.ts";
import { isDefaultIngressClass } from "./checks/preflight/ingress.ts";
import { permitted } from "./checks/preflight/permitted.ts";
import { defaultStorageClass } from "./checks/preflight/storage.ts";
import { apiGroups, get, type KubeObject, list, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";

/** What a cluster offers, as plain data. What may not be read is missing. */
export interface ClusterFeatures {
  /** Names of the API groups that are served. */
  readonly groups: readonly string[];
  readonly nodes: readonly NodeKind[];
  readonly ingressClasses: readonly { readonly name: string; readonly isDefault: boolean }[];
  /** Those that a controller has accepted. */
  readonly gatewayClasses: readonly string[];
  readonly gateways: readonly ExistingGateway[];
  /** Services that have a load balancer's address. */
  readonly balancedServices: readonly { readonly name: string; readonly address: string }[];
  readonly storageClasses: readonly { readonly name: string; readonly isDefault: boolean }[];
  /** cert-manager's ClusterIssuers that are ready. */
  readonly clusterIssuers: readonly string[];
  /** What may not be read, in words. */
  readonly refused: readonly string[];
}

/** What tells where a node comes from. */
interface NodeKind {
  /** As its cloud controller wrote it, e.g. `aws:///eu-west-1a/i-0abc`; empty without one. */
  readonly providerId: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface ExistingGateway {
  /** NAMESPACE/NAME. */
  readonly name: string;
  /** Whether one of its listeners speaks TLS. */
  readonly https: boolean;
}

interface NodeObject extends KubeObject {
  readonly spec?: { readonly providerID?: string };
}

/** What a person waits for before the first question. */
const firstAnswerSeconds = 10;

/**
 * Reads it in one round of parallel requests.
 *
 * @throws UnreachableError; ConfigurationError when the API server does not accept the login
 */
export async function readClusterFeatures(connection: Connection): Promise<ClusterFeatures> {
  // Without the guard below: a login that is not accepted would look like a user without any right.
  await get(connection, "/version", { timeoutSeconds: firstAnswerSeconds });
  const refused: string[] = [];
  const allowed = permitted((what) => refused.push(what));
  const every = async <T = KubeObject>(what: string, apiVersion: string, plural: string) =>
    (await allowed(what, list<T>(connection, pathOf(apiVersion, plural)))) ?? [];
  const [groups, nodes, ingressClasses, gatewayClasses, gateways, services, storageClasses, issuers] =
    await Promise.all([
      allowed("API groups", apiGroups(connection)),
      every<NodeObject>("nodes", "v1", "nodes"),
      every("ingress classes", "networking.k8s.io/v1", "ingressclasses"),
      every<GatewayClass>("gateway classes", gatewayApi, "gatewayclasses"),
      every<Gateway>("gateways", gatewayApi, "gateways"),
      every<V1Service>("services", "v1", "services"),
      every<V1StorageClass>("storage classes", "storage.k8s.io/v1", "storageclasses"),
      every<IssuerObject>("cluster issuers", "cert-manager.io/v1", "clusterissuers"),
    ]);
  const standard = defaultStorageClass(storageClasses);
  return {
    groups: groups ?? [],
    nodes: nodes.map(({ metadata, spec }) => ({
      providerId: spec?.providerID ?? "",
      labels: metadata.labels ?? {},
    })),
    ingressClasses: ingressClasses.map((one) => ({
      name: one.metadata.name,
      isDefault: isDefaultIngressClass(one),
    })),
    gatewayClasses: gatewayClasses
      .filter((one) => classTrouble(one) === undefined)
      .map(({ metadata }) => metadata.name),
    gateways: gateways.map(({ metadata, spec }) => ({
      name: `${metadata.namespace}/${metadata.name}`,
      https: spec?.listeners?.some(({ protocol }) => protocol === "HTTPS" || protocol === "TLS") ?? false,
    })),
    balancedServices: services.flatMap(({ metadata, status }) => {
      const [ingress] = status?.loadBalancer?.ingress ?? [];
      const address = ingress?.ip ?? ingress?.hostname;
      return address === undefined ? [] : [{ name: `${metadata?.namespace}/${metadata?.name}`, address }];
    }),
    storageClasses: storageClasses.map((one) => ({
      name: one.metadata?.name ?? "",
      isDefault: one === standard,
    })),
    clusterIssuers: issuers.filter(isReadyIssuer).map(({ metadata }) => metadata.name),
    refused: refused.toSorted(),
  };
}
