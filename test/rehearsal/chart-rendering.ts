/** Renders the stand-in charts with the real helm; suites that need it say so when it is not there. */
import { execFile } from "node:child_process";
import { accessSync, constants, rmSync } from "node:fs";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { packCharts } from "../../rehearsal/chart-repository.ts";

// biome-ignore lint/suspicious/noExplicitAny: manifests of any kind, read path by path in assertions
export type Manifest = any;

/** The helm program: the one named in the environment, else the first on PATH. */
export const helm = process.env.KRATEO_REHEARSAL_HELM ?? onPath("helm");

/**
 * A suite that is skipped, with the reason in its title, where there is no helm. Its tests start programs and so get
 * more time than others.
 */
export function describeWithHelm(title: string, define: () => void): void {
  if (!helm) {
    describe.skip(`${title} (skipped: no helm on PATH, and KRATEO_REHEARSAL_HELM names none)`, define);
    return;
  }
  describe(title, function () {
    this.timeout(60_000);
    define();
  });
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runHelm(args: readonly string[], input = ""): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(helm ?? "helm", args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

let packed: Promise<string> | undefined;

/** Folder of the packed charts; packed once for all suites of a run, and removed at its end. */
export function packedCharts(): Promise<string> {
  packed ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "stand-in-charts-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    await packCharts({ helm: helm ?? "helm", output: join(folder, "charts") });
    return join(folder, "charts");
  })();
  return packed;
}

/** Path of a chart's archive, whatever its version. */
export async function archiveOf(chart: string): Promise<string> {
  const folder = await packedCharts();
  const archive = (await readdir(folder)).find((file) => new RegExp(`^${chart}-\\d.*\\.tgz$`).test(file));
  if (!archive) throw new Error(`no stand-in chart ${chart}`);
  return join(folder, archive);
}

/** What `helm template` makes of a chart; `release` is the chart's name unless given. */
export async function template(
  chart: string,
  values: object = {},
  options: { release?: string; namespace?: string; args?: readonly string[] } = {},
): Promise<Outcome> {
  const { release = chart, namespace = "krateo-system", args = [] } = options;
  const archive = await archiveOf(chart);
  return runHelm(
    ["template", release, archive, "--namespace", namespace, "--values", "-", ...args],
    JSON.stringify(values),
  );
}

/** The manifests that a chart renders, in helm's order; fails with what helm said. */
export async function render(...args: Parameters<typeof template>): Promise<Manifest[]> {
  const outcome = await template(...args);
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return parseAllDocuments(outcome.stdout)
    .map((document) => document.toJS())
    .filter((manifest) => manifest);
}

/** The single manifest of that kind (and name). */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((one) => one.kind === kind && (!name || one.metadata.name === name));
  if (found.length !== 1) throw new Error(`${found.length} manifests ${kind} ${name ?? ""}, expected one`);
  return found[0];
}

function onPath(program: string): string | undefined {
  const candidates = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
