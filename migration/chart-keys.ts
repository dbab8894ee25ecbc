/**
 * The values that the charts of Krateo 3.0.0 read, as far as charts of 2.7.0 go on in it. A value that is not in here
 * would have no effect, and nobody would say so: Krateo's charts ignore what they do not know.
 */
import type { Json, Path } from "../model/settings.ts";

/** `texts`: a free map of texts, as environments and annotations are; `map`, `list`: free content. */
export type ValueKind = "text" | "number" | "boolean" | "texts" | "map" | "list";

interface Keys {
  readonly [key: string]: ValueKind | Keys;
}

const image: Keys = { repository: "text", tag: "text", pullPolicy: "text" };
const names: Keys = { nameOverride: "text", fullnameOverride: "text" };
const workload: Keys = {
  ...names,
  replicaCount: "number",
  image,
  imagePullSecrets: "list",
  serviceAccount: { create: "boolean", automount: "boolean", annotations: "texts", name: "text" },
  podAnnotations: "texts",
  podLabels: "texts",
  podSecurityContext: "map",
  securityContext: "map",
  resources: "map",
  livenessProbe: "map",
  readinessProbe: "map",
  autoscaling: {
    enabled: "boolean",
    minReplicas: "number",
    maxReplicas: "number",
    targetCPUUtilizationPercentage: "number",
    targetMemoryUtilizationPercentage: "number",
  },
  volumes: "list",
  volumeMounts: "list",
  nodeSelector: "texts",
  tolerations: "list",
  affinity: "map",
};
const service: Keys = { type: "text", port: "number" };
const nodePortService: Keys = { ...service, nodePort: "number" };
const annotatedService: Keys = { ...nodePortService, annotations: "texts" };
const ingress: Keys = {
  enabled: "boolean",
  className: "text",
  annotations: "texts",
  hosts: "list",
  tls: "list",
};
const env: Keys = { env: "texts" };
const operator: Keys = { ...workload, ...env };

/** By chart name. */
export const chartKeys: Readonly<Record<string, Keys>> = {
  authn: { ...operator, service: annotatedService, ingress, jwtSignKeySecretName: "text" },
  // No annotations: at this version its Service has none.
  snowplow: { ...operator, service: nodePortService, ingress, jwtSignKeySecretName: "text" },
  "events-presenter": {
    ...workload,
    service: nodePortService,
    ingress,
    config: "texts",
    dbSecret: { name: "text" },
    jwtSignKeySecret: { name: "text" },
    endpointSecret: { create: "boolean" },
  },
  frontend: { ...workload, service: annotatedService, ingress, config: "texts" },
  portal: {
    ...names,
    enableAdminUser: "boolean",
    enableCyberjokerUser: "boolean",
    enableDemoSystemNamespace: "boolean",
  },
  "core-provider": {
    ...operator,
    service,
    ingress,
    cdc: { ...operator, metrics: { enabled: "boolean" } },
    chartInspector: { ...operator, service },
  },
  "oasgen-provider": { ...operator, service, ingress, rdc: { ...operator, service, ingress } },
  cratedb: {
    ...operator,
    service: { type: "text", httpPort: "number", postgreSQLPort: "number", annotations: "texts" },
    volumeClaims: "list",
    metadata: { annotations: "texts", labels: "texts" },
    crate: {
      clusterName: "text",
      heapsize: "text",
      adminUser: "text",
      adminPassword: "text",
      newUser: "text",
    },
    openshift: { enabled: "boolean", preInstallJob: { image: "text", ttlSecondsAfterFinished: "number" } },
  },
  "finops-operator-exporter": {
    ...operator,
    dbConfigGetterSa: { serviceAccount: { annotations: "texts" } },
    exporterscraperConfigGetterSa: { serviceAccount: { annotations: "texts" } },
  },
  "finops-operator-focus": operator,
  "finops-database-handler": {
    ...operator,
    service: annotatedService,
    ingress,
    cratedbUserSystemName: "text",
  },
  "finops-database-handler-uploader": { ...operator, service: { ...service, enabled: "boolean" }, ingress },
  "finops-notebooks": { ...names, deletionTimeout: "number" },
  "finops-operator-scraper": operator,
  "opa-kube-mgmt": {
    ...workload,
    // As a container has it, where the others take a map.
    env: "list",
    service: { ...service, annotations: "texts", extraPorts: "list" },
    ingress,
    useHttps: "boolean",
    podDisruptionBudget: "map",
    logLevel: "text",
    logFormat: "text",
    priorityClassName: "text",
    deploymentStrategy: "map",
    extraContainers: "list",
    opa: {
      config: "map",
      bootstrapPolicies: "map",
      generateCerts: "boolean",
      cert: "text",
      key: "text",
      authz: "map",
      extraArgs: "list",
    },
    mgmt: {
      enabled: "boolean",
      image,
      extraArgs: "list",
      env: "list",
      resources: "map",
      namespaces: "list",
      startupProbe: "map",
      data: "map",
      policies: "map",
      replicate: "map",
    },
    rbac: { create: "boolean", extraRules: "list" },
  },
};

const words: Readonly<Record<ValueKind, string>> = {
  text: "text",
  number: "a whole number",
  boolean: "true or false",
  texts: "a map of texts",
  map: "a map",
  list: "a list",
};

/** The value as the chart takes it at a path, or why it does not. */
export function acceptValue(chart: string, path: Path, value: Json): { value: Json } | { why: string } {
  let keys: ValueKind | Keys = chartKeys[chart] ?? {};
  for (const [depth, segment] of path.entries()) {
    if (typeof keys === "string") return acceptBelow(keys, value, chart, path, depth);
    const next: ValueKind | Keys | undefined = Object.hasOwn(keys, segment) ? keys[segment] : undefined;
    if (next === undefined) return unknownKey(chart, path.slice(0, depth + 1));
    keys = next;
  }
  if (typeof keys !== "string") {
    return { why: `chart ${chart} takes a map there, of ${Object.keys(keys).join(", ")}` };
  }
  if (value === null) return { value };
  const accepted = accept(keys, value);
  return accepted === undefined ? { why: `chart ${chart} takes ${words[keys]} there` } : { value: accepted };
}

function acceptBelow(
  kind: ValueKind,
  value: Json,
  chart: string,
  path: Path,
  depth: number,
): { value: Json } | { why: string } {
  if (kind === "map") return { value };
  if (kind === "texts" && depth === path.length - 1) {
    const text = value === null ? null : accept("text", value);
    return text === undefined ? { why: `chart ${chart} takes text there` } : { value: text };
  }
  return { why: `chart ${chart} takes ${words[kind]} there` };
}

function accept(kind: ValueKind, value: Json): Json | undefined {
  const scalar = value !== null && typeof value !== "object";
  switch (kind) {
    case "text":
      return scalar ? String(value) : undefined;
    case "number":
      return scalar && /^-?\d+$/.test(String(value)) ? Number(value) : undefined;
    case "boolean":
      return /^(true|false)$/i.test(String(value)) ? String(value).toLowerCase() === "true" : undefined;
    case "list":
      return Array.isArray(value) ? value : undefined;
    case "map":
    case "texts":
      return !scalar && !Array.isArray(value) ? value : undefined;
  }
}

function unknownKey(chart: string, path: Path): { why: string } {
  const where = path.length === 1 ? "" : ` in ${path.slice(0, -1).join(".")}`;
  return { why: `chart ${chart} of 3.0.0 is not known to read ${path.at(-1)}${where}` };
}
