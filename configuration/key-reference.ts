/**
 * What each key of the stack configuration takes and what counts without it, in Markdown: the table of
 * docs/configuration.md and the descriptions of the JSON Schema are made of it.
 */
import { bundledVersion } from "./bundle.ts";
import { browserServices, exposableServices } from "./exposure/exposed-services.ts";

export interface KeyReference {
  readonly values: string;
  readonly byDefault: string;
}

/** By key; a key below another has a dot in between, and `SERVICE` stands for any Service's name. */
export const keyReference: Readonly<Record<string, KeyReference>> = {
  type: {
    values: "`nodeport`, `loadbalancer`, `ingress`, `gateway` (Gateway API), `routes` (OpenShift Routes)",
    byDefault: "`nodeport`",
  },
  openshift: {
    values: "`true`: short for the profile `openshift`; type `routes` requires one of the two",
    byDefault: "`false`",
  },
  profiles: {
    values: "list of names, or one text with commas: [bundled](profiles.md) profiles or your own",
    byDefault: "none",
  },
  namespace: {
    values: "namespace of every Helm release: up to 63 lower-case letters, digits and dashes",
    byDefault: "`krateo-system`",
  },
  version: {
    values: `\`${bundledVersion}\`: the bundled release document; another version that [was added](versions.md); \`local\`: your own \`krateo.TYPE.yaml\` or \`krateo.yaml\`, which needs \`steps\``,
    byDefault: `\`${bundledVersion}\``,
  },
  releaseSource: {
    values:
      "where `npx krateo versions add` gets upstream's documents: folder, archive, URL or `oci://` reference; `VERSION` in it stands for the version",
    byDefault: "upstream's repository",
  },
  overrides: { values: "path of the override file", byDefault: "`krateo-overrides.yaml` where it exists" },
  set: { values: "map: path in the document -> value (below)", byDefault: "none" },
  secrets: {
    values: "`generated`; `external`: you provide the three Secrets; the program only checks them",
    byDefault: "`generated`",
  },
  chartMirror: {
    values: "folder, URL or [bundle](air-gap.md#a-bundle) that replaces every chart repository",
    byDefault: "none",
  },
  registries: {
    values:
      "map: host -> `username`, `password` (set it with `--secret`) for charts that need a login ([more](#charts-that-need-a-login)), and for images ([more](air-gap.md#a-registry-with-a-login))",
    byDefault: "none",
  },
  imageRegistry: {
    values:
      "HOST or HOST/PATH: where all images come from, those of operators included ([air-gap.md](air-gap.md))",
    byDefault: "the charts' own registries",
  },
  imageRegistryStrict: {
    values: "`true`: an image that does not come from `imageRegistry` is an error, not a warning",
    byDefault: "`false`",
  },
  imagePullSecrets: {
    values: "names of Secrets in the namespace with a registry's login, for every pod that takes one",
    byDefault: "none",
  },
  kubeconfig: {
    values:
      "path of a kubeconfig (never its content); several paths, as in `KUBECONFIG`, only for commands: [the provider takes one](#reaching-the-cluster)",
    byDefault: "`KUBECONFIG`, `~/.kube/config`",
  },
  context: { values: "context of the kubeconfig", byDefault: "the current one" },
  domain: {
    values: `domain of the hosts: ${browserServices.map(({ hostLabel }) => `\`${hostLabel}.\``).join(", ")}`,
    byDefault:
      "types `ingress` and `gateway` require it, or `hosts`; without it, OpenShift names the hosts of type `routes`",
  },
  "hosts.SERVICE": {
    values: "types `ingress`, `gateway` and `routes`: a Service's host, instead of the one below `domain`",
    byDefault: "none",
  },
  ingressClass: {
    values: "type `ingress`: name of the IngressClass",
    byDefault: "the cluster's default class",
  },
  ingressAnnotations: {
    values: "type `ingress`: map of annotations for all Ingresses; below a Service's name a map for that one",
    byDefault: "none",
  },
  "gateway.name": {
    values: "type `gateway`: name of an existing Gateway; either this or `gatewayClass`",
    byDefault: "none",
  },
  "gateway.namespace": { values: "its namespace", byDefault: "`namespace`" },
  "gateway.listener": {
    values: "its one listener that serves the hosts",
    byDefault: "every listener that admits them",
  },
  gatewayClass: {
    values: "type `gateway`: GatewayClass of a Gateway `krateo` that the program makes",
    byDefault: "none",
  },
  gatewayAnnotations: {
    values: "with `gatewayClass`: map of annotations for that Gateway",
    byDefault: "none",
  },
  "tls.secretName": {
    values:
      "types `ingress` and `gateway`: Secret of the certificate for all hosts, or a map of Services to Secrets; `krateo:tls true` is short for `SERVICE-tls` for each",
    byDefault: "none",
  },
  "tls.secretNamespace": {
    values: "with `gatewayClass`: namespace of those Secrets",
    byDefault: "`namespace`",
  },
  "tls.clusterIssuer": {
    values: "cert-manager's ClusterIssuer, which makes the certificates",
    byDefault: "none",
  },
  "tls.external": {
    values: "`true`: TLS ends at the existing Gateway, or in front of the ingress controller or Gateway",
    byDefault: "`false`",
  },
  nodeAddress: {
    values: "type `nodeport`: the host where browsers reach the nodes' ports; IPv6 in brackets",
    byDefault: "a node's ExternalIP, else its InternalIP",
  },
  "nodePorts.SERVICE": {
    values: "type `nodeport`: a Service's port, from 30000 to 32767",
    byDefault: exposableServices
      .toSorted((one, other) => one.nodePort - other.nodePort)
      .map(({ name, nodePort }) => `\`${name}\` ${nodePort}`)
      .join(", "),
  },
  serviceAnnotations: {
    values:
      "type `loadbalancer`: map of annotations for all load balancers; below a Service's name a map for that one",
    byDefault: "none",
  },
  loadBalancerAddress: {
    values: "type `loadbalancer`: the kind of address to use, `ip` or `hostname`",
    byDefault: "the one that exists",
  },
  expose: {
    values: `more Services to make reachable than those that browsers call: ${exposableServices
      .filter(({ role }) => role === "internal")
      .map(({ name }) => `\`${name}\``)
      .join(", ")}`,
    byDefault: "none",
  },
  allowRemoval: {
    values: "components that may be removed from a live installation ([removal.md](removal.md))",
    byDefault: "none",
  },
  allowVersion: {
    values:
      "the platform version that may be installed although it is older than the installed one, or skips a minor version ([versions.md](versions.md))",
    byDefault: "none",
  },
  otelEndpoint: {
    values: "profile `monitoring`: URL of the OpenTelemetry collector (OTLP over HTTP)",
    byDefault: "`http://otel-collector-opentelemetry-collector.monitoring.svc.cluster.local:4318`",
  },
  "database.host": {
    values: "profile `no-cnpg`: host of your PostgreSQL, without scheme and port",
    byDefault: "required there",
  },
  "database.port": { values: "its port", byDefault: "`5432`" },
  "database.name": { values: "database on it", byDefault: "`krateo-db`" },
  "database.sslMode": { values: "`disable`, `require`, `verify-ca`, `verify-full`", byDefault: "`require`" },
  "database.user": {
    values: "login for Secret `krateo-db`; together with `password`, or neither where the Secret exists",
    byDefault: "none",
  },
  "database.password": { values: "its password; set it with `--secret`", byDefault: "none" },
  "databaseStorage.size": { values: "volume of each PostgreSQL instance", byDefault: "`10Gi`" },
  "databaseStorage.storageClass": { values: "its storage class", byDefault: "the cluster's default" },
  purgeVolumes: {
    values:
      "`true`: a migration deletes the storage of eventsse-etcd's volume, whatever its reclaim policy ([migration.md](migration.md))",
    byDefault: "`false`",
  },
};

/** The table of docs/configuration.md. */
export function keyTable(): string {
  const rows = Object.entries(keyReference).map(
    ([key, { values, byDefault }]) => `| \`${key}\` | ${values} | ${byDefault} |`,
  );
  return ["| key | values | default |", "| --- | --- | --- |", ...rows].join("\n");
}
