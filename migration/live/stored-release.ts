/** Reads a Helm release from a backup. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { isObject, type ManifestObject } from "../../cluster/client/manifest.ts";
import { parseObjects } from "../../configuration/yaml/object-file.ts";
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import type { Json } from "../../model/settings.ts";
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
  const objects = await readBackupManifest(join(folder, "manifest.yaml"));
  const files = (await readdir(folder)).filter((name) => name.startsWith("sh.helm.release.v1."));
  if (files.length === 0) {
    const what =
      "a file of the backup is missing: no record of Helm's, sh.helm.release.v1.…, is in this folder";
    throw new ConfigurationError([
      { what, file: folder, next: "nothing was changed; use another backup with --from" },
    ]);
  }
  return { objects, records: await Promise.all(files.map((name) => readBackupObject(join(folder, name)))) };
}

/** A manifest as Helm has stored it. */
async function readBackupManifest(file: string): Promise<ManifestObject[]> {
  const { documents, problems } = parseObjects(await readBackupFile(file), file);
  if (problems.length === 0) return documents.filter(isObject);
  throw damaged(file, problems[0]?.what, problems[0]?.line);
}

/**
 * An object that the backup itself has written. Earlier versions wrote YAML 1.2, in which `on` is text.
 *
 * @throws ConfigurationError when it cannot be read, or is no YAML any more
 */
export async function readBackupObject(file: string): Promise<Json> {
  const text = await readBackupFile(file);
  try {
    return parse(text) as Json;
  } catch (error) {
    const { linePos } = error as { linePos?: readonly [{ line: number }] };
    throw damaged(file, "this is not valid YAML", linePos?.[0].line);
  }
}

function damaged(file: string, reason = "it holds no objects", line?: number): ConfigurationError {
  return new ConfigurationError([
    {
      what: `a file of the backup is damaged: ${reason}`,
      file,
      ...(line !== undefined && { line }),
      next: "nothing was changed; correct the file, or use another backup with --from",
    },
  ]);
}
