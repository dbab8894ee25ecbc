/** How the platform is reached from outside: what the stack configuration says of it, and what follows from that. */

import type { ReleaseType } from "../../model/settings.ts";
import { type ExposableService, exposableServices } from "./exposed-services.ts";

/** A value for each Service that has one, by the Service's name. */
export type ByService<T> = Readonly<Record<string, T>>;

/** What the stack configuration says about exposure, Services under their own names. */
export interface ExposureConfig {
  readonly domain?: string;
  readonly nodeAddress?: string;
  readonly nodePorts: ByService<number>;
  /** Kind of address to take from a load balancer; undefined: whichever there is. */
  readonly loadBalancerAddress?: "ip" | "hostname";
  readonly serviceAnnotations: Annotations;
  /** Names of Services that are made reachable beside those that browsers call. */
  readonly expose: readonly string[];
  readonly hosts: ByService<string>;
  readonly ingressClass?: string;
  readonly ingressAnnotations: Annotations;
  /** The existing Gateway that the HTTPRoutes are for. */
  readonly gateway?: GatewayConfig;
  /** GatewayClass of a Gateway of our own. */
  readonly gatewayClass?: string;
  /** Of a Gateway of our own. */
  readonly gatewayAnnotations: Readonly<Record<string, string>>;
  readonly tls?: TlsConfig;
  /** The keys that are there, also those that say nothing. */
  readonly given: readonly string[];
}

/** As much of it as says what a host is. */
export type HostConfig = Partial<Pick<ExposureConfig, "domain" | "hosts">>;

/** cert-manager makes certificates for an Ingress or a Gateway that bears it. */
export const issuerAnnotation = "cert-manager.io/cluster-issuer";

/** For all Services, and for single ones, which win. */
export interface Annotations {
  readonly all: Readonly<Record<string, string>>;
  readonly byService: ByService<Readonly<Record<string, string>>>;
}

interface GatewayConfig {
  readonly name: string;
  /** Undefined: the installation's. */
  readonly namespace?: string;
  /** Name of the one listener that serves the hosts; undefined: every one that admits them. */
  readonly listener?: string;
}

export interface TlsConfig {
  /** Name of the certificate's Secret: of all hosts, or by Service. */
  readonly secretName?: string | ByService<string>;
  /** Namespace of those Secrets; undefined: the installation's. */
  readonly secretNamespace?: string;
  /** cert-manager's ClusterIssuer. */
  readonly clusterIssuer?: string;
  /** True when TLS ends at an existing Gateway, or at a proxy in front of the cluster. */
  readonly external: boolean;
}

/** The Services that are reachable from outside with a type. Type routes has Routes for what browsers call alone. */
export function exposedServices(type: ReleaseType, { expose }: ExposureConfig): ExposableService[] {
  return exposableServices.filter(
    ({ name, role, onNodePort }) =>
      role !== "internal" ||
      (type !== "routes" && expose.includes(name)) ||
      (type === "nodeport" && onNodePort),
  );
}

/** Node port of each Service that type nodeport exposes. */
export function nodePortsOf(config: ExposureConfig): Map<ExposableService, number> {
  return new Map(
    exposedServices("nodeport", config).map((service) => [
      service,
      config.nodePorts[service.name] ?? service.nodePort,
    ]),
  );
}

/** Host of a Service in types with hosts; undefined when neither `hosts` nor `domain` gives it one. */
export function hostOf({ name, hostLabel }: ExposableService, config: HostConfig): string | undefined {
  return config.hosts?.[name] ?? (config.domain === undefined ? undefined : `${hostLabel}.${config.domain}`);
}

/** Annotations of one Service: those for all, and its own, which win. */
export function annotationsFor(
  { name }: ExposableService,
  { all, byService }: Annotations,
): Record<string, string> {
  return { ...all, ...byService[name] };
}

/** Secret of the certificate for a Service's host; undefined when TLS is off, or ends elsewhere. */
export function tlsSecretOf({ name }: ExposableService, { tls }: ExposureConfig): string | undefined {
  if (tls === undefined || tls.external) return undefined;
  if (typeof tls.secretName === "string") return tls.secretName;
  return tls.secretName?.[name] ?? (tls.clusterIssuer === undefined ? undefined : `${name}-tls`);
}
