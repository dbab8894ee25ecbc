import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, list } from "tar";
import { BundleError, readBundle, writeBundle } from "../../charts/bundle-file.ts";

const files = new Map<string, string | Buffer>([
  ["charts/b-1.0.0.tgz", Buffer.from([0x1f, 0x8b, 1])],
  ["charts/a-1.0.0.tgz", Buffer.alloc(3000, 7)],
  ["copy-images.sh", "#!/bin/sh\n"],
]);

describe("a bundle", () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "krateo-bundle-"));
    file = join(folder, "krateo.tar");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What is wrong with the file. */
  const faultOf = async (): Promise<BundleError> => {
    try {
      await readBundle(file);
    } catch (error) {
      if (error instanceof BundleError) return error;
      throw error;
    }
    throw new Error("the bundle was read");
  };

  it("gives back each file as it was", async () => {
    await writeBundle(file, "3.0.0", files);
    const found = await readBundle(file);
    assert.deepEqual(
      [...found.keys()],
      ["bundle.json", "charts/a-1.0.0.tgz", "charts/b-1.0.0.tgz", "copy-images.sh"],
    );
    for (const [name, content] of files) assert.deepEqual(found.get(name), Buffer.from(content));
  });

  it("has the same bytes whenever, in whatever order and under whichever umask it is written", async () => {
    await writeBundle(file, "3.0.0", files);
    const other = join(folder, "other.tar");
    const umask = process.umask(0o077);
    try {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await writeBundle(other, "3.0.0", new Map([...files].toReversed()));
    } finally {
      process.umask(umask);
    }
    assert.ok((await readFile(file)).equals(await readFile(other)));
  });

  it("holds nothing of the machine that made it, and a script that runs", async () => {
    await writeBundle(file, "3.0.0", files);
    const entries: unknown[] = [];
    await list({
      file,
      onReadEntry: ({ path, mode, uid, gid, uname, mtime }) =>
        entries.push([path, mode?.toString(8), uid, gid, uname, mtime?.getTime()]),
    });
    assert.deepEqual(entries.at(-1), ["copy-images.sh", "755", undefined, undefined, "", 0]);
    assert.deepEqual(entries.at(0), ["bundle.json", "644", undefined, undefined, "", 0]);
  });

  it("is written whole or not at all, and leaves nothing beside it", async () => {
    await writeFile(file, "what was there");
    const unwritable = new Map([...files, ["charts", "a file where a folder is"]] as const);
    await assert.rejects(writeBundle(file, "3.0.0", unwritable));
    assert.equal(await readFile(file, "utf8"), "what was there");
    assert.deepEqual(await readdir(folder), ["krateo.tar"]);
    await writeBundle(file, "3.0.0", files);
    assert.deepEqual(await readdir(folder), ["krateo.tar"]);
  });

  it("is refused where it is cut short, wherever that is", async () => {
    await writeBundle(file, "3.0.0", files);
    const whole = await readFile(file);
    for (let length = 0; length < whole.length - 1024; length += 256) {
      await writeFile(file, whole.subarray(0, length));
      assert.match((await faultOf()).message, /cut short|no bundle/, `${length} bytes`);
    }
  });

  it("names the file that has changed", async () => {
    await writeBundle(file, "3.0.0", files);
    const content = await readFile(file);
    content[content.indexOf(Buffer.alloc(100, 7)) + 5] = 8;
    await writeFile(file, content);
    const { message, next } = await faultOf();
    assert.match(
      message,
      /^the bundle is damaged: charts\/a-1\.0\.0\.tgz has sha256:\w{64}, and should have sha256:/,
    );
    assert.match(next, /npx krateo bundle FILE\.tar/);
  });

  it("is no other tar file, and no other file", async () => {
    await writeFile(join(folder, "x"), "x");
    await create({ file, cwd: folder }, ["x"]);
    assert.equal((await faultOf()).message, "the file is no bundle: it has no bundle.json that can be read");
    await writeFile(file, "x".repeat(2000));
    assert.equal((await faultOf()).message, "the file is no bundle, or one that is cut short");
  });

  it("is not one of a newer form", async () => {
    await writeFile(join(folder, "bundle.json"), JSON.stringify({ format: 2 }));
    await create({ file, cwd: folder }, ["bundle.json"]);
    assert.equal((await faultOf()).message, "a newer version of this program made the bundle");
  });

  it("says why it cannot be read", async function () {
    await mkdir(join(folder, "sub"));
    file = join(folder, "sub", "nothing.tar");
    assert.equal((await faultOf()).message, "the bundle cannot be read: it is not there");
    if (process.getuid?.() === 0) this.skip();
    await writeBundle(file, "3.0.0", files);
    await chmod(file, 0);
    assert.equal((await faultOf()).message, "the bundle cannot be read: permission denied");
  });
});
