/** Turns what the stack configuration says of exposure into settings of steps: a layer like any other document's. */

import { publishingStep } from "../../components/outside.ts";
import { mergeMaps } from "../../model/merge.ts";
import { stackConfiguration } from "../../model/problem.ts";
import type { JsonObject, ReleaseType } from "../../model/settings.ts";
import type { BundleTokens, ExtraStep } from "../bundle.ts";
import { type Layer, madeLayer } from "../layers.ts";
import {
  browserServices,
  type ExposableService,
  exposableServices,
  pageService,
} from "./exposed-services.ts";
import {
  annotationsFor,
  type ExposureConfig,
  exposedServices,
  type HostConfig,
  hostOf,
  issuerAnnotation,
  tlsSecretOf,
} from "./exposure.ts";
import { attachmentSettings, gatewayExtraSteps, ownGatewaySettings } from "./gateway.ts";
import { readExposure } from "./keys.ts";
import { aliasOf } from "./profile-aliases.ts";

/** Stands for a host while the problem that there is none is being reported. */
const noHost = "host.invalid";

/** Settings of one component's steps, as they stand below `stepConfig`. */
type StepSettings = Readonly<Record<string, JsonObject>>;

/** What the bundled documents' tokens stand for. */
export function bundleTokens(
  namespace: string,
  config: HostConfig & Pick<ExposureConfig, "tls">,
  otelEndpoint: string,
): BundleTokens {
  const hosts = exposableServices.map((service) => [service.name, hostOf(service, config) ?? noHost]);
  return {
    namespace,
    hosts: Object.fromEntries(hosts),
    scheme: config.tls === undefined ? "http" : "https",
    otelEndpoint,
  };
}

/**
 * Steps that the bundled release gets beside the type's own: those of type gateway that keys ask for, else a Service of
 * our own for each that is to be reachable in a way which its chart cannot render. A platform that does without annotations thus keeps the load balancers that
 * it has, with their addresses, when this program takes it over.
 */
export function extraSteps(type: ReleaseType, config: ExposureConfig): ExtraStep[] {
  if (type === "gateway") return gatewayExtraSteps(config);
  return exposedServices(type, config)
    .filter((service) => hasOwnService(service, type, config))
    .map((service) => ({ component: service.component, id: publishingStep(service.name) }));
}

/** The layer; it lies above every document, below `set`. */
export function exposureLayer(type: ReleaseType, config: ExposureConfig): Layer {
  return madeLayer(stackConfiguration, componentSettings(type, config));
}

/**
 * What a profile that stands for a key is laid down as: in the place of a profile, so that overrides lie above it as they
 * did above its file.
 *
 * @param config what says where the hosts are
 * @returns undefined for a profile that is a document
 */
export function aliasLayer(profile: string, { domain, hosts = {} }: HostConfig): Layer | undefined {
  const alias = aliasOf(profile);
  if (alias === undefined) return undefined;
  const config: ExposureConfig = { ...readExposure(alias.given).config, domain, hosts };
  const settings = componentSettings(alias.type, config);
  const root = alias.key === "tls" ? (mergeMaps(settings, pageUrls(config)) as JsonObject) : settings;
  return madeLayer(`profile ${profile} (krateo:${alias.key})`, root);
}

function componentSettings(type: ReleaseType, config: ExposureConfig): JsonObject {
  const components: Record<string, JsonObject> = type === "gateway" ? { ...ownGatewaySettings(config) } : {};
  for (const service of exposedServices(type, config)) {
    const steps = settingsOf[type](service, config);
    if (Object.keys(steps).length === 0) continue;
    const known = components[service.component] ?? {};
    components[service.component] = mergeMaps(known, { stepConfig: steps as JsonObject }) as JsonObject;
  }
  return { components };
}

