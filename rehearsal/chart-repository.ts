/**
 * A folder of chart archives with an index, as a Helm repository or a chart mirror serves it, packed from the
 * stand-in charts in rehearsal/charts/. They carry the names and versions of the real charts and none of their content.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, glob, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { completeSchema } from "./chart-schema.ts";

const run = promisify(execFile);

/** The stand-ins for the charts of 3.0.0. */
export const sources = join(import.meta.dirname, "charts");
const library = "common";
const hashFile = "sources.sha256";

/**
 * Fills the folder `output` with one archive for each stand-in chart and an index.yaml that holds their digests.
 * Does nothing when the folder was packed from the same sources and is whole. The folder appears in one step: a
 * reader, or a run after a kill, never sees half of it.
 *
 * @param options.helm the helm program
 * @param options.output folder to fill; what was in it is replaced
 * @param options.lock file that pins the stand-ins of before: it is removed when they change
 * @throws Error naming the chart and what helm said
 */
export async function packCharts(options: { helm: string; output: string; lock?: string }): Promise<void> {
  const hash = await hashOfSources();
  if (await isPackedFrom(hash, options.output)) return;

  await mkdir(dirname(options.output), { recursive: true });
  const workplace = await mkdtemp(`${options.output}.packing-`);
  try {
    const staged = join(workplace, "sources");
    const packed = join(workplace, "packed");
    const charts = await stageCharts(sources, staged);
    await mkdir(packed);
    await inParallel(charts, (chart) =>
      helm(options.helm, ["package", chart, "--destination", packed], chart),
    );
    await helm(options.helm, ["repo", "index", packed], "the index");
    await writeFile(join(packed, hashFile), hash);
    if (options.lock) await rm(options.lock, { force: true });
    await replaceFolder(packed, options.output, join(workplace, "former"), hash);
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/**
 * Copies the charts of a folder to `target`, each with the library and the schema's definitions inside.
 *
 * @returns the charts' folders in `target`, sorted by name
 */
export async function stageCharts(folder: string, target: string): Promise<string[]> {
  const definitions = JSON.parse(await readFile(join(sources, library, "values.definitions.json"), "utf8"));
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && entry.name !== library)
    .map(({ name }) => name);
  await Promise.all(
    names.map(async (name) => {
      const chart = join(target, name);
      await cp(join(folder, name), chart, { recursive: true });
      await cp(join(sources, library), join(chart, "charts", library), { recursive: true });
      const schema = join(chart, "values.schema.json");
      const content = await readFile(schema, "utf8").catch(ignoreMissing);
      if (content) await writeFile(schema, JSON.stringify(completeSchema(JSON.parse(content), definitions)));
    }),
  );
  return names.sort().map((name) => join(target, name));
}

async function hashOfSources(): Promise<string> {
  const hash = createHash("sha256");
  // How the charts are packed counts as well.
  const files = [import.meta.filename, join(import.meta.dirname, "chart-schema.ts")];
  for await (const entry of glob("**/*", { cwd: sources, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  for (const file of files.sort()) {
    hash.update(`${file.slice(import.meta.dirname.length)}\0`).update(await readFile(file));
  }
  return hash.digest("hex");
}

/** True when `folder` was packed from these sources and nothing of it has gone since. */
async function isPackedFrom(hash: string, folder: string): Promise<boolean> {
  try {
    if ((await readFile(join(folder, hashFile), "utf8")) !== hash) return false;
    const index = await readFile(join(folder, "index.yaml"), "utf8");
    const wanted = [...index.matchAll(/^ *- (\S+\.tgz)$/gm)].map((match) => match[1]);
    const present = new Set(await readdir(folder));
    return wanted.length > 0 && wanted.every((archive) => archive !== undefined && present.has(archive));
  } catch {
    return false;
  }
}

async function replaceFolder(fresh: string, folder: string, aside: string, hash: string): Promise<void> {
  await rename(folder, aside).catch(ignoreMissing);
  try {
    await rename(fresh, folder);
  } catch (error) {
    // Somebody else packed at the same time: theirs is as good, when it is of the same sources.
    if (!(await isPackedFrom(hash, folder))) throw error;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function helm(program: string, args: string[], subject: string): Promise<void> {
  try {
    await run(program, args);
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`Packing the stand-in charts: ${basename(subject)}: ${(stderr || message).trim()}`);
  }
}

/** Does the work on every item, as many at a time as there are processors. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
