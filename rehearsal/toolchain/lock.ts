import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, type ProcessIdentity, processIdentity } from "../../cluster/client/process-identity.ts";

/** Who holds a lock. */
export interface LockOwner extends ProcessIdentity {
  host: string;
}

/**
 * Runs `work` while holding a lock that other processes respect, and waits for whoever holds it now.
 *
 * The lock is a folder that appears under its name with its owner already in it, by one rename; so there is
 * no moment at which it has no owner. One whose owner is a dead process of this machine is taken over.
 *
 * @param path the lock's folder
 * @param onWait told once, with the owner, when somebody else holds it
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (owner: LockOwner) => void = () => undefined,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await claim(path))) {
    const owner = await readOwner(path);
    if (owner && isStale(owner)) {
      await discard(path, owner);
      continue;
    }
    if (owner && !told) {
      told = true;
      onWait(owner);
    }
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await remove(path);
  }
}

/**
 * Removes a lock's folder whole, by one rename: while its owner's file were gone and it were not, somebody else's claim
 * would take its place, and be what is removed.
 */
async function remove(path: string): Promise<void> {
  const aside = await mkdtemp(`${path}.gone-`);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function claim(path: string): Promise<boolean> {
  const prepared = await mkdtemp(`${path}.claim-`);
  const owner: LockOwner = { ...processIdentity(), host: hostname() };
  await writeFile(join(prepared, "owner.json"), JSON.stringify(owner));
  try {
    await rename(prepared, path);
    return true;
  } catch (error) {
    await rm(prepared, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "EPERM") return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return JSON.parse(await readFile(join(path, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function isStale(owner: LockOwner): boolean {
  return owner.host === hostname() && !isRunning(owner);
}

/**
 * Removes a dead owner's lock. Between reading the owner and removing the folder somebody else may have done
 * both and taken the lock, so whoever removes it first makes a folder of its own and looks again.
 */
async function discard(path: string, dead: LockOwner): Promise<void> {
  const takeover = `${path}.takeover-${dead.pid}-${dead.started ?? ""}`;
  try {
    await mkdir(takeover);
  } catch {
    // Somebody is at it; if they died at it, their folder is old.
    const since = await stat(takeover).catch(() => undefined);
    if (since && Date.now() - since.mtimeMs > 10_000) await rm(takeover, { recursive: true, force: true });
    else await sleep(20);
    return;
  }
  const owner = await readOwner(path);
  if (owner?.pid === dead.pid && owner.started === dead.started) await remove(path);
  await rm(takeover, { recursive: true, force: true });
}
