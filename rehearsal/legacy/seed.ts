/**
 * Puts a Krateo 2.7.0 on the rehearsal cluster: what its installer would have left there, from stand-in charts of its
 * versions, all at once and not one after another.
 */

import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { parse, stringify } from "yaml";
import { connect } from "../../cluster/client/connection.ts";
import { readObject } from "../../cluster/client/read-object.ts";
import { expandVariables, variablesIn } from "../../configuration/variables.ts";
import type { LegacyType } from "../../migration/legacy-defaults.ts";
import type { JsonObject, VariableStep } from "../../model/settings.ts";
import { NoValueError, selectValue } from "../../plan/select-value.ts";
import { sources, stageCharts } from "../chart-repository.ts";
import { kubeConfig } from "../control-plane.ts";
import type { Toolchain } from "../toolchain.ts";
import { stepValues } from "./legacy-values.ts";
import { type LegacyStep, legacySteps } from "./platform-object.ts";

export interface SeedOptions {
  /** The rehearsal's folder. */
  readonly directory: string;
  readonly type: LegacyType;
  readonly namespace: string;
  /** As 2.7.0 is set up there. */
  readonly openshift?: boolean;
}

/** Releases of whose objects another release makes use while it is installed. */
const needs: Readonly<Record<string, readonly string[]>> = {
  portal: ["authn", "snowplow", "frontend"],
  "finops-database-handler": ["cratedb", "finops-operator-exporter"],
  "finops-notebooks": ["finops-database-handler-uploader"],
};
/** Helm waits for these: their kinds, or a Secret that their container writes, must be there for others. */
const awaited = new Set(Object.values(needs).flat());

/** More helm processes at a time only take memory from each other. */
const atATime = 6;

/** Seeds the platform and waits until its pods run. @throws Error with what helm said */
export async function seedLegacyPlatform(toolchain: Toolchain, options: SeedOptions): Promise<void> {
  const { directory, namespace } = options;
  const api = KubernetesObjectApi.makeApiClient(kubeConfig(directory));
  const steps = await legacySteps(options.type, options.openshift ?? false);
  const charts = await stageLegacyCharts(directory, steps);
  const helm = new Installer(toolchain, options, charts);

  await createAll(api, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]);
  await createAll(api, [...secretsOf(steps, namespace), ...runnerObjects(namespace)]);
  const crd = helm.install("installer-crd", "installer-crd", {}, true);
  await Promise.all([crd, installSteps(helm, steps, options)]);
  // The object comes with the installer's own chart, as in real life.
  await helm.install("installer", "installer", { steps } as unknown as JsonObject, true);
  await untilSettled(directory, namespace, steps);
}

/** Runs helm, a few at a time. */
class Installer {
  private free = atATime;
  private readonly waiting: (() => void)[] = [];
  private readonly toolchain: Toolchain;
  private readonly options: SeedOptions;
  private readonly charts: string;

  constructor(toolchain: Toolchain, options: SeedOptions, charts: string) {
    this.toolchain = toolchain;
    this.options = options;
    this.charts = charts;
  }

