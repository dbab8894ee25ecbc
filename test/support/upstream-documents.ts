/** Upstream's documents, where the machine has them: a folder for each version that an environment variable names. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The variables, by the version whose documents the folder holds. */
const variables = {
  "3.0.0": "KRATEO_RELEASE_FILES",
  "3.1.0-rc1-dev3": "KRATEO_NEXT_RELEASE_FILES",
} as const;

export type UpstreamVersion = keyof typeof variables;

/** For a title: what makes the tests run. */
export function wanted(version: UpstreamVersion): string {
  return `${variables[version]} names a folder with upstream's documents of ${version}`;
}

/** The folder with a version's documents; undefined when the environment names none. */
export function upstreamFolder(version: UpstreamVersion): string | undefined {
  const folder = process.env[variables[version]];
  if (!folder) return undefined;
  assert.ok(existsSync(folder), `${variables[version]}: there is no folder ${folder}`);
  return folder;
}

/** Its documents, by name; without any the running suite is skipped. */
export function upstreamDocuments(version: UpstreamVersion, suite: Mocha.Context): Record<string, string> {
  const folder = upstreamFolder(version);
  if (folder === undefined) return suite.skip();
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}
