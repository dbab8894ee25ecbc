import type {
  ChartStep,
  JsonObject,
  ObjectStep,
  Settings,
  Step,
  VariableStep,
} from "../../model/settings.ts";

/** A chart step with nothing special; `given` says what matters to a test. */
export function chartStep(id: string, given: Partial<ChartStep> = {}): ChartStep {
  const name = given.release?.name ?? id.replace(/^install-/, "");
  return {
    id,
    type: "chart",
    component: "shop",
    enabled: true,
    release: { name, namespace: "krateo-system" },
    chart: { name, version: "1.0.0", kind: "repository", url: "https://charts.example.org" },
    wait: true,
    timeoutSeconds: 900,
    maxHistory: 10,
    values: {},
    secretPaths: [],
    ...given,
  };
}

/** Reads the first port of a Service. */
export function variableStep(id: string, name: string, service: string): VariableStep {
  return {
    id,
    type: "var",
    component: "shop",
    enabled: true,
    name,
    valueFrom: {
      apiVersion: "v1",
      kind: "Service",
      name: service,
      namespace: "krateo-system",
      selector: ".spec.ports[0].port",
    },
  };
}

export function objectStep(id: string, manifest: JsonObject): ObjectStep {
  return {
    id,
    type: "object",
    component: "shop",
    enabled: true,
    manifest: manifest as ObjectStep["manifest"],
  };
}

/** Settings that hold just these steps, each in the component that it names. */
export function settingsOf(steps: readonly Step[], given: Partial<Settings> = {}): Settings {
  const names = [...new Set(steps.map((step) => step.component))];
  return {
    type: "nodeport",
    openshift: false,
    profiles: [],
    namespace: "krateo-system",
    platformVersion: "3.0.0",
    secrets: "generated",
    allowRemoval: [],
    purgeVolumes: false,
    charts: {},
    images: { strict: false, pullSecrets: [], redirected: [] },
    cluster: {},
    nodeAddress: "127.0.0.1",
    exposure: { services: ["frontend", "authn", "snowplow", "events-presenter"], https: false },
    components: names.map((name) => ({
      name,
      enabled: steps.some((step) => step.component === name && step.enabled),
      steps: steps.filter((step) => step.component === name).map((step) => step.id),
    })),
    steps,
    snapshot: { componentsDefinition: {}, steps: [], installationVersion: "3.0.0" },
    warnings: [],
    ...given,
  };
}
