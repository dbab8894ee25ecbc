/**
 * Values that a chart of Krateo 3.0.0 cannot render, takes in a form of its own, or does not read where its neighbours
 * do. Read in the charts' templates; a later version may have mended it, and is not judged.
 */

import { pathText, valueAt } from "../../model/path.ts";
import { placeText } from "../../model/problem.ts";
import type { ChartStep, Json, Path, Step } from "../../model/settings.ts";
import type { ComputedStep } from "../computed-step.ts";
import type { Findings } from "../layers.ts";

interface Limit {
  /** Name of the chart. */
  readonly chart: string;
  /** First and last version that is known to be like that; undefined: from the first one on. */
  readonly from?: string;
  readonly upTo: string;
  readonly path: Path;
  /** True for a value that it is about. */
  readonly holds: (value: Json) => boolean;
  /** `refused`: the installation would fail or be wrong; `ignored`: the value has no effect. */
  readonly kind: "refused" | "ignored";
  /** Continues "chart NAME VERSION ". */
  readonly why: string;
  readonly allowed?: string;
  /** `HERE` stands for the path of the step's helmValues. */
  readonly next: string;
}

const isOn = (value: Json): boolean => value === true;
const isFilled = (value: Json): boolean =>
  value !== null && typeof value === "object"
    ? Object.keys(value).length > 0
    : value !== "" && value !== null;
const isMap = (value: Json): boolean => value !== null && typeof value === "object" && !Array.isArray(value);
const isNoListOf = (fits: (item: Json) => boolean) => (value: Json) =>
  isFilled(value) && !(Array.isArray(value) && value.every(fits));
const isName = (item: Json): boolean => typeof item === "string";
const isReference = (item: Json): boolean =>
  isMap(item) && typeof (item as { readonly name?: Json }).name === "string";

/** Version of each chart that hands `imagePullSecrets` on to its pods as it stands, and where it has the key. */
const pullSecrets: readonly [chart: string, upTo: string, path: Path][] = [
  ["authn", "0.22.2", ["imagePullSecrets"]],
  ["snowplow", "0.20.6", ["imagePullSecrets"]],
  ["cloudnative-pg", "0.27.1", ["imagePullSecrets"]],
  ["cluster", "0.5.0", ["cluster", "imagePullSecrets"]],
  ["deviser", "0.5.1", ["imagePullSecrets"]],
  ["resources-ingester", "1.1.0", ["imagePullSecrets"]],
  ["resources-presenter", "0.10.3", ["imagePullSecrets"]],
  ["events-ingester", "0.5.1", ["imagePullSecrets"]],
  ["events-presenter", "0.7.4", ["imagePullSecrets"]],
  ["frontend", "1.0.23", ["imagePullSecrets"]],
  ["core-provider", "1.0.0", ["imagePullSecrets"]],
  ["core-provider", "1.0.0", ["chartInspector", "imagePullSecrets"]],
  ["oasgen-provider", "0.11.1", ["imagePullSecrets"]],
  ["finops-operator-exporter", "0.5.2", ["imagePullSecrets"]],
  ["finops-operator-focus", "0.4.3", ["imagePullSecrets"]],
  ["finops-database-handler", "0.5.4", ["imagePullSecrets"]],
  ["finops-database-handler-uploader", "0.2.1", ["imagePullSecrets"]],
  ["finops-operator-scraper", "0.5.1", ["imagePullSecrets"]],
];

const noPullSecret = "the nodes' own credentials, or a mirror without a login";

/** Keys that other charts have at the top, and where that of the PostgreSQL cluster has them; undefined: nowhere. */
const keysOfCluster: Readonly<Record<string, string | undefined>> = {
  imagePullSecrets: "cluster.imagePullSecrets",
  image: "cluster.imageName, one text of repository and tag",
  resources: "cluster.resources",
  nodeSelector: "cluster.affinity.nodeSelector",
  tolerations: "cluster.affinity.tolerations",
  affinity: "cluster.affinity, in CloudNativePG's form",
  podAnnotations: undefined,
  podLabels: undefined,
  podSecurityContext: undefined,
  securityContext: undefined,
};

