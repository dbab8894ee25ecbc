/** Renders the charts of new releases with their values, without changing anything. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { debug } from "../../../configuration/debug.ts";
import { nodeAddressVariable } from "../../../configuration/exposure/node-address.ts";
import { variablesIn } from "../../../configuration/variables.ts";
import { type Check, checkOf } from "../../../model/check.ts";
import { isSensitivePath } from "../../../model/describe.ts";
import { type Inventory, releaseKey } from "../../../model/inventory.ts";
import { pathText, startsWith, valueAt } from "../../../model/path.ts";
import { type Problem, placeText } from "../../../model/problem.ts";
import { secretMask } from "../../../model/secret-value.ts";
import type { ChartStep, Json, Path, Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";
import type { Connection } from "../../client/connection.ts";
import { inParallel } from "../../client/parallel.ts";
import { secretPlaces, textMask } from "../../drift/release-drift.ts";
import { nodeAddressValue, readVariables } from "../../drift/variable-values.ts";
import { hasError, helmsAtOnce, reasonIn } from "../helm.ts";
import { isBusy } from "../upgrades/planned-upgrades.ts";
import { type Capabilities, readCapabilities, supposedCapabilities } from "./capabilities.ts";
import {
  cannotTell,
  filled,
  helmTemplate,
  helmVersion,
  placeholder,
  type Templates,
  type Variables,
} from "./helm-template.ts";
import { type Refusal, refusalsIn } from "./refusals.ts";

/** What the charts of new releases make of their values. */
export interface RenderingFindings {
  /** Faults only. */
  readonly checks: readonly Check[];
  /** Which helm rendered how many charts; undefined where none did. */
  readonly rendered?: { readonly helm: string; readonly charts: number };
}

/** Digests of what rendered well, so that it need not be rendered again. */
export interface Remembered {
  readonly has: (digest: string) => boolean;
  readonly keep: (digests: readonly string[]) => Promise<void>;
}

interface RenderingContext {
  readonly inventory: Inventory;
  /** Path of each chart step's archive, by step id. */
  readonly charts: ReadonlyMap<string, string>;
  /** Where a value of a step was set. */
  readonly place: (stepId: string, path: Path) => Pick<Problem, "file" | "line" | "path"> | undefined;
  readonly remembered: Remembered;
}

/** One chart that was tried. */
interface Rendering {
  readonly checks: readonly Check[];
  /** Of one that rendered well. */
  readonly digest?: string;
  /** Nothing can be said: this helm lacks a flag, gave no answer, or would have asked the network. */
  readonly untold?: boolean;
}

/**
 * Renders the chart of each release that is not installed yet with its final values, where a helm is on the PATH; what is
 * installed `checkUpgrades` looks at. Helm asks neither cluster nor network here: what the cluster serves it is told, and
 * a `lookup` finds nothing.
 */
export async function checkRendering(
  connection: Connection,
  settings: Settings,
  { inventory, charts, place, remembered }: RenderingContext,
): Promise<RenderingFindings> {
  const fresh = chartStepsOf(settings).flatMap((step) => {
    const archive = charts.get(step.id);
    const live = inventory.releases[releaseKey(step.release, settings.namespace)];
    if (archive === undefined || (live && !isBusy(live.status))) return [];
    // What a killed run was upgrading is upgraded: a template may ask which of the two it is.
    const isUpgrade = live !== undefined && /^pending-(upgrade|rollback)$/.test(live.status);
    return [{ step, archive, isUpgrade }];
  });
  if (fresh.length === 0) return { checks: [] };
  const [helm, capabilities, variables] = await Promise.all([
    helmVersion(),
    inventory.unreachable ? supposedCapabilities : readCapabilities(connection),
    knownVariables(
      connection,
      settings,
      inventory,
      fresh.map(({ step }) => step),
    ),
  ]);
  if (helm === undefined) return { checks: [] };
  const all = await inParallel(
    fresh,
    async ({ step, archive, isUpgrade }): Promise<Rendering> => {
      const content = await readFile(archive);
      const chart: Chart = { step, archive, isUpgrade, content, ...filled(step, variables) };
      const digest = digestOf(chart, [helm, capabilities]);
      if (remembered.has(digest)) return { checks: [], digest };
      const checks = await render(chart, capabilities, place);
      if (checks === undefined) return { checks: [], untold: true };
      // A digest of few possible secrets would give them away.
      const isGood = checks.length === 0 && step.secretPaths.length === 0;
      return { checks, ...(isGood && { digest }) };
    },
    helmsAtOnce,
  );
  await remembered.keep(all.flatMap(({ digest }) => digest ?? []));
  const told = all.filter(({ untold }) => !untold).length;
  return {
    checks: all.flatMap(({ checks }) => checks),
    ...(told > 0 && { rendered: { helm, charts: told } }),
  };
}