  async install(release: string, chart: string, values: JsonObject, wait: boolean): Promise<void> {
    const file = join(this.charts, `${release}.values.yaml`);
    await writeFile(file, stringify(values));
    const place = ["--namespace", this.options.namespace, "--values", file];
    const args = ["install", release, join(this.charts, chart), ...place];
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      const all = [...args, ...(wait ? ["--wait", "--timeout", "2m"] : [])];
      await promisify(execFile)(this.toolchain.helm, all, { env: this.toolchain.env });
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      throw new Error(`Seeding Krateo 2.7.0: Helm release ${release}: ${(stderr || message).trim()}`);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

/** Folders of charts with the versions of 2.7.0, without schemas: its charts took other values. */
async function stageLegacyCharts(directory: string, steps: readonly LegacyStep[]): Promise<string> {
  const target = join(directory, "legacy-charts");
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const own = join(import.meta.dirname, "charts");
  const folders = [...(await stageCharts(sources, target)), ...(await stageCharts(own, target))];
  const versions = new Map(steps.map(({ with: { name, version } }) => [name, version]));
  for (const folder of folders) {
    await rm(join(folder, "values.schema.json"), { force: true });
    const file = join(folder, "Chart.yaml");
    const chart = parse(await readFile(file, "utf8"));
    const version = versions.get(basename(folder)) ?? chart.version;
    await writeFile(file, stringify({ ...chart, version }));
  }
  return target;
}

async function installSteps(
  helm: Installer,
  steps: readonly LegacyStep[],
  options: SeedOptions,
): Promise<void> {
  const variables = new Variables(steps, options);
  const installing = new Map<string, Promise<void>>();
  for (const step of steps.filter(({ type }) => type === "chart")) {
    const chart = step.with.name as string;
    const release = step.with.releaseName ?? chart;
    const install = async (): Promise<void> => {
      const before = needs[release] ?? [];
      // They stand before it in the object, so that they have begun.
      await Promise.all(before.map((name) => installing.get(name)));
      const values = stepValues(step);
      const known = await variables.read(variablesIn(values));
      await helm.install(release, chart, expandVariables(values, known) as JsonObject, awaited.has(release));
    };
    installing.set(release, install());
  }
  await Promise.all(installing.values());
}

/** Reads what `var` steps name, once the Services are there. */
class Variables {
  private readonly values = new Map<string, Promise<string>>();
  private readonly steps: readonly LegacyStep[];
  private readonly options: SeedOptions;

  constructor(steps: readonly LegacyStep[], options: SeedOptions) {
    this.steps = steps;
    this.options = options;
  }

  async read(names: readonly string[]): Promise<Record<string, string>> {
    const found = await Promise.all(
      names.map(async (name) => {
        const value = this.values.get(name) ?? this.value(name);
        this.values.set(name, value);
        return [name, await value];
      }),
    );
    return Object.fromEntries(found);
  }

  private async value(name: string): Promise<string> {
    const step = this.steps.find((candidate) => candidate.type === "var" && candidate.with.name === name);
    const from = step?.with["valueFrom"] as { metadata: { name: string }; selector: string };
    const source = { apiVersion: "v1", kind: "Service", ...from, ...from.metadata };
    const reference = { ...source, namespace: this.options.namespace };
    const connection = connect({ kubeconfig: join(this.options.directory, "kubeconfig") });
    for (const end = Date.now() + 60_000; ; await sleep(200)) {
      const object = await readObject(connection, reference);
      const variable = { id: step?.id, name, valueFrom: reference } as unknown as VariableStep;
      try {
        return await selectValue(variable, reference, object);
      } catch (error) {
        if (!(error instanceof NoValueError) || Date.now() > end) throw error;
      }
    }
  }
}

function secretsOf(steps: readonly LegacyStep[], namespace: string): JsonObject[] {
  return steps
    .filter(({ type }) => type === "object")
    .map((step) => {
      const { set: _, metadata, ...rest } = step.with;
      const name = (metadata as { name: string }).name;
      return { ...rest, ...stepValues(step), metadata: { name, namespace } } as unknown as JsonObject;
    });
}

/** What the chart that ran before an upgrade to 2.7.0 left: cluster-admin for whoever may use the account. */
function runnerObjects(namespace: string): JsonObject[] {
  const annotations = { "helm.sh/hook": "pre-install,pre-upgrade" };
  const container = { name: "runner", image: "dtzar/helm-kubectl:3.14.4" };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "helm-runner", namespace, annotations } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "helm-runner-cluster-admin", annotations },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: "helm-runner", namespace }],
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "krateo-pre-upgrade-2-7-0", namespace },
      spec: {
        template: {
          spec: { serviceAccountName: "helm-runner", restartPolicy: "Never", containers: [container] },
        },
      },
    },
  ];
}

async function createAll(api: KubernetesObjectApi, objects: readonly JsonObject[]): Promise<void> {
  await Promise.all(objects.map((object) => api.create(object as never)));
}

/** Until every Deployment is available, the installer holds its object, and the claim of etcd is bound. */
async function untilSettled(
  directory: string,
  namespace: string,
  steps: readonly LegacyStep[],
): Promise<void> {
  const connection = connect({ kubeconfig: join(directory, "kubeconfig") });
  const read = async (apiVersion: string, kind: string, name: string): Promise<JsonObject | undefined> =>
    await readObject(connection, { apiVersion, kind, name, namespace });
  const api = KubernetesObjectApi.makeApiClient(kubeConfig(directory));
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(300)) {
    const { items } = (await api.list("apps/v1", "Deployment", namespace)) as unknown as {
      items: { spec: { replicas: number }; status?: { availableReplicas?: number } }[];
    };
    const available = items.every(({ spec, status }) => status?.availableReplicas === spec.replicas);
    const platform = await read("krateo.io/v1alpha1", "KrateoPlatformOps", "krateo");
    const claim = await read("v1", "PersistentVolumeClaim", "etcd-data-eventsse-etcd-0");
    const held = (platform?.["metadata"] as { finalizers?: unknown[] } | undefined)?.finalizers?.length;
    const bound = (claim?.["status"] as { phase?: string } | undefined)?.phase === "Bound";
    const wantsClaim = steps.some(({ with: { releaseName } }) => releaseName === "eventsse-etcd");
    if (available && held && platform?.["status"] && (bound || !wantsClaim)) return;
  }
  throw new Error("Seeding Krateo 2.7.0: after 120 s not everything is ready; simulation.log tells why");
}
