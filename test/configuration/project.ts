/** A project folder for one test: documents in, settings or problems out. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadSettings } from "../../configuration/load.ts";
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import type { ChartStep, JsonObject, Settings } from "../../model/settings.ts";

export type Files = Readonly<Record<string, string>>;

/** Settings of a project with these files and this stack configuration. */
export async function load(
  files: Files,
  config: Record<string, unknown> = {},
  secretKeys: readonly string[] = [],
): Promise<Settings> {
  return await inProject(files, (directory) => loadSettings({ values: config, secretKeys }, directory));
}

/** What something makes of a project's folder, which is gone afterwards. */
export async function inProject<T>(files: Files, use: (directory: string) => T | Promise<T>): Promise<T> {
  const directory = projectOf(files);
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function projectOf(files: Files): string {
  const directory = mkdtempSync(path.join(tmpdir(), "krateo-test-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return directory;
}

/** Settings of a release document of the test's own. */
export async function loadLocal(
  document: string,
  overrides?: string,
  config: Record<string, unknown> = {},
  secretKeys: readonly string[] = [],
): Promise<Settings> {
  const files: Files = {
    "krateo.yaml": document,
    ...(overrides === undefined ? {} : { "krateo-overrides.yaml": overrides }),
  };
  return load(files, { version: "local", ...config }, secretKeys);
}

/** Problems that loading ends with; fails when it succeeds. */
export async function problemsOf(loading: Promise<Settings>): Promise<readonly Problem[]> {
  try {
    await loading;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

/** `what`, with file, line and path in front: exact enough for a table, short enough to read. */
export async function reportOf(loading: Promise<Settings>): Promise<string[]> {
  return (await problemsOf(loading)).map(
    ({ file, line, path: at, what }) => `${file ?? "-"}:${line ?? "-"} ${at ?? "-"}: ${what}`,
  );
}

export function chartStep(settings: Settings, id: string): ChartStep {
  const step = settings.steps.find((candidate) => candidate.id === id);
  if (step?.type !== "chart") throw new Error(`no chart step ${id}`);
  return step;
}

/** `with` of a step as the snapshot stores it: everything merged, no default filled in. */
export function inputOf(settings: Settings, id: string): JsonObject {
  return settings.snapshot.steps.find((step) => step["id"] === id)?.["with"] as JsonObject;
}
