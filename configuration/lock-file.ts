/** `krateo.lock`: the sha256 of what the project got from elsewhere: charts, and the documents of platform versions. */
import { join } from "node:path";
import { z } from "zod";
import { pathText } from "../model/path.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { parseShape } from "./shape.ts";
import { readTextFile } from "./yaml/text-file.ts";
import { parseFile } from "./yaml/yaml-file.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits");

const lockedVersion = z.strictObject({
  /** Where its documents came from. */
  from: z.string(),
  /** By file name. */
  documents: z.record(z.string(), digest),
  /** Ids of corrections that are not made, and names of manifests that the user deals with. */
  keepUpstream: z.array(z.string()).default([]),
});

const lockFile = z.strictObject({
  /** By source, then by archive. */
  charts: z.record(z.string(), z.record(z.string(), digest)).default({}),
  /** Platform versions that were added, by version. */
  versions: z.record(z.string(), lockedVersion).default({}),
});

/** What `krateo.lock` holds. */
export type Lock = z.output<typeof lockFile>;
export type LockedVersion = z.output<typeof lockedVersion>;

/** Its name in the project's root. */
export const lockFileName = "krateo.lock";

/**
 * The project's lock; an empty one when there is none yet.
 *
 * @param directory The project's root.
 * @param path Of the file, relative to that.
 * @throws ConfigurationError with everything that is wrong in the file
 */
export function readLockFile(directory: string, path: string = lockFileName): Lock {
  const file = readTextFile(join(directory, path), path);
  if (file === undefined) return { charts: {}, versions: {} };
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

/** A file that was merged or edited by hand: the copy in version control is the way back. */
function restorable(problem: Problem): Problem {
  const next = "restore the file from version control, or delete it and run: npx krateo lock";
  return { ...problem, next: problem.next === undefined ? next : `${problem.next}; or ${next}` };
}
