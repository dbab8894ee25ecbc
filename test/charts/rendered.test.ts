import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rememberedRenderings } from "../../charts/rendered.ts";

describe("renderings that are remembered", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "krateo-rendered-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const knows = async (...digests: string[]): Promise<boolean[]> => {
    const { has } = await rememberedRenderings(folder);
    return digests.map(has);
  };

  it("are none at first", async () => assert.deepEqual(await knows("a"), [false]));

  it("are those of earlier runs, beside the archives, with no half file", async () => {
    await (await rememberedRenderings(folder)).keep(["a", "b"]);
    await (await rememberedRenderings(folder)).keep(["b", "c"]);
    assert.deepEqual(await knows("a", "b", "c", "d"), [true, true, true, false]);
    assert.deepEqual(await readdir(join(folder, ".charts")), ["rendered.json"]);
    assert.deepEqual(JSON.parse(await readFile(join(folder, ".charts", "rendered.json"), "utf8")), [
      "a",
      "b",
      "c",
    ]);
  });

  it("write nothing when there is nothing new", async () => {
    await (await rememberedRenderings(folder)).keep([]);
    assert.deepEqual(await readdir(folder), []);
  });

  it("are the latest thousand", async () => {
    const digests = Array.from({ length: 1001 }, (_, index) => String(index));
    await (await rememberedRenderings(folder)).keep(digests);
    assert.deepEqual(await knows("0", "1", "1000"), [false, true, true]);
  });

  for (const content of ["[1, ", '{"a": 1}', ""]) {
    it(`are none in a file that holds ${content || "nothing"}`, async () => {
      await mkdir(join(folder, ".charts"));
      await writeFile(join(folder, ".charts", "rendered.json"), content);
      assert.deepEqual(await knows("a"), [false]);
    });
  }

  it("are no reason to fail, where they cannot be written", async () => {
    await writeFile(join(folder, ".charts"), "a file");
    await (await rememberedRenderings(folder)).keep(["a"]);
    assert.deepEqual(await knows("a"), [false]);
  });
});