/** What `${NAME}` stands for already. */
async function knownVariables(
  connection: Connection,
  settings: Settings,
  inventory: Inventory,
  steps: readonly ChartStep[],
): Promise<Variables> {
  const assumed = nodeAddressValue(settings, inventory);
  const isRead = steps.some(({ values }) => variablesIn(values).some((name) => name !== nodeAddressVariable));
  if (inventory.unreachable || !isRead) return assumed;
  try {
    return (await readVariables(connection, settings)).values;
  } catch (error) {
    debug(() => [`cannot read the variables of charts that are rendered: ${error}`]);
    return assumed;
  }
}

/** The chart of a step, and what it is given. */
interface Chart extends Templates {
  readonly content: Buffer;
  /** Variables that only the installation knows: something plausible stands for them in the values. */
  readonly unknown: readonly string[];
}

function digestOf({ step, isUpgrade, content, values }: Chart, more: readonly unknown[]): string {
  const inputs = JSON.stringify([step.release, step.chart.name, isUpgrade, values, ...more]);
  return createHash("sha256").update(content).update(inputs).digest("hex");
}

/** What is wrong with a chart and its values; undefined where nothing can be told. */
async function render(
  chart: Chart,
  capabilities: Capabilities,
  place: RenderingContext["place"],
): Promise<Check[] | undefined> {
  const { step, values } = chart;
  const { name } = step.release;
  const result = await helmTemplate(chart, capabilities);
  if (result?.code === 0) return [];
  const errors = textMask(step, values)(result?.errors ?? "");
  if (!hasError(errors) || cannotTell.test(errors)) {
    const words =
      step.secretPaths.length > 0 ? "its values are secret, and so are helm's words" : errors.trim();
    debug(() => [`cannot tell whether the chart of ${name} renders: ${words}`]);
    return undefined;
  }
  // Helm names the faults of a schema in another order each time.
  return refusalsIn(reasonIn(errors), values, step.chart.name)
    .map((refusal) =>
      faultOf(chart, refusal, capabilities.areSupposed, refusal.path && place(step.id, refusal.path)),
    )
    .toSorted((one, other) => (one.found < other.found ? -1 : 1));
}

/** @param areSupposed What the cluster serves could not be read. */
function faultOf(
  chart: Chart,
  refusal: Refusal,
  areSupposed: boolean,
  where: ReturnType<RenderingContext["place"]>,
): Check {
  const { id, release, chart: source } = chart.step;
  const { path, bySchema } = refusal;
  const isSecret = holdsSecret(chart, path ?? []);
  const words = isSecret && bySchema ? "not what its schema allows" : refusal.words;
  const whole = `chart ${[source.name, source.version].filter(Boolean).join(" ")}`;
  const what = bySchema ? `take ${path ? pathText(path) : "its values"}` : "render with its values";
  const doubt = doubtOf(chart, refusal, areSupposed);
  const problem = {
    what: `${whole} does not ${what}: ${words}${doubt === undefined ? "" : `; ${doubt}`}`,
    allowed: "a chart that renders with its values",
    next:
      path && where
        ? `correct ${placeText(where)}; npx krateo explain ${release.name}.${pathText(path)} says which layers set it`
        : `correct the values of step ${id}: npx krateo explain ${release.name} says where they come from`,
  };
  return checkOf("charts", `step ${id}`, problem, doubt === undefined ? "ERROR" : "WARNING");
}

/** Whether a value is secret, or one below it: a schema's words repeat what they are about. */
function holdsSecret({ step, values }: Chart, path: Path): boolean {
  const isSensitive = (value: unknown, at: Path): boolean =>
    isSensitivePath(at) ||
    (typeof value === "object" &&
      value !== null &&
      Object.entries(value).some(([key, item]) => isSensitive(item, [...at, key])));
  return (
    secretPlaces(step)(path) ||
    step.secretPaths.some((secret) => startsWith(secret, path)) ||
    isSensitive(valueAt(values, path), path)
  );
}

/** Why it may be different in the installation. */
function doubtOf(
  { step, content, unknown }: Chart,
  { path, bySchema, words }: Refusal,
  areSupposed: boolean,
): string | undefined {
  const about = valueAt(step.values, path ?? []) as Json;
  const names = variablesIn(about).filter((name) => unknown.includes(name));
  if (names.length > 0)
    return `tried with ${names.map((name) => `${placeholder(name)} for ${name}`).join(", ")}, which only the installation knows`;
  if (JSON.stringify(about).includes(JSON.stringify(secretMask)))
    return `tried with ${secretMask} for what is encrypted`;
  if (bySchema) return undefined;
  // An earlier release of the same run may make what is looked up, or bring the kinds that are asked for.
  const templates = gunzipSync(content).toString("latin1");
  if (/\{\{[^}]*\blookup\s/.test(templates)) return "it looks objects up in the cluster, which was not asked";
  const asksCluster = /\.Capabilities\b/.test(templates) || /incompatible with Kubernetes/.test(words);
  if (areSupposed && asksCluster) return "what the cluster serves could not be read";
  if (/\.Capabilities\.APIVersions\b/.test(templates))
    return "it asks which kinds the cluster serves, and an earlier release may bring some";
  return undefined;
}
