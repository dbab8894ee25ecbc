/** `krateo.lock`: the sha256 of every chart that the project has fetched. What a source serves later must be the same. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { parseShape } from "../configuration/shape.ts";
import { readTextFile } from "../configuration/yaml/text-file.ts";
import { parseFile } from "../configuration/yaml/yaml-file.ts";
import { pathText } from "../model/path.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import type { ChartSource } from "../model/settings.ts";
import { archiveFolder, writeWhole } from "./archive-store.ts";
import { archiveName } from "./source.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits");

const lockFile = z.strictObject({
  /** By source, then by archive. */
  charts: z.record(z.string(), z.record(z.string(), digest)).default({}),
});

/** What `krateo.lock` holds. */
export type Lock = z.output<typeof lockFile>;

const opening = `# The sha256 of each chart that this project has fetched. Commit this file: a run that gets anything else stops.
# \`npx krateo lock --update\` accepts what the sources have now.
`;

/**
 * The lock's path, relative to the project's root. Stand-ins of a rehearsal are pinned beside their archives, for they have the
 * names and versions of real charts.
 */
export function lockPath(directory: string): string {
  return process.env["KRATEO_CHARTS_DIR"] ? join(archiveFolder(directory), "krateo.lock") : "krateo.lock";
}

/**
 * The project's lock; an empty one when there is none yet.
 *
 * @param directory The project's root.
 * @throws ConfigurationError with everything that is wrong in the file
 */
export function readLock(directory: string): Lock {
  const path = lockPath(directory);
  const file = readTextFile(join(directory, path), path);
  if (file === undefined) return { charts: {} };
  if ("problem" in file) throw new ConfigurationError([file.problem]);
  const { source, problems } = parseFile(file.text, path, {});
  const { value, problems: found } =
    source === undefined
      ? { value: undefined, problems: [] }
      : parseShape(lockFile, source.root, (at) => ({
          file: path,
          line: source.lineOf(at),
          path: pathText(at),
        }));
  if (value !== undefined) return value;
  throw new ConfigurationError([...problems, ...found.map(({ problem }) => problem)].map(restorable));
}

/** True when the project has a lock. */
export function hasLock(directory: string): boolean {
  return existsSync(join(directory, lockPath(directory)));
}

/** A file that was merged or edited by hand: the copy in version control is the way back. */
function restorable(problem: Problem): Problem {
  const next = "restore the file from version control, or delete it and run: npx krateo lock";
  return { ...problem, next: problem.next === undefined ? next : `${problem.next}; or ${next}` };
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
 * @throws Error of the file system
 */
export async function pin(directory: string, digests: ReadonlyMap<ChartSource, string>): Promise<void> {
  const charts = structuredClone(readLock(directory).charts);
  for (const [chart, hexadecimal] of digests) {
    const source = lockedSource(chart);
    charts[source] = { ...charts[source], [archiveName(chart)]: `sha256:${hexadecimal}` };
  }
  const text = stringify({ charts }, { sortMapEntries: true, lineWidth: 0 });
  await writeWhole(join(directory, lockPath(directory)), opening + text);
}

/** Where the release document says that a chart comes from, whatever mirror serves it; without a login. */
function lockedSource({ url }: ChartSource): string {
  const parsed = URL.parse(url);
  if (!parsed || (!parsed.username && !parsed.password)) return url;
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}
