/** Turns a step's computed input into what is done: checked, with defaults filled in. */
import { z } from "zod";
import { knownChart } from "../components/catalogue.ts";
import { deprecatedReleases } from "../components/deprecated.ts";
import { describeValue } from "../model/describe.ts";
import { durationForm, secondsOf } from "../model/go-duration.ts";
import { nullItems, withoutNulls, withoutNullsBelowLists } from "../model/nulls.ts";
import { isMap, revealMap, secretPathsIn, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { ChartStep, JsonObject, ObjectStep, Path, Step, VariableStep } from "../model/settings.ts";
import { chartSource } from "./chart-source.ts";
import type { ComputedStep } from "./computed-step.ts";
import type { Findings } from "./layers.ts";
import { parseShape } from "./shape.ts";

/** Long enough for images to be pulled on a new node; upstream's own time for what it waits for. */
const defaultTimeout = "15m";
const defaultMaxHistory = 10;

const chartInput = z.strictObject({
  url: z.string().nullish(),
  repo: z.string().nullish(),
  version: z.string("text in quotes: unquoted, 1.10 is the number 1.1").nullish(),
  releaseName: z.string().nullish(),
  namespace: z.string().nullish(),
  wait: z.boolean("true or false, without quotes").nullish(),
  timeout: z.string(durationForm).nullish(),
  waitTimeout: z.string(durationForm).nullish(),
  maxHistory: z.int().min(1, "a whole number from 1").nullish(),
  values: z.record(z.string(), z.unknown()).nullish(),
  insecureSkipTLSVerify: z
    .literal(false, "false: charts are fetched over verified TLS; see krateo:chartMirror")
    .nullish(),
});

const variableInput = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and underscores, not starting with a digit"),
    value: z.string("text in quotes").nullish(),
    valueFrom: z
      .strictObject({
        apiVersion: z.string(),
        kind: z.string(),
        metadata: z.strictObject({ name: z.string(), namespace: z.string().nullish() }),
        selector: z.string().min(1, "a jq program such as .spec.ports[0].port"),
      })
      .nullish(),
    asString: z.boolean().nullish(),
  })
  .refine(
    (input) => typeof input.value === "string" || input.valueFrom,
    "a value, or a valueFrom to read it from",
  );

const objectInput = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().nullish() }),
});

/** Kinds that live in no namespace; the install namespace is filled in for all others. */
const clusterScoped = [
  "APIService",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "GatewayClass",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
];

/** The step ready for use; undefined when its input is at fault, which is among the findings then. */
export function typedStep(step: ComputedStep, namespace: string, findings: Findings): Step | undefined {
  const tree = step.with ?? {};
  if (step.type === "chart") {
    const input = soundInput(chartInput, step, findings);
    return input && chartStep(step, tree, input, namespace, findings);
  }
  if (step.type === "var") {
    const input = soundInput(variableInput, step, findings);
    return input && variableStep(step, tree, input, namespace, findings);
  }
  return soundInput(objectInput, step, findings) && objectStep(step, tree, namespace, findings);
}

/** The input as its schema types it, secrets revealed; undefined when it is at fault. */
function soundInput<S extends z.ZodType>(
  schema: S,
  step: ComputedStep,
  findings: Findings,
): z.output<S> | undefined {
  const { value, problems } = parseShape(schema, step.with ?? {}, step.place, (key, path, nearest) => {
    if (step.type !== "chart" || path.length > 0) return undefined;
    if (key === "set") return "Helm values go into values, as YAML";
    return nearest === undefined
      ? `if it is a value of the chart, write it below values: values.${key}`
      : undefined;
  });
  findings.problems.push(
    ...problems.map(({ problem }) => ({ ...problem, what: `step ${step.id}: ${problem.what}` })),
  );
  return value;
}

