import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { serviceNamed } from "../configuration/exposure/exposed-services.ts";
import { amount } from "../model/amount.ts";
import type { Settings } from "../model/settings.ts";
import type { ReleaseProgress } from "./progress.ts";
import type { RehearsalChoice } from "./stack.ts";
import type { Toolchain } from "./toolchain.ts";

/** One Helm release, as Helm itself lists it in the cluster. */
export interface ReleaseOutcome {
  name: string;
  chart: string;
  version: string;
  /** Helm's status, or `missing`. */
  status: string;
  revision: number;
  /** How long the engine worked on it in this run. */
  seconds: number;
}

/** A rehearsal's result; what `--json` prints. */
export interface Outcome {
  type: string;
  profiles: readonly string[];
  namespace: string;
  /** Without what it took to fetch or build the tools. */
  seconds: number;
  /** Whether every release is deployed and `krateo verify` found no error. */
  passed: boolean;
  releases: ReleaseOutcome[];
  /** Where the platform is reached, and how to get the password. */
  access: Record<string, unknown>;
  standIns: readonly string[];
}

interface ChartVersion {
  name: string;
  version: string;
}

interface ListedRelease {
  name: string;
  chart: string;
  status: string;
  revision: string;
}

/** What Helm lists in a namespace, with the charts' names and versions apart. */
export async function listReleases(toolchain: Toolchain, namespace: string): Promise<ListedRelease[]> {
  const { stdout } = await promisify(execFile)(
    toolchain.helm,
    ["list", "--all", "--namespace", namespace, "--output", "json", "--max", "1000"],
    { env: toolchain.env },
  );
  return JSON.parse(stdout);
}

/** The Helm releases that a configuration asks for: chart name and version by release name. */
export function wantedReleases({ steps }: Settings): Record<string, ChartVersion> {
  return Object.fromEntries(
    steps.flatMap((step) => (step.type === "chart" && step.enabled ? [[step.release.name, step.chart]] : [])),
  );
}

/**
 * Puts together what was to be there, what Helm says is there, and how long each took.
 */
export function releaseOutcomes(
  wanted: Readonly<Record<string, ChartVersion>>,
  listed: readonly ListedRelease[],
  progress: readonly ReleaseProgress[],
): ReleaseOutcome[] {
  const names = [...new Set([...Object.keys(wanted), ...listed.map(({ name }) => name)])].sort();
  return names.map((name) => {
    const found = listed.find((release) => release.name === name);
    const { name: chart, version } = found ? splitChart(found.chart) : (wanted[name] as ChartVersion);
    const seconds = progress.find((release) => release.name === name)?.seconds ?? 0;
    return {
      name,
      chart,
      version,
      status: found?.status ?? "missing",
      revision: Number(found?.revision ?? 0),
      seconds: Math.round(seconds * 10) / 10,
    };
  });
}

/** Helm writes chart and version as one word; the version begins at the first dash before a digit and a dot. */
export function splitChart(text: string): ChartVersion {
  const at = text.search(/-\d+\.\d+\.\d+/);
  return at < 0 ? { name: text, version: "" } : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/** The result for a reader. */
export function describeOutcome(
  outcome: Outcome,
  choice: RehearsalChoice,
  byHand: readonly string[],
): string[] {
  const bad = outcome.releases.filter(({ status }) => status !== "deployed");
  const lines = [
    "",
    bad.length === 0
      ? `${amount(outcome.releases.length, "Helm release")} deployed in ${outcome.namespace}, ${outcome.seconds} s`
      : `${bad.length} of ${outcome.releases.length} Helm releases are not deployed: ${listOf(bad)}`,
  ];
  if (Object.keys(outcome.access).length > 0) {
    lines.push("", `Krateo, type ${choice.type}, as a user would reach it:`);
    const rows = Object.entries(outcome.access).map(([name, value]) => [nameOf(name), value] as const);
    const width = Math.max(...rows.map(([name]) => name.length));
    lines.push(...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`));
  }
  lines.push(
    "",
    "This is a rehearsal: charts, pods, load balancers and operators are stand-ins, so nothing answers at these",
    "addresses (through `krateo access --port-forward`, a stand-in does); the control plane, Helm and Pulumi are real.",
    ...(outcome.standIns.length > 0
      ? [`Also stand-ins on this machine: ${outcome.standIns.join(", ")}.`]
      : []),
    "",
    "To go on by hand:",
    ...byHand.map((line) => `  ${line}`),
  );
  return lines;
}

/** The stack's outputs spell names in one word; a Service's is the one that kubectl shows. */
function nameOf(output: string): string {
  return output === "adminPassword" ? "admin password" : (serviceNamed(output)?.name ?? output);
}

function listOf(releases: readonly ReleaseOutcome[]): string {
  return releases.map(({ name, status }) => `${name} (${status})`).join(", ");
}
