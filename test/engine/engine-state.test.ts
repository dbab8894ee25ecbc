import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readEngineLocks, removeEngineLocks } from "../../engine/engine-lock.ts";
import { halfWrittenSidecars } from "../../engine/sidecar.ts";
import { knownLayout, stateFolder } from "../../engine/state-backend.ts";
import manifest from "../../package.json" with { type: "json" };

describe("the engine's own files", () => {
  let folder: string;
  const url = (): string => `file://${folder}`;
  const of = (directory = folder) => ({ directory, project: "krateo", stack: "dev" });
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder, ".pulumi", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const lock = (pid: number, host = hostname()): string =>
    JSON.stringify({ pid, username: "ada", hostname: host, timestamp: "2026-01-01T12:00:00Z" });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engine-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are read as the version that the project pins lays them out: look at them again before you raise either", () => {
    const { dependencies, devDependencies } = manifest;
    assert.deepEqual([dependencies["@pulumi/pulumi"], devDependencies.pulumi], [knownLayout, knownLayout]);
  });

  it("are looked for only where the backend is a folder", async () => {
    assert.equal(stateFolder("s3://bucket"), undefined);
    assert.equal(await readEngineLocks("https://api.example.org", of()), undefined);
    assert.deepEqual(await halfWrittenSidecars("s3://bucket", "krateo", "dev"), []);
    assert.equal(stateFolder("file:///srv/state?no_tmp_dir=true"), "/srv/state/.pulumi");
  });

  it("hold a lock whose owner has ended, runs or is elsewhere", async () => {
    const locks = "locks/organization/krateo/dev";
    await write(`${locks}/a.json`, lock(0x7ffffffe));
    await write(`${locks}/b.json`, lock(1, "another"));
    await write(`${locks}/c.json`, "");
    await write("locks/organization/krateo/other/d.json", lock(1));
    const found = (await readEngineLocks(url(), of())) ?? [];
    assert.deepEqual(
      found.map(({ owner, state }) => [owner, state]).toSorted(),
      [
        [`ada on ${hostname()}, process 2147483646, since 2026-01-01T12:00:00Z`, "stale"],
        ["ada on another, process 1, since 2026-01-01T12:00:00Z", "elsewhere"],
        ["a run that was killed while it took the lock", "stale"],
      ].toSorted(),
    );
    assert.equal(await removeEngineLocks(found, of()), true);
    assert.deepEqual(await readEngineLocks(url(), of()), []);
  });

  it("do not count as locked by a process of another program that has the id now", async () => {
    await write("locks/organization/krateo/dev/a.json", lock(process.pid));
    const [found] = (await readEngineLocks(url(), of())) ?? [];
    assert.equal(found?.state, "stale");
  });

  it("may have sidecars that were written only half; whole ones and other stacks' are left", async () => {
    await write("stacks/krateo/dev.json.attrs", "");
    await write("stacks/krateo/dev.json.bak.attrs", '{"user.');
    await write("stacks/krateo/dev.json", "");
    await write("history/krateo/dev/one.attrs", "{}");
    await write("stacks/krateo/other.json.attrs", "");
    const found = await halfWrittenSidecars(url(), "krateo", "dev");
    assert.deepEqual(
      found.map((file) => file.slice(folder.length)),
      ["/.pulumi/stacks/krateo/dev.json.attrs", "/.pulumi/stacks/krateo/dev.json.bak.attrs"],
    );
  });
});
