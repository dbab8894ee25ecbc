import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endPlugins, leftPluginProblems, leftPlugins } from "../../engine/left-plugins.ts";
import type { Inventory } from "../../model/inventory.ts";

const provider = "pulumi-resource-kubernetes";
/** What a plugin's first argument is: where its engine listens. Here it is also the script that the stand-in runs. */
const engine = "127.0.0.1:7";

describe("plugins of an engine that was killed", () => {
  let folder: string;
  let children: ChildProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "krateo-plugins-"));
    children = [];
    for (const name of [provider, "other"]) symlinkSync(process.execPath, join(folder, name));
    writeFileSync(join(folder, engine), "process.stdout.write('there'); setInterval(() => {}, 1000);");
  });

  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    endPlugins(leftPlugins(folder));
    rmSync(folder, { recursive: true });
  });

  /** Starts a stand-in in a folder, and waits until it runs. */
  async function start(program: string, args: readonly string[], cwd = folder): Promise<number> {
    const child = spawn(join(folder, program), args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    return child.pid as number;
  }

  const found = (): number[] => leftPlugins(folder).map(({ pid }) => pid);

  it("are found by their program and the project's folder, and are ended", async function () {
    if (process.platform !== "linux") this.skip();
    const pid = await start(provider, [engine]);
    assert.deepEqual(found(), [pid]);
    const run = { holder: "ada", durationSeconds: 30, ended: true, acquiredAt: 0, renewedAt: 0 };
    const lease = { ...run, version: "1", firstVersion: "1" };
    const web = { chart: "web", chartVersion: "1.0.0", revision: 2, updatedAt: 0 };
    const problems = (found: Pick<Inventory, "lease" | "releases">): readonly string[] =>
      leftPluginProblems(folder, found).map(({ what }) => what);
    const words = `${provider}, process ${pid}, of a run whose engine was killed may still be changing the installation`;
    assert.deepEqual(problems({ lease, releases: {} }), [words]);
    const givenUp = { ...lease, durationSeconds: 0 };
    const releases = (status: string) => ({ web: { ...web, status } }) as Inventory["releases"];
    assert.deepEqual(problems({ lease: givenUp, releases: releases("pending-upgrade") }), [words]);
    // It has nothing to do any more.
    assert.deepEqual(problems({ lease: givenUp, releases: releases("deployed") }), []);
    assert.deepEqual(problems({ lease: undefined, releases: {} }), []);
    const ended = once(children[0] as ChildProcess, "exit");
    endPlugins(leftPlugins(folder));
    await ended;
    assert.deepEqual(found(), []);
  });

  it("are not those of another folder, and no other program", async () => {
    await start(provider, [join(folder, engine)], tmpdir());
    await start("other", [engine]);
    assert.deepEqual(found(), []);
  });

  it("are not those of an engine that runs", async () => {
    // A shell script: a process of Node's would not be called pulumi.
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${join(folder, provider)} ${engine}\ntrue\n`, {
      mode: 0o755,
    });
    await start("pulumi", []);
    assert.deepEqual(found(), []);
  });
});
