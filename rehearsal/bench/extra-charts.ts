/** Charts of a user's own beside the platform's, any number of them, from one chart that does nothing. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import type { Toolchain } from "../toolchain.ts";

const run = promisify(execFile);

const chart = { name: "bench-extra", version: "1.0.0" };

/** A workload without pods: what is measured is the program, not the simulated kubelets. */
const template = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { greeting: {{ .Values.greeting | quote }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: 0
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec: { containers: [{ name: main, image: example.org/extra:1 }] }
`;

/** Puts the chart into the rehearsal's mirror, beside the stand-ins. @throws Error with what helm said */
export async function packExtraChart(toolchain: Toolchain, { mirror, lock }: RehearsalPaths): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "krateo-extra-"));
  try {
    await mkdir(join(folder, "templates"));
    await writeFile(join(folder, "Chart.yaml"), stringify({ apiVersion: "v2", ...chart }));
    await writeFile(join(folder, "values.yaml"), stringify({ greeting: "hello" }));
    await writeFile(join(folder, "templates", "objects.yaml"), template);
    await run(toolchain.helm, ["package", folder, "--destination", mirror]);
    await run(toolchain.helm, ["repo", "index", mirror]);
    // It was packed anew: another archive than the one that an earlier benchmark pinned.
    await rm(lock, { force: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes an override file that adds so many charts in a component of their own, and returns its path. */
export async function writeExtraSteps({ directory }: RehearsalPaths, count: number): Promise<string> {
  const ids = Array.from({ length: count }, (_, index) => `install-extra-${index + 1}`);
  const file = join(directory, "krateo-overrides.scale.yaml");
  const text = stringify({
    componentsDefinition: { extra: { steps: ids } },
    steps: ids.map((id) => ({
      id,
      type: "chart",
      with: {
        repo: chart.name,
        url: "https://charts.example.org",
        version: chart.version,
        releaseName: id.replace("install-", ""),
        values: { greeting: id },
      },
    })),
  });
  await writeFile(file, text);
  return file;
}
