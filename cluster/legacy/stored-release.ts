import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ConfigurationError, type Problem } from "../../profiles/problem.ts";
import { type ManifestObject, parseManifest } from "../manifest.ts";
import { readBackupFile } from "./backup-folder.ts";

/** What a backup holds of a Helm release: its objects, and the Secrets in which Helm keeps its revisions. */
export interface StoredRelease {
  readonly objects: readonly ManifestObject[];
  readonly records: readonly unknown[];
}

/**
 * Reads Helm releases out of a backup, all of them before anything is done with one: a restoration must not stop half-way
 * at a file that is missing.
 *
 * @param folder The backup's.
 * @returns by the releases' names
 * @throws ConfigurationError with every file that cannot be read
 */
export async function readStoredReleases(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, StoredRelease>> {
  const stored = new Map<string, StoredRelease>();
  const problems: Problem[] = [];
  for (const name of names) {
    try {
      stored.set(name, await readStoredRelease(join(folder, "releases", name)));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return stored;
}

async function readStoredRelease(folder: string): Promise<StoredRelease> {
  const objects = parseManifest(await readBackupFile(join(folder, "manifest.yaml")));
  const files = (await readdir(folder)).filter((name) => name.startsWith("sh.helm.release.v1."));
  if (files.length === 0) {
    const what =
      "a file of the backup is missing: no record of Helm's, sh.helm.release.v1.…, is in this folder";
    throw new ConfigurationError([
      { what, file: folder, next: "nothing was changed; use another backup with --from" },
    ]);
  }
  const records = await Promise.all(files.map((name) => readBackupFile(join(folder, name))));
  return { objects, records: records.map((text) => parse(text) as unknown) };
}
