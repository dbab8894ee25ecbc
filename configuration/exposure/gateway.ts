/** Type gateway: which objects of the Gateway API are made, and what the stack configuration says in them. */
import { knownStep } from "../../components/catalogue.ts";
import { attachingStep, certificateStep, gatewayStep, redirectStep } from "../../components/outside.ts";
import type { JsonObject } from "../../model/settings.ts";
import type { ExtraStep } from "../bundle.ts";
import type { ExposableService } from "./exposed-services.ts";
import { type ExposureConfig, exposedServices, hostOf, issuerAnnotation, tlsSecretOf } from "./exposure.ts";

export const gatewayGroup = "gateway.networking.k8s.io";

/** Name of a Gateway of our own. */
const ownName = "krateo";

/** Listener for hosts without certificates, and for what is sent to https. */
const plainListener = "http";

/** Listener for all hosts with one certificate. */
const commonListener = "https";

/** A listener takes HTTPRoutes of the installation's namespace. */
const allowedRoutes = { namespaces: { from: "Same" } };

/** Steps of type gateway that depend on the configuration: HTTPRoutes on request, and a Gateway of our own. */
export function gatewayExtraSteps(config: ExposureConfig): ExtraStep[] {
  const onRequest = exposedServices("gateway", config)
    .filter(({ role }) => role === "internal")
    .map(({ name, component }) => ({ component, id: attachingStep(name) }));
  return [...onRequest, ...ownSteps(config).map((id) => ({ component: componentOf(id), id }))];
}

/** What the HTTPRoute to a Service says beyond base.yaml, by step. */
export function attachmentSettings(service: ExposableService, config: ExposureConfig) {
  const parentRefs = [parentOf(config, listenerOf(service, config))];
  return { [attachingStep(service.name)]: { with: { spec: { parentRefs } } } };
}

/** What a Gateway of our own and the objects beside it say, by component and step; empty with an existing Gateway. */
export function ownGatewaySettings(config: ExposureConfig): Readonly<Record<string, JsonObject>> {
  const settings: Readonly<Record<string, JsonObject>> = {
    [gatewayStep]: gatewayOf(config),
    [redirectStep]: { spec: { parentRefs: [parentOf(config, plainListener)] } },
    [certificateStep]: {
      metadata: { namespace: config.tls?.secretNamespace ?? "" },
      spec: { to: secretsOf(config).map((name) => ({ group: "", kind: "Secret", name })) },
    },
  };
  const components: Record<string, JsonObject> = {};
  for (const id of ownSteps(config)) {
    const { stepConfig = {} } = components[componentOf(id)] ?? {};
    components[componentOf(id)] = {
      stepConfig: { ...(stepConfig as JsonObject), [id]: { with: settings[id] as JsonObject } },
    };
  }
  return components;
}

function ownSteps(config: ExposureConfig): string[] {
  if (config.gatewayClass === undefined) return [];
  return [
    ...(config.tls?.secretNamespace === undefined ? [] : [certificateStep]),
    gatewayStep,
    ...(hasCertificates(config) ? [redirectStep] : []),
  ];
}

function gatewayOf(config: ExposureConfig): JsonObject {
  const { gatewayClass, gatewayAnnotations, tls } = config;
  const annotations = {
    ...(tls?.clusterIssuer !== undefined && { [issuerAnnotation]: tls.clusterIssuer }),
    ...gatewayAnnotations,
  };
  return {
    metadata: { name: ownName, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      gatewayClassName: gatewayClass as string,
      listeners: [
        { name: plainListener, protocol: "HTTP", port: 80, allowedRoutes },
        ...(hasCertificates(config) ? secureListeners(config) : []),
      ],
    },
  };
}

/**
 * A listener for each host, or with one certificate for all hosts a single one without a host: browsers use one
 * connection for all hosts of a certificate, and a controller refuses there what another listener serves.
 */
function secureListeners(config: ExposureConfig): JsonObject[] {
  const { tls } = config;
  if (typeof tls?.secretName === "string") return [secureListener(commonListener, tls.secretName, config)];
  return exposedServices("gateway", config).map((service) => ({
    ...secureListener(service.name, tlsSecretOf(service, config) ?? "", config),
    ...(hostOf(service, config) !== undefined && { hostname: hostOf(service, config) as string }),
  }));
}

/** With the defaults of the API server written out, so that what is live differs in nothing. */
function secureListener(name: string, secret: string, { tls }: ExposureConfig): JsonObject {
  const namespace = tls?.secretNamespace;
  const reference = {
    group: "",
    kind: "Secret",
    name: secret,
    ...(namespace !== undefined && { namespace }),
  };
  return {
    name,
    protocol: "HTTPS",
    port: 443,
    tls: { mode: "Terminate", certificateRefs: [reference] },
    allowedRoutes,
  };
}

function parentOf({ gateway }: ExposureConfig, listener: string | undefined): JsonObject {
  const { name = ownName, namespace } = gateway ?? {};
  return {
    group: gatewayGroup,
    kind: "Gateway",
    name,
    ...(namespace !== undefined && { namespace }),
    ...(listener !== undefined && { sectionName: listener }),
  };
}

/** Undefined: every listener that admits the host. */
function listenerOf({ name }: ExposableService, config: ExposureConfig): string | undefined {
  if (config.gateway !== undefined) return config.gateway.listener;
  if (!hasCertificates(config)) return plainListener;
  return typeof config.tls?.secretName === "string" ? commonListener : name;
}

/** Whether TLS ends at a Gateway of our own. */
function hasCertificates({ tls }: ExposureConfig): boolean {
  return tls !== undefined && !tls.external;
}

function secretsOf(config: ExposureConfig): string[] {
  const names = exposedServices("gateway", config).flatMap((service) => tlsSecretOf(service, config) ?? []);
  return [...new Set(names)];
}

function componentOf(id: string): string {
  return knownStep(id)?.component as string;
}