function chartStep(
  step: ComputedStep,
  tree: TreeObject,
  input: z.infer<typeof chartInput>,
  namespace: string,
  findings: Findings,
): ChartStep | undefined {
  const result = chartSource(input.url ?? "", input.repo ?? "", input.version ?? "");
  const durationKey = input.timeout ? "timeout" : input.waitTimeout ? "waitTimeout" : undefined;
  const duration = input.timeout ?? input.waitTimeout ?? defaultTimeout;
  const timeoutSeconds = secondsOf(duration);
  if (timeoutSeconds === undefined) {
    findings.problems.push({
      what: `step ${step.id}: a time-out that is not a duration`,
      ...step.place([durationKey ?? "timeout"]),
      given: describeValue(tree[durationKey ?? "timeout"], []),
      allowed: durationForm,
    });
  }
  if (durationKey === "waitTimeout") {
    findings.warnings.push(`step ${step.id}: waitTimeout is deprecated; its new name is timeout`);
  }
  if (!("source" in result)) {
    findings.problems.push({
      what: `step ${step.id}: ${result.what}`,
      ...step.place([result.field]),
      given: input[result.field] ? describeValue(tree[result.field], []) : undefined,
      allowed: result.allowed,
    });
    return undefined;
  }
  const chart = result.source;
  const name = input.releaseName || input.repo || chart.name;
  const deprecated = deprecatedReleases.find(
    (known) => known.name === name || known.name === chart.name,
  )?.name;
  if (deprecated !== undefined) {
    findings.problems.push({
      what: `step ${step.id} installs ${deprecated}, which Krateo 3.0.0 does not have`,
      ...step.place([]),
      next: "remove the step; what an earlier version left of it is cleaned up before the installation",
    });
  }
  if (!/^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/.test(name)) {
    findings.problems.push({
      what: `step ${step.id}: a name that Helm does not accept for a release`,
      ...step.place(["releaseName"]),
      given: describeValue(tree["releaseName"] ?? tree["repo"] ?? name, []),
      allowed: "up to 53 lower-case letters, digits, dots and dashes",
    });
  }
  const values = isMap(tree["values"]) ? tree["values"] : {};
  refuseNullItems(step, values, ["values"], findings);
  return {
    id: step.id,
    component: step.component,
    enabled: step.enabled,
    type: "chart",
    release: { name, namespace: input.namespace || namespace },
    chart,
    // D5: unless a document says otherwise, also what upstream installs without a wait: its pods may never start, and
    // upstream reports that as a success.
    wait: input.wait ?? knownChart(chart.name)?.notWaitedFor === undefined,
    timeoutSeconds: timeoutSeconds ?? 0,
    maxHistory: input.maxHistory ?? defaultMaxHistory,
    values: withoutNullsBelowLists(revealMap(values)) as JsonObject,
    secretPaths: secretPathsIn(values),
  };
}

function variableStep(
  step: ComputedStep,
  tree: TreeObject,
  { name, value, valueFrom }: z.infer<typeof variableInput>,
  namespace: string,
  findings: Findings,
): VariableStep | undefined {
  if (secretPathsIn(tree).length > 0) {
    findings.problems.push({
      what: `step ${step.id}: a variable from secret configuration would show up wherever it is used`,
      ...step.place([]),
      next: "set the secret value where it is needed, below helmValues",
    });
    return undefined;
  }
  return {
    id: step.id,
    component: step.component,
    enabled: step.enabled,
    type: "var",
    name,
    ...(typeof value === "string" ? { value } : {}),
    ...(valueFrom
      ? {
          valueFrom: {
            apiVersion: valueFrom.apiVersion,
            kind: valueFrom.kind,
            name: valueFrom.metadata.name,
            namespace: valueFrom.metadata.namespace || namespace,
            selector: valueFrom.selector,
          },
        }
      : {}),
  };
}

function objectStep(step: ComputedStep, tree: TreeObject, namespace: string, findings: Findings): ObjectStep {
  refuseNullItems(step, tree, [], findings);
  const manifest = withoutNulls(revealMap(tree)) as ObjectStep["manifest"];
  const secretPaths = secretPathsIn(tree);
  const scope = clusterScoped.includes(manifest.kind) ? {} : { namespace };
  return {
    id: step.id,
    component: step.component,
    enabled: step.enabled,
    type: "object",
    manifest: { ...manifest, metadata: { ...scope, ...manifest.metadata } },
    ...(secretPaths.length > 0 ? { secretPaths } : {}),
  };
}

/** Reports the empty items of lists: dropping one would move the others, and the provider cannot compare it. */
function refuseNullItems(step: ComputedStep, value: Tree, base: Path, findings: Findings): void {
  for (const path of nullItems(value)) {
    findings.problems.push({
      what: `step ${step.id}: a list has an item that is null`,
      ...step.place([...base, ...path]),
      allowed: 'items with a value; an empty text is ""',
      next: "take the item out: a list replaces the chart's whole list, so there is no default that a null could remove",
    });
  }
}
