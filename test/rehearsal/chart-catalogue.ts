/**
 * The stand-in charts by Helm release, with values as the nodeport release of Krateo 3.0.0 gives them, and a misspelt
 * key for each. Written from the charts' facts, not read from profiles/, so that charts and profiles cannot agree on
 * a mistake.
 */
export interface CatalogueEntry {
  readonly release: string;
  readonly chart: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly values: object;
  /** Values that hold a key which the chart does not know, and what the schema must say. */
  readonly misspelt: { readonly values: object; readonly at: string; readonly key: string };
}

const image = (name: string) => ({
  repository: `ghcr.io/krateoplatformops/${name}`,
  pullPolicy: "IfNotPresent",
});
const nodePort = (port: number) => ({ type: "NodePort", nodePort: port });
const database = (mode: string, port: string) => ({
  DEBUG: "false",
  PORT: port,
  DB_HOST: `pg-cluster-${mode}.krateo-system.svc.cluster.local`,
  DB_NAME: "krateo-db",
  DB_READY_TIMEOUT: "5m",
});
const krateoDb = { name: "krateo-db" };

export const catalogue: readonly CatalogueEntry[] = [
  {
    release: "authn",
    chart: "authn",
    version: "0.22.2",
    values: { image: image("authn"), service: nodePort(30082), env: { AUTHN_KUBECONFIG_SERVER_URL: null } },
    misspelt: { values: { service: { nodeport: 30082 } }, at: "/service", key: "nodeport" },
  },
  {
    release: "snowplow",
    chart: "snowplow",
    version: "0.20.6",
    values: {
      image: image("snowplow"),
      service: nodePort(30081),
      // The ingress release sets it; the chart does not read it and must not refuse it.
      jwtSignKeySecret: { name: "jwt-sign-key" },
    },
    misspelt: { values: { service: { annotations: {} } }, at: "/service", key: "annotations" },
  },
  {
    release: "cnpg",
    chart: "cloudnative-pg",
    version: "0.27.1",
    appVersion: "1.28.1",
    values: {
      containerSecurityContext: { runAsUser: null, runAsGroup: null, capabilities: { drop: ["ALL"] } },
    },
    misspelt: { values: { containerSecurity: {} }, at: "", key: "containerSecurity" },
  },
  {
    release: "pg-cluster",
    chart: "cluster",
    version: "0.5.0",
    values: {
      fullnameOverride: "pg-cluster",
      namespaceOverride: "",
      type: "postgresql",
      version: { postgresql: "18" },
      mode: "standalone",
      cluster: {
        instances: 3,
        storage: { size: "10Gi" },
        resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
        roles: [{ name: "krateo-db-user", login: true, passwordSecret: { name: "krateo-db-user" } }],
      },
      databases: [{ name: "krateo-db", owner: "krateo-db-user" }],
    },
    misspelt: { values: { cluster: { instance: 1 } }, at: "/cluster", key: "instance" },
  },
  {
    release: "deviser",
    chart: "deviser",
    version: "0.5.1",
    values: { config: { ...database("rw", "8081"), PM_RETENTION_DAYS: "7" }, secret: krateoDb },
    misspelt: { values: { dbSecret: krateoDb }, at: "", key: "dbSecret" },
  },
  {
    release: "resources-ingester",
    chart: "resources-ingester",
    version: "1.1.0",
    values: { config: database("rw", "8084"), secret: krateoDb },
    misspelt: { values: { metric: { port: 9090 } }, at: "", key: "metric" },
  },
  {
    release: "resources-presenter",
    chart: "resources-presenter",
    version: "0.10.3",
    values: {
      config: { ...database("ro", "8085"), AUTHN_NS: "krateo-system" },
      dbSecret: krateoDb,
      jwtSignKeySecret: { name: "jwt-sign-key" },
    },
    misspelt: { values: { jwtSignKeySecretName: "jwt-sign-key" }, at: "", key: "jwtSignKeySecretName" },
  },
  {
    release: "events-ingester",
    chart: "events-ingester",
    version: "0.5.1",
    values: { config: database("rw", "8082"), secret: krateoDb },
    misspelt: { values: { secret: { names: "krateo-db" } }, at: "/secret", key: "names" },
  },
  {
    release: "events-presenter",
    chart: "events-presenter",
    version: "0.7.4",
    values: { service: nodePort(30083), config: database("rw", "8083"), dbSecret: krateoDb },
    misspelt: { values: { secret: krateoDb }, at: "", key: "secret" },
  },
  {
    release: "frontend",
    chart: "frontend",
    version: "1.0.23",
    values: {
      image: image("frontend"),
      service: nodePort(30080),
      config: { AUTHN_API_BASE_URL: "http://127.0.0.1:30082" },
      env: { FRONTEND_DEBUG: "true" },
    },
    misspelt: { values: { configs: {} }, at: "", key: "configs" },
  },
  {
    release: "portal",
    chart: "portal",
    version: "1.3.4",
    values: { enableDemoSystemNamespace: true },
    misspelt: { values: { enableAdmin: true }, at: "", key: "enableAdmin" },
  },
  {
    release: "core-provider",
    chart: "core-provider",
    version: "1.0.0",
    values: {
      image: image("core-provider"),
      env: { CORE_PROVIDER_DEBUG: "true", OTEL_ENABLED: "true" },
      cdc: { image: image("composition-dynamic-controller"), env: { COMPOSITION_CONTROLLER_DEBUG: "true" } },
      chartInspector: { image: image("chart-inspector"), env: { DEBUG: "true" } },
    },
    misspelt: { values: { cdc: { envs: {} } }, at: "/cdc", key: "envs" },
  },
  {
    release: "oasgen-provider",
    chart: "oasgen-provider",
    version: "0.11.1",
    values: {
      image: image("oasgen-provider"),
      env: { OASGEN_PROVIDER_DEBUG: "true" },
      rdc: { image: image("rest-dynamic-controller"), env: { REST_CONTROLLER_DEBUG: "true" } },
    },
    misspelt: { values: { rdc: { image: { tags: "0.7.0" } } }, at: "/rdc/image", key: "tags" },
  },
  {
    release: "cratedb",
    chart: "cratedb",
    version: "0.1.4",
    appVersion: "5.9.6",
    values: { image: image("crate"), openshift: { enabled: false } },
    misspelt: { values: { openshift: { enable: true } }, at: "/openshift", key: "enable" },
  },
  {
    release: "finops-operator-exporter",
    chart: "finops-operator-exporter",
    version: "0.5.2",
    values: { image: image("finops-operator-exporter") },
    misspelt: { values: { image: { repo: "x" } }, at: "/image", key: "repo" },
  },
  {
    release: "finops-operator-focus",
    chart: "finops-operator-focus",
    version: "0.4.3",
    values: { image: image("finops-operator-focus") },
    misspelt: { values: { config: {} }, at: "", key: "config" },
  },
  {
    release: "finops-database-handler",
    chart: "finops-database-handler",
    version: "0.5.4",
    values: {
      image: image("finops-database-handler"),
      service: nodePort(30086),
      cratedbUserSystemName: "cratedb-system-credentials",
      env: { CRATE_HOST: "cratedb.krateo-system.svc.cluster.local" },
    },
    misspelt: { values: { cratedbUserSystemname: "x" }, at: "", key: "cratedbUserSystemname" },
  },
  {
    release: "finops-database-handler-uploader",
    chart: "finops-database-handler-uploader",
    version: "0.2.1",
    values: {
      image: image("finops-database-handler-uploader"),
      env: {
        FINOPS_DATABASE_HANDLER_ENDPOINT_NAME: "finops-database-handler-endpoint",
        FINOPS_DATABASE_HANDLER_ENDPOINT_NAMESPACE: "krateo-system",
        DATABASE_CONFIG_NAMESPACE: "krateo-system",
      },
    },
    misspelt: { values: { environment: {} }, at: "", key: "environment" },
  },
  {
    release: "finops-notebooks",
    chart: "finops-notebooks",
    version: "0.1.1",
    values: {},
    misspelt: { values: { deletionTimeOut: 300 }, at: "", key: "deletionTimeOut" },
  },
  {
    release: "finops-operator-scraper",
    chart: "finops-operator-scraper",
    version: "0.5.1",
    values: {
      image: image("finops-operator-scraper"),
      env: { URL_DB_WEBSERVICE: "http://finops-database-handler.krateo-system.svc.cluster.local:8088" },
    },
    misspelt: { values: { service: { port: 80 } }, at: "", key: "service" },
  },
  {
    release: "opa-kube-mgmt",
    chart: "opa-kube-mgmt",
    version: "0.2.3",
    appVersion: "9.0.1",
    values: { image: { ...image("opa"), tag: "1.4.2-static" } },
    misspelt: { values: { opa: { generateCert: true } }, at: "/opa", key: "generateCert" },
  },
];
