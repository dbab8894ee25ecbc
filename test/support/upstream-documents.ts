/** Upstream's documents, where the machine has them: a folder for each version that an environment variable names. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";

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

/** The files of a project that has these documents as an added version, krateo.lock among them. */
export function addedVersion(
  version: string,
  documents: Readonly<Record<string, string>>,
  keepUpstream: readonly string[] = [],
): Record<string, string> {
  const digests = Object.entries(documents).map(([name, text]) => [
    name,
    `sha256:${createHash("sha256").update(text).digest("hex")}`,
  ]);
  const locked = { from: "a test", documents: Object.fromEntries(digests), keepUpstream };
  return {
    ...Object.fromEntries(
      Object.entries(documents).map(([name, text]) => [`versions/${version}/${name}`, text]),
    ),
    "krateo.lock": stringify({ versions: { [version]: locked } }),
  };
}
