import { stringify } from "yaml";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { chartStep, objectStep, settingsOf, variableStep } from "../../support/settings.ts";
import type { Handler } from "../api-server.ts";
import { helmRelease } from "../helm-releases.ts";
import { openapi } from "../openapi.ts";

export const namespace = "/api/v1/namespaces/krateo-system";

export const meta = (name: string): JsonObject & { name: string } => ({ name, namespace: "krateo-system" });
export const deployment: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("web"),
  spec: { replicas: 1 },
};
export const service: JsonObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: meta("web"),
  spec: { ports: [{ port: 80 }] },
};
export const config: JsonObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "web" },
  data: { url: "http://web" },
};
export const secret: JsonObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: meta("web"),
  stringData: { password: "planned secret", host: "db" },
};
const widget: JsonObject = {
  apiVersion: "example.org/v1",
  kind: "Widget",
  metadata: meta("w"),
  spec: { size: 1, typo: 2 },
};
export const role: JsonObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "web" },
  rules: [{ verbs: ["get"] }],
};

/** It has ended and removed itself. */
const job: JsonObject = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: meta("web"),
  spec: { ttlSecondsAfterFinished: 60 },
};

const web: HelmRelease = {
  ...helmRelease("web", {
    manifest: [deployment, service, config, secret, widget, role, job]
      .map((one) => stringify(one))
      .join("---\n"),
  }),
  config: { port: "80", url: "http://web:80" },
};

export const settings = settingsOf(
  [
    chartStep("install-old-web", { release: { name: "web", namespace: "krateo-system" }, enabled: false }),
    chartStep("install-web", { values: { port: "${PORT}", url: "${URL}" } }),
    variableStep("read-port", "PORT", "web"),
    { ...variableStep("make-url", "URL", "web"), value: "http://web:${PORT}", valueFrom: undefined },
    objectStep("note", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "note" },
      data: { port: "${PORT}" },
    }),
  ],
  { snapshot: { componentsDefinition: {}, steps: [], installationVersion: "3.0.0" } },
);

export const paths = {
  deployment: "/apis/apps/v1/namespaces/krateo-system/deployments/web",
  service: `${namespace}/services/web`,
  config: `${namespace}/configmaps/web`,
  note: `${namespace}/configmaps/note`,
  secret: `${namespace}/secrets/web`,
  widget: "/apis/example.org/v1/namespaces/krateo-system/widgets/w",
  role: "/apis/rbac.authorization.k8s.io/v1/clusterroles/web",
  snapshot: "/apis/krateo.io/v1/namespaces/krateo-system/installations/krateoctl",
  autoscalers: "/apis/autoscaling/v2/namespaces/krateo-system/horizontalpodautoscalers",
};

const kinds = (...resources: [name: string, kind: string, namespaced: boolean][]) => ({
  resources: resources.map(([name, kind, namespaced]) => ({ name, kind, namespaced })),
});

export const encoded = (data: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));

/** A cluster in which all is as planned. */
function asPlanned(): Record<string, unknown> {
  const releases = {
    items: [
      {
        metadata: { name: "sh.helm.release.v1.web.v1", labels: { name: "web", version: "1" } },
        data: { release: encodeRelease(web) },
      },
    ],
  };
  return {
    "/api/v1": kinds(
      ["services", "Service", true],
      ["configmaps", "ConfigMap", true],
      ["secrets", "Secret", true],
    ),
    "/apis/apps/v1": kinds(["deployments", "Deployment", true]),
    "/apis/example.org/v1": kinds(["widgets", "Widget", true]),
    "/apis/rbac.authorization.k8s.io/v1": kinds(["clusterroles", "ClusterRole", false]),
    [`${namespace}/secrets`]: releases,
    ...Object.fromEntries(
      ["jwt-sign-key", "krateo-db", "krateo-db-user"].map((name) => [
        `${namespace}/secrets/${name}`,
        { kind: "Secret", metadata: meta(name), data: {} },
      ]),
    ),
    [paths.deployment]: { ...deployment, status: { replicas: 1 } },
    [paths.service]: { ...service, spec: { clusterIP: "10.0.0.1", ports: [{ port: 80, nodePort: 30080 }] } },
    [paths.config]: config,
    [paths.note]: { apiVersion: "v1", kind: "ConfigMap", metadata: meta("note"), data: { port: "80" } },
    [paths.secret]: {
      ...secret,
      stringData: undefined,
      data: encoded({ password: "planned secret", host: "db" }),
    },
    [paths.widget]: { ...widget, spec: { size: 1 } },
    [paths.role]: role,
    [paths.snapshot]: { spec: { spec: settings.snapshot } },
  };
}

/** Answers as the cluster would, with changes; what a dry run makes of a manifest is what is there when all is as planned. */
export function cluster(change: Record<string, unknown> = {}, dryRun = 200): Handler {
  const planned = asPlanned();
  const objects: Record<string, unknown> = { ...openapi, ...planned, ...change };
  return (method, path) => {
    if (objects[path] === undefined) return { status: 404, body: {} };
    if (method !== "PATCH") return { status: 200, body: objects[path] };
    return dryRun === 200
      ? { status: 200, body: planned[path] }
      : { status: dryRun, body: { message: "no" } };
  };
}
