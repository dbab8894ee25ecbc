/**
 * What Krateo 2.7.0's installer has in its KrateoPlatformOps object when the user has changed nothing, by type: the
 * common ancestor of the three-way merge.
 */
import type { Json, JsonObject } from "../model/settings.ts";
import { type LegacyStep, readStep } from "./legacy-platform.ts";

/** The types that it has. */
export const legacyTypes = ["nodeport", "loadbalancer", "ingress"] as const;

export type LegacyType = (typeof legacyTypes)[number];

/** Domain of the hosts in an object of type ingress that nobody has changed. */
export const legacyDomain = "krateoplatformops.io";

/** Services of 2.7.0 that are reachable from outside: node port, and first label of the host. */
export const legacyServices = {
  authn: { nodePort: 30082, label: "authn", variable: "AUTHN" },
  snowplow: { nodePort: 30081, label: "snowplow", variable: "SNOWPLOW" },
  eventsse: { nodePort: 30083, label: "eventsse", variable: "EVENTSSE" },
  frontend: { nodePort: 30080, label: "app", variable: undefined },
  "finops-database-handler": { nodePort: 30086, label: "finopsdb", variable: undefined },
} as const;

export type LegacyService = keyof typeof legacyServices;

/** Which URL in the frontend's configuration leads to which Service. */
export const frontendUrls = {
  AUTHN_API_BASE_URL: "authn",
  SNOWPLOW_API_BASE_URL: "snowplow",
  EVENTS_PUSH_API_BASE_URL: "eventsse",
  EVENTS_API_BASE_URL: "eventsse",
} as const satisfies Record<string, LegacyService>;

const charts = "https://charts.krateo.io";

/** What the images of all its charts begin with. */
export const imageRegistry = "ghcr.io/krateoplatformops/";

/** The steps of an unchanged object, in its order. */
export function legacyDefaults(type: LegacyType, namespace: string): LegacyStep[] {
  const handler = `http://finops-database-handler.${namespace}.svc.cluster.local:$FINOPS_DATABASE_HANDLER_INTERNAL_PORT`;
  const open = (service: LegacyService, values: JsonObject = {}) => ({
    ...exposed(type, service),
    ...values,
  });
  return [
    step("create-jwt-sign-key", "object", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "jwt-sign-key" },
      type: "Opaque",
      // Random in each installation.
      stringData: { JWT_SIGN_KEY: null },
    }),
    chart("install-authn", "authn", "0.22.2", {
      image: image("authn"),
      ...open("authn"),
    }),
    ...address(type, "authn", "authn"),
    chart("install-snowplow", "snowplow", "0.20.5", { image: image("snowplow"), ...open("snowplow") }),
    ...address(type, "snowplow", "snowplow"),
    chart("install-eventrouter", "eventrouter", "0.6.5", { image: image("eventstack/eventrouter") }),
    chart(
      "install-eventsse-etcd",
      "etcd",
      "3.6.6",
      { image: image("etcd"), persistence: { size: "6Gi" }, quotaBackendBytes: 3221225472 },
      { releaseName: "eventsse-etcd" },
    ),
    chart("install-eventsse", "eventsse", "0.5.9", {
      image: image("eventstack/eventsse"),
      ...open("eventsse"),
    }),
    ...address(type, "eventsse", "eventsse-external"),
    chart("install-sweeper", "sweeper", "0.2.0", { image: image("eventstack/sweeper") }),
    chart("install-frontend", "frontend", "1.0.5", {
      image: image("frontend"),
      ...open("frontend"),
      config: {
        ...Object.fromEntries(Object.entries(frontendUrls).map(([key, to]) => [key, legacyUrl(type, to)])),
        INIT: `/call?resource=navmenus&apiVersion=widgets.templates.krateo.io/v1beta1&name=sidebar-nav-menu&namespace=${namespace}`,
        ROUTES_LOADER: `/call?resource=routesloaders&apiVersion=widgets.templates.krateo.io/v1beta1&name=routes-loader&namespace=${namespace}`,
      },
    }),
    variable("extract-eventsse-internal-port", "EVENTSSE_INTERNAL_PORT", "eventsse-internal", port),
    chart("install-composable-portal-starter", "portal", "1.2.0", undefined, {
      repository: "https://marketplace.krateo.io",
    }),
    chart("install-core-provider", "core-provider", "0.35.2", {
      image: image("core-provider"),
      cdc: { image: image("composition-dynamic-controller") },
      chartInspector: { image: image("chart-inspector") },
    }),
    chart("install-oasgen-provider", "oasgen-provider", "0.9.0", {
      image: image("oasgen-provider"),
      rdc: { image: image("rest-dynamic-controller") },
    }),
    chart("install-finops-cratedb", "cratedb", "0.1.4", {
      image: image("crate"),
      openshift: { enabled: false },
    }),
    ...["exporter 0.5.2", "focus 0.4.3"].map((text) => {
      const [name, version = ""] = text.split(" ");
      const operator = `finops-operator-${name}`;
      return chart(`install-${operator}`, operator, version, { image: image(operator) });
    }),
    chart("install-finops-database-handler", "finops-database-handler", "0.5.3", {
      image: image("finops-database-handler"),
      ...open("finops-database-handler", {
        env: { CRATE_HOST: `cratedb.${namespace}.svc.cluster.local` },
        cratedbUserSystemName: "cratedb-system-credentials",
      }),
    }),
    variable(
      "extract-finops-database-handler-internal-port",
      "FINOPS_DATABASE_HANDLER_INTERNAL_PORT",
      "finops-database-handler",
      port,
    ),
    chart("install-finops-database-handler-uploader", "finops-database-handler-uploader", "0.2.1", {
      image: image("finops-database-handler-uploader"),
      env: {
        FINOPS_DATABASE_HANDLER_ENDPOINT_NAME: "finops-database-handler-endpoint",
        FINOPS_DATABASE_HANDLER_ENDPOINT_NAMESPACE: namespace,
        DATABASE_CONFIG_NAMESPACE: namespace,
      },
    }),
    chart("install-finops-notebooks", "finops-notebooks", "0.1.1"),
    chart("install-finops-composition-definition-parser", "finops-composition-definition-parser", "0.1.4", {
      image: image("finops-composition-definition-parser"),
      env: {
        URL_DATABASE_HANDLER_PRICING_NOTEBOOK: `${handler}/compute/pricingparser`,
        DATABASE_CONFIG_NAME: "finops-database-handler",
        DATABASE_CONFIG_NAMESPACE: namespace,
      },
    }),
    chart("install-finops-operator-scraper", "finops-operator-scraper", "0.5.0", {
      image: image("finops-operator-scraper"),
      env: { URL_DB_WEBSERVICE: handler },
    }),
    chart("install-opa", "opa-kube-mgmt", "0.2.3", { image: { ...image("opa"), tag: "1.4.2-static" } }),
  ];
}

