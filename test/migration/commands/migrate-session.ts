/** Runs of `krateo migrate`, each in a project of its own. */

import assert from "node:assert/strict";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { krateo, type Run, withProject } from "../../commands/session.ts";

/** Objects of 2.7.0, one of each type. */
export const legacy = join(import.meta.dirname, "../../golden/legacy");

/** The project of the test that runs. */
export let directory: string;
let remove: () => void;

const environment = ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KRATEO_CLUSTER_UID", "KUBECONFIG"];

const before = environment.map((name) => [name, process.env[name]] as const);

/** Gives each test of the describe block that calls it a project, and an environment without the variables. */
export function inEmptyProject(): void {
  beforeEach(() => {
    for (const name of environment) delete process.env[name];
    ({ directory, remove } = withProject({}));
  });
  afterEach(() => {
    chmodSync(directory, 0o755);
    remove();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** Runs `krateo migrate` there. */
export const run = (...words: string[]): Promise<Run> => krateo(directory, "migrate", ...words);

/** Writes a file into the project. @returns Its path. */
export const file = (name: string, content: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

/** Runs what is refused, with words that match, and writes nothing. */
export const refused = async (pattern: RegExp, ...words: string[]) => {
  const { code, printed, noted } = await run(...words);
  assert.deepEqual([code, printed], [1, ""], noted);
  assert.match(noted, pattern);
  assert.doesNotMatch(noted, /\n {4}at |GOLDEN/);
  assert.ok(!existsSync(join(directory, "krateo-overrides.yaml")));
};
