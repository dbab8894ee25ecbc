/** Charts and versions in `krateo.lock`: what a source serves later must be the same. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Lock, type LockedVersion, lockFileName, readLockFile } from "../configuration/lock-file.ts";
import { fileFault } from "../model/file-fault.ts";
import { ConfigurationError } from "../model/problem.ts";
import type { ChartSource } from "../model/settings.ts";
import { archiveFolder, writeWhole } from "./archive-store.ts";
import { archiveName } from "./source.ts";

const opening = `# The sha256 of each chart and document that this project has fetched. Commit this file: a run that gets anything else stops.
# \`npx krateo lock --update\` accepts what the sources have now.
`;

/**
 * The lock's path, relative to the project's root. Stand-ins of a rehearsal are pinned beside their archives, for they have the
 * names and versions of real charts.
 */
export function lockPath(directory: string): string {
  return process.env["KRATEO_CHARTS_DIR"] ? join(archiveFolder(directory), "krateo.lock") : lockFileName;
}

/** The lock that charts are held against. @throws ConfigurationError as `readLockFile` does */
export function readLock(directory: string): Lock {
  return readLockFile(directory, lockPath(directory));
}

/** True when the project has a lock. */
export function hasLock(directory: string): boolean {
  return existsSync(join(directory, lockPath(directory)));
}

/** The digest that a chart must have, as 64 hexadecimal digits; undefined when it is not pinned. */
export function pinnedDigest(lock: Lock, chart: ChartSource): string | undefined {
  return lock.charts[lockedSource(chart)]?.[archiveName(chart)]?.slice("sha256:".length);
}

/**
 * Pins charts, and keeps what else the lock holds: other stacks of the project share it. Reads it again first, because
 * another run may have written it.
 *
 * @param digests By chart, as 64 hexadecimal digits.
 * @throws ConfigurationError for a lock that cannot be read or written
 */
export async function pin(directory: string, digests: ReadonlyMap<ChartSource, string>): Promise<void> {
  const path = lockPath(directory);
  const { charts, ...others } = structuredClone(readLockFile(directory, path));
  for (const [chart, hexadecimal] of digests) {
    const source = lockedSource(chart);
    charts[source] = { ...charts[source], [archiveName(chart)]: `sha256:${hexadecimal}` };
  }
  await write(directory, path, { charts, ...others });
}

/**
 * Records the documents of a platform version, and keeps what else the lock holds.
 *
 * @throws ConfigurationError for a lock that cannot be read or written
 */
export async function lockVersion(directory: string, version: string, locked: LockedVersion): Promise<void> {
  const lock = readLockFile(directory);
  await write(directory, lockFileName, { ...lock, versions: { ...lock.versions, [version]: locked } });
}

async function write(directory: string, path: string, lock: Lock): Promise<void> {
  const filled = Object.entries(lock).filter(([, entries]) => Object.keys(entries).length > 0);
  const text = stringify(Object.fromEntries(filled), { sortMapEntries: true, lineWidth: 0 });
  await writeWhole(join(directory, path), opening + text).catch((error: unknown) => {
    const fault = fileFault(error);
    if (fault === undefined) throw error;
    throw new ConfigurationError([
      {
        what: `${path} cannot be written (${fault})`,
        file: path,
        next: "correct the rights of the file and its folder, or make space, and run the command again",
      },
    ]);
  });
}

/** Where the release document says that a chart comes from, whatever mirror serves it; without a login. */
function lockedSource({ url }: ChartSource): string {
  const parsed = URL.parse(url);
  if (!parsed || (!parsed.username && !parsed.password)) return url;
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}
