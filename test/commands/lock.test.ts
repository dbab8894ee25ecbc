import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { archiveName } from "../../charts/source.ts";
import { loadSettings } from "../../configuration/load.ts";
import { chartStepsOf } from "../../plan/plan.ts";
import { krateo, withProject } from "./session.ts";

const stack = ["--stack", "dev"];

describe("krateo lock", () => {
  let directory: string;
  let remove: () => void;
  const chart = (name: string) => join(directory, "charts", name);

  beforeEach(async () => {
    const files = { "Pulumi.dev.yaml": "config:\n  krateo:type: nodeport\n  krateo:chartMirror: charts\n" };
    ({ directory, remove } = withProject(files));
    mkdirSync(join(directory, "charts"));
    const settings = await loadSettings({ values: { type: "nodeport" }, secretKeys: [] }, directory);
    for (const { chart: source } of chartStepsOf(settings))
      writeFileSync(chart(archiveName(source)), gzipSync(source.name));
  });
  afterEach(() => remove());

  const lockText = () => readFileSync(join(directory, "krateo.lock"), "utf8");

  it("pins the charts of the stack, and finds nothing to do the second time", async () => {
    const first = await krateo(directory, "lock", ...stack);
    assert.equal(first.code, 0, first.noted);
    assert.match(first.printed, /^ authn 0\.22\.2 +not pinned +sha256:[0-9a-f]{64} +https:\/\//m);
    assert.match(
      first.printed,
      /21 charts of the stack, 21 differ; krateo\.lock now pins what was found: commit it$/,
    );
    const second = await krateo(directory, "lock", ...stack);
    assert.equal(second.printed, "krateo.lock pins 21 charts of the stack, and none has changed");
  });

  it("checks without writing: what is not pinned is a failure", async () => {
    const { code, printed } = await krateo(directory, "lock", "--check", ...stack);
    assert.equal(code, 1);
    assert.match(
      printed,
      /not pinned: npx krateo lock pins it; changed: npx krateo lock --update accepts it$/,
    );
    assert.throws(lockText, { code: "ENOENT" });
  });

  it("checks the sources: one that has changed is a failure that names both digests", async () => {
    await krateo(directory, "lock", ...stack);
    const before = lockText();
    writeFileSync(chart("authn-0.22.2.tgz"), gzipSync("rebuilt"));
    const { code, printed } = await krateo(directory, "lock", "--check", "--json", ...stack);
    assert.equal(code, 1);
    const charts: { chart: string; status: string; pinned: string; found: string }[] = JSON.parse(printed);
    assert.equal(charts.length, 21);
    const changed = charts.filter(({ status }) => status !== "pinned");
    assert.deepEqual(
      changed.map(({ chart, status }) => [chart, status]),
      [["authn", "changed"]],
    );
    assert.notEqual(changed[0]?.pinned, changed[0]?.found);
    assert.equal(lockText(), before);

    const refused = await krateo(directory, "lock", ...stack);
    assert.equal(refused.code, 1);
    assert.match(refused.noted, /chart authn 0\.22\.2 is not the archive that krateo\.lock pins/);
  });

  it("accepts with --update what has changed, and the next check is content", async () => {
    await krateo(directory, "lock", ...stack);
    writeFileSync(chart("authn-0.22.2.tgz"), gzipSync("rebuilt"));
    const { code, printed } = await krateo(directory, "lock", "--update", ...stack);
    assert.equal(code, 0);
    assert.match(printed, /^ authn 0\.22\.2 +changed +sha256:.* +sha256:/m);
    assert.equal((await krateo(directory, "lock", "--check", ...stack)).code, 0);
    assert.equal((await krateo(directory, "lock", ...stack)).code, 0);
  });

  it("does not check and update at once", async () => {
    const { code, noted } = await krateo(directory, "lock", "--check", "--update", ...stack);
    assert.equal(code, 1);
    assert.match(noted, /--update.*cannot be used with.*--check/);
  });
});