/** Settings of the page: where it calls each Service that is served over https. */
function pageUrls(config: ExposureConfig): JsonObject {
  const urls = browserServices.flatMap((service) =>
    (service.urlKeys ?? []).map((key) => [key, `https://${hostOf(service, config) ?? noHost}`]),
  );
  const stepConfig = { [pageService.step]: { helmValues: { config: Object.fromEntries(urls) } } };
  return { components: { [pageService.component]: { stepConfig } } };
}

const settingsOf: Readonly<
  Record<ReleaseType, (service: ExposableService, config: ExposureConfig) => StepSettings>
> = {
  nodeport: nodePortSettings,
  loadbalancer: loadBalancerSettings,
  ingress: ingressSettings,
  gateway: attachmentSettings,
  routes: routeSettings,
};

/** Whether a Service of our own exposes it, in place of its chart's. */
function hasOwnService(service: ExposableService, type: ReleaseType, config: ExposureConfig): boolean {
  if (type === "nodeport") return !service.takesNodePort;
  if (type !== "loadbalancer" || service.takesAnnotations) return false;
  return Object.keys(annotationsFor(service, config.serviceAnnotations)).length > 0;
}

function nodePortSettings(service: ExposableService, config: ExposureConfig): StepSettings {
  const nodePort = config.nodePorts[service.name];
  if (nodePort === undefined) return {};
  if (service.takesNodePort) return { [service.step]: { helmValues: { service: { nodePort } } } };
  const { port, targetPort } = service;
  const ports = [{ name: "http", port, targetPort, protocol: "TCP", nodePort }];
  return { [publishingStep(service.name)]: { with: { spec: { ports } } } };
}

function loadBalancerSettings(service: ExposableService, config: ExposureConfig): StepSettings {
  const annotations = annotationsFor(service, config.serviceAnnotations);
  const own = hasOwnService(service, "loadbalancer", config);
  const annotated = !own && Object.keys(annotations).length > 0;
  const type = own ? "ClusterIP" : "LoadBalancer";
  return {
    ...(own && { [publishingStep(service.name)]: { with: { metadata: { annotations } } } }),
    ...((own || annotated || service.role === "internal") && {
      [service.step]: { helmValues: { service: { type, ...(annotated && { annotations }) } } },
    }),
    // The page is told the addresses of the others, not its own.
    ...(service.role === "api" && addressSources(service, own, config.loadBalancerAddress)),
  };
}

function addressSources({ name }: ExposableService, own: boolean, kind?: "ip" | "hostname"): StepSettings {
  const metadata = own && { metadata: { name: `${name}-external` } };
  const selector = kind && { selector: `.status.loadBalancer.ingress[0].${kind}` };
  return {
    ...((own || kind) && {
      [`extract-${name}-lb-ip`]: { with: { valueFrom: { ...metadata, ...selector } } },
    }),
    ...(own && { [`extract-${name}-lb-port`]: { with: { valueFrom: { ...metadata } } } }),
  };
}

function ingressSettings(service: ExposableService, config: ExposureConfig): StepSettings {
  const { ingressClass: className, tls } = config;
  const host = hostOf(service, config) ?? noHost;
  const secretName = tlsSecretOf(service, config);
  const annotations = {
    ...(tls?.clusterIssuer !== undefined && { [issuerAnnotation]: tls.clusterIssuer }),
    ...annotationsFor(service, config.ingressAnnotations),
  };
  const ingress: JsonObject = {
    ...(service.role === "internal" && {
      enabled: true,
      className: "",
      hosts: [{ host, paths: [{ path: "/", pathType: "Prefix" }] }],
    }),
    ...(className !== undefined && { className }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(secretName !== undefined && { tls: [{ secretName, hosts: [host] }] }),
  };
  return Object.keys(ingress).length === 0 ? {} : { [service.step]: { helmValues: { ingress } } };
}

/** Without a host OpenShift gives each Route one. */
function routeSettings(service: ExposableService, config: ExposureConfig): StepSettings {
  const host = hostOf(service, config);
  return host === undefined ? {} : { [`expose-${service.name}`]: { with: { spec: { host } } } };
}
