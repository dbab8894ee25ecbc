/**
 * The KrateoPlatformOps object of a Krateo 2.7.0 installation, as a rehearsal seeds it: the steps that 2.7.0 has, with
 * the values that matter to a migration, and with changes of a user's.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

export type LegacyType = "nodeport" | "loadbalancer" | "ingress";

/** One step; `with.set` holds the values as a list of paths. */
export interface LegacyStep {
  readonly id: string;
  readonly type: "chart" | "object" | "var";
  readonly with: {
    readonly name?: string;
    readonly releaseName?: string;
    readonly version?: string;
    readonly set?: readonly { readonly name?: string; readonly value?: unknown }[] | null;
    readonly [key: string]: unknown;
  };
}

type Values = Readonly<Record<string, unknown>>;

/** Host names of the ingress type. */
const domain = "krateo.example.org";

/** Charts in the order of their installation: step, chart, version, and what of the value table applies. */
const charts: readonly {
  readonly step: string;
  readonly chart: string;
  readonly version: string;
  readonly releaseName?: string;
  /** Node port, host of the ingress type, for what is reached from outside. */
  readonly exposed?: { readonly nodePort: number; readonly host: string };
  readonly values?: Values;
}[] = [
  {
    step: "install-authn",
    chart: "authn",
    version: "0.22.2",
    exposed: { nodePort: 30082, host: "authn" },
    values: { "env.AUTHN_KUBECONFIG_SERVER_URL": null },
  },
  {
    step: "install-snowplow",
    chart: "snowplow",
    version: "0.20.5",
    exposed: { nodePort: 30081, host: "snowplow" },
  },
  { step: "install-eventrouter", chart: "eventrouter", version: "0.6.5" },
  {
    step: "install-eventsse-etcd",
    chart: "etcd",
    version: "3.6.6",
    releaseName: "eventsse-etcd",
    values: { "persistence.size": "6Gi", quotaBackendBytes: "3221225472" },
  },
  {
    step: "install-eventsse",
    chart: "eventsse",
    version: "0.5.9",
    exposed: { nodePort: 30083, host: "eventsse" },
  },
  { step: "install-sweeper", chart: "sweeper", version: "0.2.0" },
  {
    step: "install-frontend",
    chart: "frontend",
    version: "1.0.5",
    exposed: { nodePort: 30080, host: "app" },
  },
  { step: "install-composable-portal-starter", chart: "portal", version: "1.2.0" },
  { step: "install-core-provider", chart: "core-provider", version: "0.35.2" },
  { step: "install-oasgen-provider", chart: "oasgen-provider", version: "0.9.0" },
  { step: "install-finops-cratedb", chart: "cratedb", version: "0.1.4" },
  { step: "install-finops-operator-exporter", chart: "finops-operator-exporter", version: "0.5.2" },
  { step: "install-finops-operator-focus", chart: "finops-operator-focus", version: "0.4.3" },
  {
    step: "install-finops-database-handler",
    chart: "finops-database-handler",
    version: "0.5.3",
    exposed: { nodePort: 30086, host: "finopsdb" },
    values: {
      "env.CRATE_HOST": "cratedb.krateo-system.svc.cluster.local",
      cratedbUserSystemName: "cratedb-system-credentials",
    },
  },
  {
    step: "install-finops-database-handler-uploader",
    chart: "finops-database-handler-uploader",
    version: "0.2.1",
  },
  { step: "install-finops-notebooks", chart: "finops-notebooks", version: "0.1.1" },
  {
    step: "install-finops-composition-definition-parser",
    chart: "finops-composition-definition-parser",
    version: "0.1.4",
    values: { "env.DATABASE_CONFIG_NAME": "finops-database-handler" },
  },
  {
    step: "install-finops-operator-scraper",
    chart: "finops-operator-scraper",
    version: "0.5.0",
    values: {
      "env.URL_DB_WEBSERVICE":
        "http://finops-database-handler.krateo-system.svc.cluster.local:$FINOPS_DATABASE_HANDLER_INTERNAL_PORT",
    },
  },
  { step: "install-opa", chart: "opa-kube-mgmt", version: "0.2.3" },
];

/** What a user has changed, by step: some of it goes over to 3.0.0, some has no place there. */
export const userChanges: Readonly<Record<string, Values>> = {
  "install-authn": { "resources.limits.memory": "384Mi" },
  "install-snowplow": { "env.DEBUG": "true" },
  "install-frontend": { "config.TITLE": "Our platform" },
  "install-core-provider": { "podAnnotations.example\\.org/team": "platform" },
  "install-eventsse": { "resources.limits.memory": "1Gi" },
};

/** The one frontend needs the addresses of, by variable prefix. */
const browsed = { AUTHN: "authn", SNOWPLOW: "snowplow", EVENTSSE: "eventsse-external" } as const;

