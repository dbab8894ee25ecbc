import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, install, isIntact, recipeHash } from "../../rehearsal/toolchain/cache.ts";
import type { Recipe } from "../../rehearsal/toolchain/recipes.ts";

const recipe: Recipe = {
  name: "tool",
  version: "1.0.0",
  binaries: ["tool"],
  packages: ["example.com/tool"],
  folder: "tool",
  expectedSeconds: 1,
};

describe("the cache of tools", () => {
  let folder: string;
  let directory: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cache-"));
    directory = join(folder, "tool-1.0.0");
    await place("first");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const place = async (contents: string) => {
    const staged = join(folder, "staged");
    await mkdir(staged);
    await writeFile(join(staged, "tool"), contents);
    await chmod(join(staged, "tool"), 0o755);
    await install(staged, directory, ["tool"]);
  };

  it("lies outside the tree, in the XDG folder where there is one", () => {
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: "/caches" }), "/caches/krateo-rehearsal");
  });

  it("takes what has just been installed for intact", async () => {
    assert.equal(await isIntact(directory, ["tool"]), true);
  });

  it("replaces what was there", async () => {
    await place("second");
    assert.equal(await readFile(join(directory, "tool"), "utf8"), "second");
    assert.equal(await isIntact(directory, ["tool"]), true);
  });

  const damages: [string, () => Promise<unknown>][] = [
    ["a binary that is gone", () => rm(join(directory, "tool"))],
    ["a truncated binary", () => truncate(join(directory, "tool"), 2)],
    [
      "a truncated binary that claims its old time",
      async () => {
        const { mtime } = await stat(join(directory, "tool"));
        await truncate(join(directory, "tool"), 2);
        await utimes(join(directory, "tool"), mtime, mtime);
      },
    ],
    ["other contents of the same size", () => writeFile(join(directory, "tool"), "fIrst")],
    ["a binary that may not be run", () => chmod(join(directory, "tool"), 0o644)],
    ["a manifest that is gone", () => rm(join(directory, "manifest.json"))],
    ["a manifest that is no JSON", () => writeFile(join(directory, "manifest.json"), "{")],
    ["a folder that is gone", () => rm(directory, { recursive: true })],
  ];
  for (const [damage, make] of damages) {
    it(`finds ${damage}`, async () => {
      await make();
      assert.equal(await isIntact(directory, ["tool"]), false);
    });
  }

  it("takes a copy with new times for intact, and remembers the times", async () => {
    const copy = join(folder, "copy");
    await cp(directory, copy, { recursive: true });
    await utimes(join(copy, "tool"), new Date(0), new Date(0));
    assert.equal(await isIntact(copy, ["tool"]), true);
    assert.equal(JSON.parse(await readFile(join(copy, "manifest.json"), "utf8")).tool.modified, 0);
  });
});

describe("a recipe's hash", () => {
  let folders: string;
  before(async () => {
    folders = await mkdtemp(join(tmpdir(), "recipes-"));
    await mkdir(join(folders, "tool"));
    await writeFile(join(folders, "tool", "go.mod"), "module tool");
  });
  after(() => rm(folders, { recursive: true }));

  it("stays the same for the same recipe", async () => {
    assert.equal(await recipeHash({ ...recipe }, folders), await recipeHash(recipe, folders));
  });
  it("does not depend on how long a build is expected to take", async () => {
    assert.equal(
      await recipeHash({ ...recipe, expectedSeconds: 2 }, folders),
      await recipeHash(recipe, folders),
    );
  });
  for (const change of [
    { version: "1.0.1" },
    { linkerFlags: "-X a=b" },
    { packages: ["example.com/other"] },
  ]) {
    it(`changes with ${Object.keys(change)}`, async () => {
      assert.notEqual(await recipeHash({ ...recipe, ...change }, folders), await recipeHash(recipe, folders));
    });
  }
  it("changes with a file of its folder that Go reads, and with no other", async () => {
    const before = await recipeHash(recipe, folders);
    await writeFile(join(folders, "tool", "schema.json"), "{}");
    assert.equal(await recipeHash(recipe, folders), before);
    await writeFile(join(folders, "tool", "go.sum"), "sum");
    assert.notEqual(await recipeHash(recipe, folders), before);
  });
});
