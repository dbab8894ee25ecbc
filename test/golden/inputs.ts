/** What the goldens are made from: each type, each profile on the type it suits, and combinations, by the golden's name. */
import { bundledProfiles, typesFor } from "../../configuration/bundle.ts";
import type { RawConfig } from "../../configuration/raw-config.ts";

export interface GoldenInput {
  readonly name: string;
  readonly config: RawConfig;
}

const typeConfig: Readonly<Record<string, Record<string, unknown>>> = {
  nodeport: { type: "nodeport" },
  loadbalancer: { type: "loadbalancer" },
  ingress: { type: "ingress", domain: "krateo.example.org" },
  routes: { type: "routes", openshift: true },
};

/** Settings that a profile cannot do without. */
const profileConfig: Readonly<Record<string, Record<string, unknown>>> = {
  "no-cnpg": { database: { host: "postgres.example.org" } },
};

/** What users of more than one profile have: environments with what goes with them. */
const combinations: Readonly<Record<string, Record<string, unknown>>> = {
  "loadbalancer.openshift": { type: "loadbalancer", openshift: true },
  "ingress.openshift.tls": {
    type: "ingress",
    domain: "krateo.example.org",
    openshift: true,
    profiles: "tls",
  },
  "routes.domain": { type: "routes", openshift: true, domain: "krateo.example.org" },
  "routes.no-finops.monitoring": {
    type: "routes",
    openshift: true,
    profiles: "no-finops,monitoring",
    otelEndpoint: "http://collector.example.org:4318",
  },
  "routes.no-cnpg.debug": {
    type: "routes",
    openshift: true,
    profiles: "no-cnpg,debug",
    database: { host: "postgres.example.org", port: 5433, name: "krateo", sslMode: "verify-full" },
  },
  "nodeport.small.no-finops": {
    type: "nodeport",
    profiles: "small,no-finops",
    databaseStorage: { size: "5Gi", storageClass: "fast" },
  },
};

/** Ways to expose the platform beyond what the types do by themselves. */
const exposures: Readonly<Record<string, Record<string, unknown>>> = {
  "nodeport.address-and-ports": {
    nodeAddress: "127.0.0.1",
    nodePorts: { frontend: 31080, authn: 31082, snowplow: 31081, eventsPresenter: 31083 },
  },
  "nodeport.exposed": { expose: ["resources-presenter"] },
  "loadbalancer.annotated": {
    serviceAnnotations: {
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
      frontend: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
    },
  },
  "loadbalancer.annotated-chart-only": { serviceAnnotations: { authn: { "example.org/zone": "a" } } },
  "loadbalancer.exposed": {
    expose: ["resources-presenter", "finops-database-handler"],
    loadBalancerAddress: "ip",
  },
  "loadbalancer.exposed-annotated-openshift": {
    openshift: true,
    expose: ["resources-presenter"],
    serviceAnnotations: { "example.org/zone": "a" },
  },
  "ingress.wildcard": { ingressClass: "nginx", tls: { secretName: "wildcard" } },
  "ingress.cert-manager": {
    ingressClass: "traefik",
    tls: { clusterIssuer: "letsencrypt" },
    ingressAnnotations: { "example.org/all": "yes", frontend: { "example.org/one": "yes" } },
  },
  "ingress.tls-in-front": { tls: { external: true } },
  "ingress.hosts": {
    hosts: {
      frontend: "krateo.example.org",
      authn: "login.example.org",
      snowplow: "api.example.org",
      eventsPresenter: "events.example.org",
    },
    tls: { secretName: { frontend: "f", authn: "a", snowplow: "s", eventsPresenter: "e" } },
  },
  "ingress.exposed": { expose: ["resources-presenter"], tls: { secretName: "wildcard" } },
  "ingress.openshift-no-finops": { openshift: true, profiles: ["no-finops"] },
};

export const goldenInputs: readonly GoldenInput[] = [
  ...Object.entries(exposures).map(([name, values]) => {
    const type = name.split(".")[0] as string;
    return { name, config: { values: { ...typeConfig[type], ...values }, secretKeys: [] } };
  }),
  ...Object.entries(typeConfig).map(([type, values]) => ({ name: type, config: { values, secretKeys: [] } })),
  ...bundledProfiles.map((profile) => {
    const type = typesFor(profile)?.[0] ?? "nodeport";
    const values = { ...typeConfig[type], ...profileConfig[profile], profiles: profile };
    return { name: `${type}.${profile}`, config: { values, secretKeys: [] } };
  }),
  ...Object.entries(combinations).map(([name, values]) => ({ name, config: { values, secretKeys: [] } })),
];

/** Objects of Krateo 2.7.0 in legacy/, each changed in many ways, by the golden's name. */
export const legacyObjects: readonly string[] = ["nodeport", "loadbalancer", "ingress"];
