import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

/** What is known about an archive that was fetched: kept beside it as `NAME-VERSION.tgz.json`. */
export interface ArchiveRecord {
  /** The mirror, repository, archive URL or OCI reference it came from. */
  readonly source: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/** The project's folder of archives, relative to its root. */
export function archiveFolder(directory: string): string {
  // Stand-ins of a rehearsal are kept in a folder of their own, where no real run can take them for charts.
  const configured = process.env["KRATEO_CHARTS_DIR"] || ".charts";
  return relative(directory, resolve(directory, configured));
}

/** sha256 in hexadecimal. */
export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * The digest of an archive that is there and is whole; undefined when it must be fetched.
 *
 * @param source Where it must have come from; undefined: anywhere.
 */
export async function storedDigest(file: string, source: string | undefined): Promise<string | undefined> {
  try {
    const record = JSON.parse(await readFile(`${file}.json`, "utf8")) as ArchiveRecord;
    const digest = sha256(await readFile(file));
    const isFromThere = source === undefined || record.source === source;
    return isFromThere && record.digest === `sha256:${digest}` ? digest : undefined;
  } catch {
    return undefined;
  }
}

/** Puts an archive and its record in place; a run that is killed here or runs beside this one leaves no half file. */
export async function store(file: string, content: Buffer, source: string): Promise<void> {
  const record: ArchiveRecord = { source, digest: `sha256:${sha256(content)}` };
  await writeWhole(file, content);
  await writeWhole(`${file}.json`, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Folder that all projects of this user share: archives by digest, so that what is in it can be nothing else. */
export function sharedCache(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "krateo", "charts");
}

/** An archive out of the shared cache; undefined when it is not there or not what its name says. */
export async function readShared(cache: string, digest: string): Promise<Buffer | undefined> {
  const content = await readFile(sharedFile(cache, digest)).catch(() => undefined);
  return content && sha256(content) === digest ? content : undefined;
}

/** Shares an archive. A cache that cannot be written (read-only home) is no reason to fail. */
export async function writeShared(cache: string, content: Buffer): Promise<void> {
  await writeWhole(sharedFile(cache, sha256(content)), content).catch(() => undefined);
}

function sharedFile(cache: string, digest: string): string {
  return join(cache, `${digest}.tgz`);
}

/** Writes a file so that a reader sees all of it or what was there before. */
export async function writeWhole(file: string, content: Buffer | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString("hex")}.part`;
  try {
    await writeFile(draft, content);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