const limits: readonly Limit[] = [
  {
    chart: "core-provider",
    from: "0.34.0",
    upTo: "1.0.0",
    path: ["podAnnotations"],
    holds: isFilled,
    kind: "refused",
    why: "cannot render podAnnotations: its template fails (nil pointer evaluating interface {}.fullnameOverride)",
    next: "its pods take labels: HERE.podLabels",
  },
  ...[
    ["finops-operator-exporter", "0.5.2"],
    ["finops-operator-focus", "0.4.3"],
    ["finops-operator-scraper", "0.5.1"],
  ].map(
    ([chart = "", upTo = ""]): Limit => ({
      chart,
      upTo,
      path: ["autoscaling", "enabled"],
      holds: isOn,
      kind: "refused",
      why: `cannot render autoscaling: its template asks for a name that it lacks (no template "${chart}.fullname")`,
      next: "set HERE.replicaCount instead",
    }),
  ),
  {
    chart: "cratedb",
    upTo: "0.1.4",
    path: ["ingress", "enabled"],
    holds: isOn,
    kind: "refused",
    why: 'cannot render its Ingress: its template asks for a name that it lacks (no template "authn.labels")',
    next: "an Ingress of your own can lead to Service cratedb, port 4200",
  },
  {
    chart: "opa-kube-mgmt",
    upTo: "0.2.3",
    path: ["securityContext", "enabled"],
    holds: isOn,
    kind: "refused",
    why: "cannot render securityContext: its template writes the pod's securityContext twice",
    next: "set HERE.podSecurityContext instead",
  },
  {
    chart: "opa-kube-mgmt",
    upTo: "0.2.3",
    path: ["env"],
    holds: isNoListOf((item) => isMap(item)),
    kind: "refused",
    why: "takes a list in env, as a container has it, where Krateo's other charts take a map",
    allowed: "a list such as [{ name: KEY, value: TEXT }]",
    next: "give it in that form: HERE.env",
  },
  {
    chart: "opa-kube-mgmt",
    upTo: "0.2.3",
    path: ["imagePullSecrets"],
    holds: isNoListOf(isName),
    kind: "refused",
    why: "takes plain names in imagePullSecrets, where the other charts take maps with a name",
    allowed: "a list of names such as [regcred]",
    next: "give it in that form, beside helmDefaults of its component: HERE.imagePullSecrets: [NAME]",
  },
  ...pullSecrets.map(
    ([chart, upTo, path]): Limit => ({
      chart,
      upTo,
      path,
      holds: isNoListOf(isReference),
      kind: "refused",
      why: `takes maps with a name in ${pathText(path)}; the API server refuses a pod with anything else`,
      allowed: "a list such as [{ name: regcred }]",
      next: `give it in that form: HERE.${pathText(path)}: [{ name: NAME }]`,
    }),
  ),
  {
    chart: "cratedb",
    upTo: "0.1.4",
    path: ["imagePullSecrets"],
    holds: isFilled,
    kind: "ignored",
    why: "does not hand imagePullSecrets on to its pod",
    next: noPullSecret,
  },
  {
    chart: "finops-notebooks",
    upTo: "0.1.1",
    path: ["imagePullSecrets"],
    holds: isFilled,
    kind: "ignored",
    why: "does not hand imagePullSecrets on to the Job that removes its notebooks",
    next: noPullSecret,
  },
  {
    chart: "core-provider",
    upTo: "1.0.0",
    path: ["cdc", "imagePullSecrets"],
    holds: isFilled,
    kind: "ignored",
    why: "does not hand cdc.imagePullSecrets on to the controllers of compositions",
    next: noPullSecret,
  },
  {
    chart: "oasgen-provider",
    upTo: "0.11.1",
    path: ["rdc", "imagePullSecrets"],
    holds: isFilled,
    kind: "ignored",
    why: "does not hand rdc.imagePullSecrets on to the controllers of REST resources",
    next: noPullSecret,
  },
  ...["snowplow", "resources-presenter", "events-presenter"].map(
    (chart): Limit => ({
      chart,
      upTo: { snowplow: "0.20.6", "resources-presenter": "0.10.3" }[chart] ?? "0.7.4",
      path: ["service", "annotations"],
      holds: isFilled,
      kind: "ignored",
      why: "gives its Service no annotations",
      next: "type loadbalancer annotates the Services that it makes itself: krateo:serviceAnnotations",
    }),
  ),
  ...Object.entries(keysOfCluster).map(
    ([key, other]): Limit => ({
      chart: "cluster",
      upTo: "0.5.0",
      path: [key],
      holds: isFilled,
      kind: "ignored",
      why: `does not read ${key}`,
      next: other === undefined ? "it has no such key" : `its key is HERE.${other}`,
    }),
  ),
];

/** Why a chart does not take a value, or takes it without effect; undefined when nothing is known against it. */
export function limitOn(chart: string, version: string, path: Path, value: Json): Limit | undefined {
  return limits.find((limit) => {
    if (limit.chart !== chart || !isWithin(limit, version)) return false;
    // A value of a map, or of a key above, counts as much as the whole of it.
    const shared = Math.min(limit.path.length, path.length);
    if (!limit.path.slice(0, shared).every((segment, index) => segment === path[index])) return false;
    const whole = path
      .slice(shared)
      .reduceRight<Json>(
        (below, segment) => (typeof segment === "number" ? [below] : { [segment]: below }),
        value,
      );
    const given = valueAt(whole, limit.path.slice(shared)) as Json | undefined;
    return given !== undefined && limit.holds(given);
  });
}

/** Adds what the charts of the steps that are installed cannot do with their values. */
export function judgeCharts(
  steps: readonly Step[],
  computed: readonly ComputedStep[],
  findings: Findings,
): void {
  for (const step of steps) {
    if (step.type !== "chart" || !step.enabled) continue;
    const place = computed.find(({ id }) => id === step.id)?.place;
    for (const limit of limits) {
      const value = valueAt(step.values, limit.path) as Json | undefined;
      if (limit.chart !== step.chart.name || value === undefined) continue;
      if (!isWithin(limit, step.chart.version) || !limit.holds(value)) continue;
      const what = `step ${step.id}: chart ${limit.chart} ${step.chart.version} ${limit.why}`;
      const next = nextOf(limit, step);
      const where = place?.(["values", ...limit.path]);
      if (limit.kind === "refused") {
        const { allowed } = limit;
        findings.problems.push({ what, ...where, ...(allowed === undefined ? {} : { allowed }), next });
        continue;
      }
      findings.warnings.push(`${placeText(where ?? {})}: ${what}; ${next}`);
    }
  }
}

function nextOf({ next }: Limit, { id, component }: ChartStep): string {
  return next.replace("HERE", `components.${component}.stepConfig.${id}.helmValues`);
}

function isWithin({ from, upTo }: Limit, version: string): boolean {
  return compare(version, upTo) <= 0 && (from === undefined || compare(version, from) >= 0);
}

/** By their numbers; a pre-release counts as its release. */
function compare(one: string, other: string): number {
  const numbers = (version: string): number[] =>
    (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  const index = left.findIndex((number, at) => number !== right[at]);
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}