/** URL of a Service in the frontend's configuration of an unchanged object. */
export function legacyUrl(type: LegacyType, service: LegacyService): string {
  const { label, variable: name } = legacyServices[service];
  if (type === "ingress") return `http://${label}.${legacyDomain}`;
  return `http://${type === "nodeport" ? "127.0.0.1" : `$${name}_IP`}:$${name}_PORT`;
}

/** The `ingress.hosts` of a Service below a domain. */
export function legacyHosts(service: LegacyService, domain: string): Json {
  const { label } = legacyServices[service];
  return [{ host: `${label}.${domain}`, paths: [{ path: "/", pathType: "Prefix" }] }];
}

const port = ".spec.ports[0].port";

function image(name: string): JsonObject {
  return { repository: `${imageRegistry}${name}`, pullPolicy: "IfNotPresent" };
}

function exposed(type: LegacyType, service: LegacyService): JsonObject {
  if (type === "loadbalancer") return { service: { type: "LoadBalancer" } };
  const { nodePort } = legacyServices[service];
  return {
    service: { type: "NodePort", nodePort },
    ...(type === "ingress" && {
      ingress: { enabled: true, hosts: legacyHosts(service, legacyDomain) },
    }),
  };
}

/** The variables by which the frontend learns where a Service is. */
function address(type: LegacyType, id: "authn" | "snowplow" | "eventsse", service: string): LegacyStep[] {
  const name = legacyServices[id].variable;
  if (type !== "loadbalancer") {
    return [variable(`extract-${id}-nodeport-port`, `${name}_PORT`, service, ".spec.ports[0].nodePort")];
  }
  return [
    variable(`extract-${id}-lb-ip`, `${name}_IP`, service, ".status.loadBalancer.ingress[0].ip"),
    variable(`extract-${id}-lb-port`, `${name}_PORT`, service, port),
  ];
}

function chart(
  id: string,
  name: string,
  version: string,
  values?: JsonObject,
  more: JsonObject = {},
): LegacyStep {
  const input = { name, version, repository: charts, wait: true, waitTimeout: "5m", ...more };
  return step(id, "chart", { ...input, values: values ?? null });
}

function variable(id: string, name: string, service: string, selector: string): LegacyStep {
  return step(id, "var", {
    name,
    valueFrom: { apiVersion: "v1", kind: "Service", metadata: { name: service }, selector },
  });
}

function step(id: string, type: LegacyStep["type"], input: JsonObject): LegacyStep {
  return readStep(id, type, input);
}
