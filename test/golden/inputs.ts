/** What the goldens are made from: each type, each profile on the type it suits, and combinations. */
import { bundledProfiles } from "../../configuration/bundle.ts";
import { typesFor } from "../../configuration/exposure/profile-aliases.ts";
import type { RawConfig } from "../../configuration/raw-config.ts";

export interface GoldenInput {
  readonly name: string;
  readonly config: RawConfig;
}

const typeConfig: Readonly<Record<string, Record<string, unknown>>> = {
  nodeport: { type: "nodeport" },
  loadbalancer: { type: "loadbalancer" },
  ingress: { type: "ingress", domain: "krateo.example.org" },
  gateway: { type: "gateway", domain: "krateo.example.org", gatewayClass: "rehearsal" },
  routes: { type: "routes", openshift: true },
};

/** Settings that a profile cannot do without. */
const profileConfig: Readonly<Record<string, Record<string, unknown>>> = {
  "no-cnpg": { database: { host: "postgres.example.org" } },
};

/** What users of more than one profile have: environments with what goes with them. */
const combinations: Readonly<Record<string, Record<string, unknown>>> = {
  "loadbalancer.openshift": { openshift: true },
  "ingress.openshift.tls": { openshift: true, profiles: "tls" },
  "gateway.openshift.no-finops": { openshift: true, profiles: "no-finops" },
  "routes.domain": { domain: "krateo.example.org" },
  "routes.no-finops.monitoring": {
    profiles: "no-finops,monitoring",
    otelEndpoint: "http://collector.example.org:4318",
  },
  "routes.no-cnpg.debug": {
    profiles: "no-cnpg,debug",
    database: { host: "postgres.example.org", port: 5433, name: "krateo", sslMode: "verify-full" },
  },
  "nodeport.small.no-finops": {
    profiles: "small,no-finops",
    databaseStorage: { size: "5Gi", storageClass: "fast" },
  },
};

/** Keys of the stack configuration that change many steps: ways to expose the platform, and where images come from. */
const exposures: Readonly<Record<string, Record<string, unknown>>> = {
  "nodeport.address-and-ports": {
    nodeAddress: "127.0.0.1",
    nodePorts: { frontend: 31080, authn: 31082, snowplow: 31081, eventsPresenter: 31083 },
  },
  "nodeport.own-registry": {
    imageRegistry: "registry.example.org/krateo",
    imagePullSecrets: "registry-login",
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
  "gateway.existing": {
    gatewayClass: undefined,
    gateway: { name: "shared", namespace: "gateways", listener: "web" },
    tls: { external: true },
  },
  "gateway.cert-manager": {
    tls: { clusterIssuer: "letsencrypt" },
    gatewayAnnotations: { "example.org/all": "yes" },
  },
  "gateway.wildcard-elsewhere": {
    expose: ["resources-presenter", "finops-database-handler"],
    tls: { secretName: "wildcard", secretNamespace: "certificates" },
  },
  "ingress.openshift-no-finops": { openshift: true, profiles: ["no-finops"] },
};

/** Secrets in all the places that take one; the word GOLDEN may be in no golden. */
export const secretsInput: GoldenInput = {
  name: "nodeport.no-cnpg.secrets",
  config: {
    values: {
      type: "nodeport",
      profiles: "no-cnpg",
      database: { host: "postgres.example.org", user: "krateo", password: "GOLDEN-password" },
      set: {
        "components.backend.stepConfig.install-authn.helmValues.env": {
          OIDC_SECRET: "GOLDEN-oidc-secret",
          AUTHN_DEBUG: null,
        },
        "components.events-stack.stepConfig.publish-events-presenter.with.metadata.annotations": {
          "example.org/token": "GOLDEN-token",
        },
        "componentsDefinition.operator-generator.helmDefaults.token": "GOLDEN-default",
      },
    },
    secretKeys: ["database", "set"],
  },
};

/** Each type, then what varies it. A variant's name begins with its type's. */
export const goldenInputs: readonly GoldenInput[] = [
  ...Object.keys(typeConfig).map((type) => input(type, {})),
  ...Object.entries(exposures).map(([name, values]) => input(name, values)),
  ...bundledProfiles.map((profile) =>
    input(`${typesFor(profile)?.[0] ?? "nodeport"}.${profile}`, {
      ...profileConfig[profile],
      profiles: profile,
    }),
  ),
  ...Object.entries(combinations).map(([name, values]) => input(name, values)),
  secretsInput,
];

function input(name: string, values: Readonly<Record<string, unknown>>): GoldenInput {
  return { name, config: { values: { ...typeConfig[typeOf(name)], ...values }, secretKeys: [] } };
}

/** The type that an input is of: the first word of its name. */
export function typeOf(name: string): string {
  return name.split(".")[0] as string;
}

/** The input of that name. @throws when there is none */
export function goldenInput(name: string): GoldenInput {
  const found = goldenInputs.find((input) => input.name === name);
  if (found === undefined) throw new Error(`no golden is made from ${name}`);
  return found;
}

/** Objects of Krateo 2.7.0 in legacy/, each changed in many ways, by the golden's name. */
export const legacyObjects: readonly string[] = ["nodeport", "loadbalancer", "ingress"];
