/** A platform version after the bundled one, which the project has while histories run. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newerMirror } from "../support/newer-charts.ts";
import { root, scratch } from "../support/rehearsal.ts";
import type { TestStack } from "../support/test-stack.ts";
import { stepOf, upstreamLike } from "../support/upstream-like.ts";
import { newerChart, newerVersion } from "./model.ts";

const lock = join(root, "krateo.lock");
const folder = join(root, "versions", newerVersion);
let mirror: string | undefined;
let lockBefore: string | undefined;

/**
 * Adds the version to the project, once.
 *
 * @returns the mirror with the charts of both versions
 */
export async function addNewerVersion(stack: TestStack): Promise<string> {
  if (mirror !== undefined) return mirror;
  if (existsSync(folder)) throw new Error(`${folder} is in the way: a run that was killed has left it`);
  lockBefore = existsSync(lock) ? await readFile(lock, "utf8") : undefined;
  const documents = scratch("newer-documents");
  await mkdir(documents, { recursive: true });
  const newer = upstreamLike((document) => {
    stepOf(document, "install-core-provider").with["version"] = newerChart;
  });
  for (const [name, text] of Object.entries(newer)) await writeFile(join(documents, name), text);
  const charts = await newerMirror({ "core-provider": newerChart });
  const { code, output } = await stack.krateo("versions", "add", newerVersion, "--from", documents);
  if (code !== 0) throw new Error(output);
  mirror = charts;
  return mirror;
}

/** Leaves the project as it was. */
export async function forgetNewerVersion(): Promise<void> {
  if (mirror === undefined) return;
  mirror = undefined;
  await rm(folder, { recursive: true, force: true });
  if (lockBefore === undefined) await rm(lock, { force: true });
  else await writeFile(lock, lockBefore);
}
