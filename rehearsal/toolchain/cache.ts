import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Recipe } from "./recipes.ts";

/** Where built tools are kept: outside the working tree, so that a fresh checkout finds them again. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "krateo-rehearsal");
}

/**
 * A short hash over everything that decides what a recipe yields: its data, the files of its folder, and
 * this machine's platform. The Go version is not part of it: a newer compiler alone is no reason to rebuild.
 */
export async function recipeHash(recipe: Recipe, folders: string = import.meta.dirname): Promise<string> {
  const hash = createHash("sha256");
  const { expectedSeconds: _, ...data } = recipe;
  hash.update(JSON.stringify({ ...data, platform: process.platform, architecture: process.arch }));
  if (recipe.folder) {
    const folder = join(folders, recipe.folder);
    const files = (await readdir(folder)).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file)).sort();
    for (const file of files) hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** What is known of a binary in the cache. Equal size and time stand for equal contents, else the digest decides. */
interface Fingerprint {
  size: number;
  modified: number;
  sha256: string;
}

type Manifest = Record<string, Fingerprint>;

const manifestFile = "manifest.json";

/** The cache folder of one recipe. */
export async function recipeDirectory(recipe: Recipe, cache: string = cacheDirectory()): Promise<string> {
  return join(cache, `${recipe.name}-${recipe.version}-${await recipeHash(recipe)}`);
}

/**
 * Whether a recipe's cache folder holds all its binaries unharmed. A copied cache has new times: then the
 * digests are compared and, if they match, the manifest takes the new times.
 */
export async function isIntact(directory: string, binaries: readonly string[]): Promise<boolean> {
  const manifest = await readManifest(directory);
  if (!manifest) return false;
  let refreshed = false;
  for (const binary of binaries) {
    const known = manifest[binary];
    const path = join(directory, binary);
    const file = await stat(path).catch(() => undefined);
    if (!known || !file?.isFile() || file.size !== known.size || !(file.mode & 0o100)) return false;
    if (file.mtimeMs === known.modified) continue;
    if ((await digest(path)) !== known.sha256) return false;
    known.modified = file.mtimeMs;
    refreshed = true;
  }
  if (refreshed) await writeManifest(directory, manifest);
  return true;
}

/**
 * Puts freshly made binaries into the cache in one step: whoever looks sees all of them or none.
 *
 * @param staged a folder on the same file system as the cache, given up to it
 */
export async function install(staged: string, directory: string, binaries: readonly string[]): Promise<void> {
  const manifest: Manifest = {};
  for (const binary of binaries) {
    const path = join(staged, binary);
    const { size, mtimeMs } = await stat(path);
    manifest[binary] = { size, modified: mtimeMs, sha256: await digest(path) };
  }
  await writeManifest(staged, manifest);
  await mkdir(join(directory, ".."), { recursive: true });
  // A broken predecessor stays usable for those who run it until the rename.
  const old = `${directory}.old-${process.pid}`;
  await rename(directory, old).catch(() => undefined);
  await rename(staged, directory);
  await rm(old, { recursive: true, force: true });
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, manifestFile), "utf8"));
  } catch {
    return undefined;
  }
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const temporary = join(directory, `${manifestFile}.${process.pid}`);
  await writeFile(temporary, JSON.stringify(manifest, null, 2));
  await rename(temporary, join(directory, manifestFile));
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