/**
 * The object's steps for a type. With KRATEO_LEGACY_OBJECTS, the steps of `krateoplatformops-TYPE.yaml` in that
 * folder instead of our own. The user's changes come on top in both cases.
 *
 * @param openshift as 2.7.0 is set up there: cratedb's switch on (type loadbalancer)
 */
export async function legacySteps(type: LegacyType, openshift: boolean): Promise<LegacyStep[]> {
  const folder = process.env["KRATEO_LEGACY_OBJECTS"];
  const steps = folder
    ? (parse(await readFile(join(folder, `krateoplatformops-${type}.yaml`), "utf8")).spec
        .steps as LegacyStep[])
    : ownSteps(type);
  return steps.map((step) => {
    const changes: Values = {
      ...userChanges[step.id],
      ...(openshift && step.id === "install-finops-cratedb" ? { "openshift.enabled": "true" } : {}),
    };
    if (Object.keys(changes).length === 0) return step;
    return { ...step, with: { ...step.with, set: [...(step.with.set ?? []), ...setOf(changes)] } };
  });
}

function ownSteps(type: LegacyType): LegacyStep[] {
  const signKey: LegacyStep = {
    id: "create-jwt-sign-key",
    type: "object",
    with: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "jwt-sign-key" },
      set: setOf({ type: "Opaque", "stringData.JWT_SIGN_KEY": "a-rehearsal-key" }),
    },
  };
  const steps = charts.flatMap(({ step, chart, version, releaseName, exposed, values }): LegacyStep[] => {
    const own = { ...(exposed && exposure(type, exposed)), ...values };
    const all = step === "install-frontend" ? { ...own, ...frontendAddresses(type) } : own;
    // Real objects hold such an entry, which sets nothing.
    const junk = chart === "authn" ? [{ name: "map[]" }] : [];
    const install: LegacyStep = {
      id: step,
      type: "chart",
      with: {
        name: chart,
        ...(releaseName && { releaseName }),
        version,
        repository: chart === "portal" ? "https://marketplace.krateo.io" : "https://charts.krateo.io",
        wait: true,
        waitTimeout: "5m",
        set: [...setOf(all), ...junk],
      },
    };
    return [install, ...variablesBehind(type, chart)];
  });
  return [signKey, ...steps];
}

function exposure(type: LegacyType, { nodePort, host }: { nodePort: number; host: string }): Values {
  if (type === "loadbalancer") return { "service.type": "LoadBalancer" };
  const service = { "service.type": "NodePort", "service.nodePort": String(nodePort) };
  if (type === "nodeport") return service;
  return {
    ...service,
    "ingress.enabled": "true",
    "ingress.className": null,
    "ingress.hosts[0].host": `${host}.${domain}`,
    "ingress.hosts[0].paths[0].path": "/",
    "ingress.hosts[0].paths[0].pathType": "Prefix",
  };
}

function frontendAddresses(type: LegacyType): Values {
  const url = (prefix: keyof typeof browsed, host: string): string => {
    if (type === "ingress") return `http://${host}.${domain}`;
    return type === "nodeport" ? `http://127.0.0.1:$${prefix}_PORT` : `http://$${prefix}_IP:$${prefix}_PORT`;
  };
  return {
    "config.AUTHN_API_BASE_URL": url("AUTHN", "authn"),
    "config.SNOWPLOW_API_BASE_URL": url("SNOWPLOW", "snowplow"),
    "config.EVENTS_PUSH_API_BASE_URL": url("EVENTSSE", "eventsse"),
    "config.EVENTS_API_BASE_URL": url("EVENTSSE", "eventsse"),
  };
}

/** The steps that read what a chart's Service was given, right behind the chart's own. */
function variablesBehind(type: LegacyType, chart: string): LegacyStep[] {
  if (chart === "finops-database-handler") {
    const internal = `extract-${chart}-internal-port`;
    return [variable(internal, "FINOPS_DATABASE_HANDLER_INTERNAL_PORT", chart, ".spec.ports[0].port")];
  }
  const prefix = chart.toUpperCase();
  const service = Object.entries(browsed).find(([name]) => name === prefix)?.[1];
  if (!service) return [];
  if (type !== "loadbalancer") {
    return [variable(`extract-${chart}-nodeport-port`, `${prefix}_PORT`, service, ".spec.ports[0].nodePort")];
  }
  return [
    variable(`extract-${chart}-lb-ip`, `${prefix}_IP`, service, ".status.loadBalancer.ingress[0].ip"),
    variable(`extract-${chart}-lb-port`, `${prefix}_PORT`, service, ".spec.ports[0].port"),
  ];
}

function variable(id: string, name: string, service: string, selector: string): LegacyStep {
  const valueFrom = { apiVersion: "v1", kind: "Service", metadata: { name: service }, selector };
  return { id, type: "var", with: { name, valueFrom } };
}

function setOf(values: Values): { name: string; value: unknown }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
