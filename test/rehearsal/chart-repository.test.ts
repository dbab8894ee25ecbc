import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { packCharts } from "../../rehearsal/chart-repository.ts";
import { catalogue } from "./chart-catalogue.ts";
import { describeWithHelm, helm as found, packedCharts } from "./chart-rendering.ts";

const helm = found ?? "helm";

describeWithHelm("the repository of stand-in charts", () => {
  const archives = catalogue.map(({ chart, version }) => `${chart}-${version}.tgz`).sort();
  let folder: string;
  let output: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "chart-repository-"));
    output = join(folder, "charts");
    await cp(await packedCharts(), output, { recursive: true, preserveTimestamps: true });
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is a flat folder of one archive for each chart, the index, and the hash of what it was packed from", async () => {
    assert.deepEqual((await readdir(output)).sort(), [...archives, "index.yaml", "sources.sha256"].sort());
  });

  it("has an index with relative addresses and the archives' digests", async () => {
    const { entries } = parse(await readFile(join(output, "index.yaml"), "utf8"));
    assert.deepEqual(Object.keys(entries).sort(), catalogue.map(({ chart }) => chart).sort());
    for (const { chart, version } of catalogue) {
      const [entry, ...others] = entries[chart];
      const archive = `${chart}-${version}.tgz`;
      assert.deepEqual([entry.version, entry.urls, others], [version, [archive], []]);
      assert.equal(
        entry.digest,
        createHash("sha256")
          .update(await readFile(join(output, archive)))
          .digest("hex"),
      );
    }
  });

  it("names no path of this machine", async () => {
    assert.doesNotMatch(await readFile(join(output, "index.yaml"), "utf8"), /\/(root|home|tmp|work|Users)\b/);
  });

  it("is left alone when its sources have not changed: helm is not even called", async () => {
    const before = await stat(join(output, "index.yaml"));
    await packCharts({ helm: "no-such-helm", output });
    assert.equal((await stat(join(output, "index.yaml"))).mtimeMs, before.mtimeMs);
  });

  const damages: readonly [string, () => Promise<void>][] = [
    ["an archive gone", () => rm(join(output, "portal-1.3.4.tgz"))],
    ["nothing there at all", () => rm(output, { recursive: true })],
  ];
  for (const [what, damage] of damages) {
    it(`is packed again, and leaves nothing else behind, with ${what}`, async () => {
      await damage();
      await packCharts({ helm, output });
      assert.deepEqual((await readdir(output)).sort(), [...archives, "index.yaml", "sources.sha256"].sort());
      assert.deepEqual(await readdir(folder), ["charts"]);
    });
  }

  it("is packed again from other sources, and loses what none of them makes", async () => {
    await writeFile(join(output, "stranger-1.0.0.tgz"), "");
    await writeFile(join(output, "sources.sha256"), "0");
    const lock = join(folder, "krateo.lock");
    await writeFile(lock, "pins those of before");
    await packCharts({ helm, output, lock });
    await assert.rejects(stat(lock), { code: "ENOENT" });
    assert.deepEqual((await readdir(output)).sort(), [...archives, "index.yaml", "sources.sha256"].sort());
  });

  it("can be packed by two at once", async () => {
    await rm(output, { recursive: true });
    await Promise.all([packCharts({ helm, output }), packCharts({ helm, output })]);
    assert.deepEqual((await readdir(output)).sort(), [...archives, "index.yaml", "sources.sha256"].sort());
    assert.deepEqual(await readdir(folder), ["charts"]);
  });

  it("stays as it was when packing fails, and the error names the chart", async () => {
    await writeFile(join(output, "sources.sha256"), "0");
    await assert.rejects(
      packCharts({ helm: "no-such-helm", output }),
      /Packing the stand-in charts: authn: .*no-such-helm/,
    );
    assert.deepEqual((await readdir(output)).sort(), [...archives, "index.yaml", "sources.sha256"].sort());
    assert.deepEqual(await readdir(folder), ["charts"]);
  });
});
