/** A bundle: one tar file with the charts of a stack, and what belongs to them. */
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { create } from "tar";
import { z } from "zod";
import { fileFault } from "../model/file-fault.ts";
import { sha256 } from "./archive-store.ts";
import { filesInTar } from "./tar-files.ts";

/** Folder of the archives in it. */
export const chartFolder = "charts";

/** The first file in it: what it holds, so that nothing can be missing or changed without a word. */
const contentsFile = "bundle.json";
const contents = z.object({
  format: z.literal(1),
  platformVersion: z.string(),
  /** `sha256:` and 64 hexadecimal digits, by path. */
  files: z.record(z.string(), z.string()),
});

/** A bundle that cannot be used; the message says why. */
export class BundleError extends Error {
  override name = "BundleError";
  /** What to do about it. */
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/**
 * Writes a bundle, whole or not at all. The same files make the same bytes, whenever and by whom they are written.
 *
 * @param files content by path; what ends in `.sh` can be run
 * @throws Error of the file system
 */
export async function writeBundle(
  file: string,
  platformVersion: string,
  files: ReadonlyMap<string, Buffer | string>,
): Promise<void> {
  const names = [...files.keys()].sort();
  const digests = names.map((name) => [name, `sha256:${sha256(Buffer.from(files.get(name) ?? ""))}`]);
  const listed = { format: 1, platformVersion, files: Object.fromEntries(digests) };
  const all = new Map(files).set(contentsFile, `${JSON.stringify(listed, undefined, 2)}\n`);
  // Beside its place, so that it can take it in one step.
  const workplace = await mkdtemp(`${resolve(file)}.`);
  try {
    const cwd = join(workplace, "content");
    for (const [name, content] of all) {
      const path = join(cwd, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      await chmod(path, name.endsWith(".sh") ? 0o755 : 0o644);
    }
    const draft = join(workplace, "bundle.tar");
    await create({ file: draft, cwd, portable: true, mtime: new Date(0), strict: true }, [
      contentsFile,
      ...names,
    ]);
    await rename(draft, file);
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/**
 * The files of a bundle, by path, each as it was when the bundle was made.
 *
 * @throws BundleError
 */
export async function readBundle(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = await filesIn(file);
  const text = found.get(contentsFile)?.toString() ?? "";
  const { data, error } = contents.safeParse(parsed(text));
  if (error) {
    const isNewer = Number((parsed(text) as { format?: unknown } | undefined)?.format) > 1;
    if (isNewer) {
      throw new BundleError(
        "a newer version of this program made the bundle",
        "use that version here, too, or make the bundle with this one",
      );
    }
    throw new BundleError(`the file is no bundle: it has no ${contentsFile} that can be read`, anew);
  }
  for (const [name, digest] of Object.entries(data.files)) {
    const content = found.get(name);
    if (content === undefined) throw new BundleError(`the bundle is cut short: it lacks ${name}`, anew);
    const actual = `sha256:${sha256(content)}`;
    if (actual !== digest)
      throw new BundleError(`the bundle is damaged: ${name} has ${actual}, and should have ${digest}`, anew);
  }
  // What is not listed is not what was put in.
  return new Map([...found].filter(([name]) => name === contentsFile || Object.hasOwn(data.files, name)));
}

const anew =
  "copy the file again, or make it anew where the charts can be fetched: npx krateo bundle FILE.tar";

async function filesIn(file: string): Promise<Map<string, Buffer>> {
  try {
    return await filesInTar(await readFile(file));
  } catch (error) {
    const fault = fileFault(error);
    if (fault) throw new BundleError(`the bundle cannot be read: ${fault}`, "correct krateo:chartMirror");
    throw new BundleError("the file is no bundle, or one that is cut short", anew);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
