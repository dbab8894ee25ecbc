import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, processIdentity } from "../../cluster/client/process-identity.ts";
import { type LockOwner, withLock } from "../../rehearsal/toolchain/lock.ts";

describe("the lock of the toolchain", () => {
  let folder: string;
  let lock: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
    lock = join(folder, "it.lock");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const heldBy = async (owner: LockOwner) => {
    await mkdir(lock);
    await writeFile(join(lock, "owner.json"), JSON.stringify(owner));
  };
  /** In one step: a folder that is empty for a moment would be claimed, and be in the way of its own removal. */
  const release = async () => {
    await rename(lock, join(folder, "released"));
    await rm(join(folder, "released"), { recursive: true });
  };
  const deadPid = () => spawnSync("true").pid;

  it("lets one in at a time", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(10);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(lock, work)));
    assert.equal(most, 1);
  });

  it("returns what the work returns and is gone afterwards", async () => {
    assert.equal(await withLock(lock, async () => 42), 42);
    assert.deepEqual(await readdir(folder), []);
  });

  it("is gone after work that failed", async () => {
    await assert.rejects(
      withLock(lock, async () => {
        throw new Error("no");
      }),
      /no/,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it("is taken over from a dead process", async () => {
    await heldBy({ pid: deadPid(), host: hostname() });
    assert.equal(await withLock(lock, async () => "in"), "in");
    assert.deepEqual(await readdir(folder), []);
  });

  it("is taken over from a dead process whose id somebody else has by now", async () => {
    await heldBy({ pid: process.pid, started: "1", host: hostname() });
    assert.equal(await withLock(lock, async () => "in"), "in");
  });

  it("is taken over by one of many", async () => {
    await heldBy({ pid: deadPid(), host: hostname() });
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(lock, work)));
    assert.equal(most, 1);
  });

  it("waits for a living owner, and names it once", async () => {
    await heldBy({ ...processIdentity(), host: hostname() });
    const waits: LockOwner[] = [];
    const waiting = withLock(
      lock,
      async () => "in",
      (owner) => waits.push(owner),
    );
    await sleep(500);
    assert.deepEqual(
      waits.map(({ pid }) => pid),
      [process.pid],
    );
    await release();
    assert.equal(await waiting, "in");
  });

  it("waits for an owner on another machine, which may live", async () => {
    await heldBy({ pid: deadPid(), host: "elsewhere" });
    let entered = false;
    const waiting = withLock(lock, async () => {
      entered = true;
    });
    await sleep(500);
    assert.equal(entered, false);
    await release();
    await waiting;
  });
});

describe("a process's identity", () => {
  it("runs if it is this process, and not if it has ended", () => {
    assert.equal(isRunning(processIdentity()), true);
    assert.equal(isRunning({ pid: spawnSync("true").pid }), false);
  });
  it("does not run when another process has its id now", () => {
    assert.equal(isRunning({ pid: process.pid, started: "1" }), false);
  });
});
