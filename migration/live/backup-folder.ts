/**
 * Backups on disk: a folder krateo-2.7.0-backup with all, and beside it krateo-2.7.0-backup.yaml with the object, which
 * is what people look for. A further one is numbered. Everything in it is for its owner alone: it holds Secrets.
 */
import { constants } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { isRunning } from "../../cluster/client/process-identity.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { type BackupContents, backupName, objectFile } from "./backup-contents.ts";
import { type BackupIndex, backupIndex } from "./backup-index.ts";

/** A complete backup. */
export interface Backup {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly index: BackupIndex;
}

const indexFile = "backup.json";
const partial = `.${backupName}.partial`;

/** Where backups go: KRATEO_BACKUP_DIR, or else the project's own folder. */
export function backupDirectory(project: string): string {
  return resolve(project, process.env["KRATEO_BACKUP_DIR"] || ".");
}

/** The complete backups in a directory, by number, oldest first; none when there is no such directory. */
export async function readBackups(directory: string): Promise<Backup[]> {
  const names = await readdir(directory).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw asProblem(error, directory, "the backups cannot be read", elsewhere);
  });
  const numbered = names
    .map((name) => ({ name, number: numberOf(name) }))
    .filter(({ number }) => number > 0)
    .sort((one, other) => one.number - other.number);
  const backups = await Promise.all(numbered.map(({ name }) => readBackupFolder(join(directory, name))));
  return backups.filter((backup) => backup !== undefined);
}

/**
 * One backup; undefined when the folder holds none.
 *
 * @throws ConfigurationError when it is there, but cannot be read: taken for none, a restoration would miss it, or take a
 *   lesser one
 */
export async function readBackupFolder(folder: string): Promise<Backup | undefined> {
  const file = join(folder, indexFile);
  const text = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw asProblem(error, file, "a backup cannot be read", aside);
  });
  if (text === undefined) return undefined;
  const index = backupIndex.safeParse(jsonOf(text));
  if (index.success) return { folder: resolve(folder), index: index.data };
  throw new ConfigurationError([
    { what: "a backup cannot be read: this file is damaged, or of another version", file, next: aside },
  ]);
}

/**
 * A file of a backup.
 *
 * @throws ConfigurationError when it cannot be read
 */
export async function readBackupFile(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error) => {
    throw asProblem(error, file, "a file of the backup cannot be read", whole);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberOf(name: string): number {
  if (name === backupName) return 1;
  const match = new RegExp(`^${backupName.replaceAll(".", "\\.")}-(\\d+)$`).exec(name);
  return match ? Number(match[1]) : 0;
}

/**
 * Writes a backup under the next free name, and on the disk itself: whoever deletes something after this returns can lose
 * power and still has it. Earlier backups stay as they are. The folder appears in one step, so that a run that is killed
 * leaves none that is half.
 *
 * @throws ConfigurationError when it cannot be written, naming the reason: disk full, no permission…
 */
export async function writeBackup(directory: string, { index, files }: BackupContents): Promise<Backup> {
  try {
    await mkdir(directory, { recursive: true });
    await removePartial(directory);
    const workplace = join(directory, `${partial}-${process.pid}`);
    try {
      for (const [path, text] of files) await writeDurably(join(workplace, path), text);
      await writeDurably(join(workplace, indexFile), `${JSON.stringify(index, undefined, 2)}\n`);
      await syncFolders(workplace);
      const folder = await claimName(directory, workplace);
      await syncFolder(directory);
      await copyObject(folder);
      return { folder, index };
    } finally {
      await rm(workplace, { recursive: true, force: true });
    }
  } catch (error) {
    throw asProblem(error, directory, "the backup cannot be written", makeRoom);
  }
}

/** Puts the object's file beside the folder, where it is missing: a run that was killed may have come just short of it. */
export async function copyObject(folder: string): Promise<void> {
  const target = `${folder}.yaml`;
  try {
    await copyFile(join(folder, objectFile), target, constants.COPYFILE_EXCL);
    await sync(target);
    await syncFolder(dirname(folder));
  } catch (error) {
    // ENOENT: there was no object.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST" && code !== "ENOENT") throw error;
  }
}

/** Gives the folder the first free name. A name is taken even if only one of its two parts is there. */
async function claimName(directory: string, workplace: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? backupName : `${backupName}-${number}`;
    const folder = join(directory, name);
    const taken = await readdir(directory);
    if (taken.includes(name) || taken.includes(`${name}.yaml`)) continue;
    try {
      await rename(workplace, folder);
      return folder;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    }
  }
}

/** What runs that were killed left; a live one's is its own business. */
async function removePartial(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter(
    (name) => name.startsWith(partial) && !isRunning({ pid: Number(name.slice(partial.length + 1)) }),
  );
  for (const name of left) await rm(join(directory, name), { recursive: true, force: true });
}

async function writeDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file is found again after a power failure only when its folder is on the disk, too. */
async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name));
  await syncFolder(folder);
}

const syncFolder = sync;

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EACCES: "no permission for it",
  EPERM: "no permission for it",
  EROFS: "the file system is read-only",
  ENOTDIR: "that is not a folder",
  EEXIST: "a file of that name is in the way",
  EISDIR: "a folder of that name is in the way",
};

const makeRoom =
  "nothing was stopped or removed; make room, or name another folder with KRATEO_BACKUP_DIR, and start again";
const elsewhere =
  "nothing was changed; give yourself access to it, or name another folder with KRATEO_BACKUP_DIR, and start again";
const whole = "nothing was changed; correct the file, or use another backup with --from";
const aside =
  "nothing was changed; make it readable, or move its folder away, and start again; its other files may still be read by hand";

function asProblem(error: unknown, file: string, what: string, next: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new ConfigurationError([
    {
      what: `${what}: ${reasons[code] ?? message}`,
      file,
      next,
    },
  ]);
}

/** A backup's folder for the user: from where they are, unless it is elsewhere. */
export function shownFolder({ folder }: Backup): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith("..") ? folder : path;
}
