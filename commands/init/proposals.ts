/** What suits a cluster, with the reason: plain data out of what the cluster offers. */
import type { ClusterFeatures } from "../../cluster/features.ts";
import { type ReleaseType, releaseTypes } from "../../model/settings.ts";

/** A value that an answer may have, and why it would be right. */
export interface Proposal {
  readonly value: string;
  readonly reason: string;
}

/** Clouds whose controllers make load balancers, by the scheme of their nodes' provider IDs. */
const clouds = new Set([
  ...["aws", "azure", "digitalocean", "gce", "hcloud", "ibm", "linode", "scaleway", "vultr"],
]);

/** Whether the API server serves OpenShift's kinds: its pods then may do less. */
export function isOpenShift({ groups }: ClusterFeatures): boolean {
  return groups.includes("security.openshift.io");
}

/**
 * The types, the most suitable first. A cluster on this machine has node ports; elsewhere hosts below a domain come
 * before addresses without a name.
 */
export function typeProposals(features: ClusterFeatures): Proposal[] {
  const signs: readonly (readonly [ReleaseType, string | undefined])[] = [
    [
      "routes",
      features.groups.includes("route.openshift.io") ? "this is OpenShift, which serves Routes" : undefined,
    ],
    ["nodeport", localCluster(features)],
    ["gateway", gatewaySign(features)],
    ["ingress", ingressSign(features)],
    ["loadbalancer", loadBalancerSign(features)],
  ];
  const found = signs.flatMap(([value, reason]) => (reason === undefined ? [] : [{ value, reason }]));
  // Node ports need nothing, so they come before what nothing speaks for.
  const rest = ["nodeport" as const, ...releaseTypes]
    .filter((type, index, all) => all.indexOf(type) === index && !found.some(({ value }) => value === type))
    .map((value) => ({ value, reason: withoutSign[value] }));
  return [...found, ...rest];
}

const withoutSign: Readonly<Record<ReleaseType, string>> = {
  nodeport: "needs nothing in the cluster",
  loadbalancer: "no Service has a load balancer's address",
  ingress: "there is no IngressClass",
  gateway: "there is no Gateway and no accepted GatewayClass",
  routes: "this is not OpenShift",
};

/** Says that the cluster runs on this machine, or on one like it. */
function localCluster({ nodes }: ClusterFeatures): string | undefined {
  if (isKind({ nodes })) return "the nodes are kind's";
  if (nodes.some(({ labels }) => "minikube.k8s.io/name" in labels)) return "the nodes are minikube's";
  return undefined;
}

function isKind({ nodes }: Pick<ClusterFeatures, "nodes">): boolean {
  return nodes.some(({ providerId }) => providerId.startsWith("kind://"));
}

function gatewaySign({ gateways, gatewayClasses }: ClusterFeatures): string | undefined {
  if (gateways.length > 0) return `there is Gateway ${gateways.map(({ name }) => name).join(", ")}`;
  return gatewayClasses.length > 0 ? `there is GatewayClass ${gatewayClasses.join(", ")}` : undefined;
}

function ingressSign({ ingressClasses }: ClusterFeatures): string | undefined {
  const names = ingressClasses.map(({ name }) => name);
  return names.length > 0 ? `there is IngressClass ${names.join(", ")}` : undefined;
}

function loadBalancerSign({ balancedServices: [service], nodes }: ClusterFeatures): string | undefined {
  if (service) return `Service ${service.name} has a load balancer's address, ${service.address}`;
  const cloud = nodes.map(({ providerId }) => providerId.split(":")[0] ?? "").find((one) => clouds.has(one));
  return cloud && `the nodes are ${cloud}'s, whose controller makes load balancers`;
}

/** Where browsers reach the nodes, if another place than a node's own address suits. */
export function nodeAddressProposal(features: ClusterFeatures): Proposal | undefined {
  if (!isKind(features)) return undefined;
  return { value: "127.0.0.1", reason: "kind's nodes are containers: map their ports to this machine" };
}

/** IngressClasses, the default one first. */
export function ingressClassProposals({ ingressClasses }: ClusterFeatures): Proposal[] {
  return ingressClasses
    .toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))
    .map(({ name, isDefault }) => ({ value: name, reason: isDefault ? "the cluster's default" : "" }));
}

/** Existing Gateways, as NAMESPACE/NAME, then the classes for a Gateway of the program's own. */
export function gatewayProposals({ gateways, gatewayClasses }: ClusterFeatures): Proposal[] {
  return [
    ...gateways.map(({ name }) => ({ value: name, reason: "an existing Gateway" })),
    ...gatewayClasses.map((value) => ({ value, reason: "a Gateway of the program's own, of this class" })),
  ];
}

/** How browsers' connections are encrypted. */
export const tlsWays = ["none", "secret", "issuer", "external"] as const;

/**
 * The ways to https, the most suitable first.
 *
 * @param gateway The existing Gateway that is used, as NAMESPACE/NAME: its listeners hold the certificates.
 */
export function tlsProposals(features: ClusterFeatures, gateway: string | undefined): Proposal[] {
  const none = { value: "none", reason: "http" };
  const existing = features.gateways.find(({ name }) => name === gateway);
  if (existing || gateway?.includes("/")) {
    const external = { value: "external", reason: "https, with the certificates of the Gateway's listeners" };
    return existing?.https ? [external, none] : [none, external];
  }
  const { clusterIssuers } = features;
  const issuer = { value: "issuer", reason: "cert-manager makes the certificates" };
  const rest = [
    { value: "secret", reason: "one certificate of yours for all hosts, in a Secret" },
    { value: "external", reason: "TLS ends in front of the cluster" },
  ];
  return clusterIssuers.length > 0
    ? [{ ...issuer, reason: `ClusterIssuer ${clusterIssuers.join(", ")} is ready` }, none, ...rest]
    : [none, ...rest, issuer];
}

/** Storage classes for the database; the empty value stands for the cluster's default. */
export function storageProposals({ storageClasses }: ClusterFeatures): Proposal[] {
  const standard = storageClasses.find(({ isDefault }) => isDefault);
  const others = storageClasses.filter((one) => one !== standard);
  return [
    ...(standard ? [{ value: "", reason: `the cluster's default, ${standard.name}` }] : []),
    ...others.map(({ name }) => ({ value: name, reason: "" })),
  ];
}

/** How large the installation is. */
export const sizes = ["standard", "small"] as const;

/** The sizes, the most suitable first. */
export function sizeProposals({ nodes }: ClusterFeatures): Proposal[] {
  const standard = { value: "standard", reason: "three PostgreSQL instances" };
  const small = { value: "small", reason: "one PostgreSQL instance, for a laptop or a trial" };
  return nodes.length === 1
    ? [{ ...small, reason: "one PostgreSQL instance: the cluster has one node" }, standard]
    : [standard, small];
}
