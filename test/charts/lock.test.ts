import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { fetchCharts } from "../../charts/fetch.ts";
import { pin, pinnedDigest, readLock } from "../../charts/lock.ts";
import { ConfigurationError } from "../../model/problem.ts";
import {
  archive,
  folder,
  freshProject,
  options,
  problemsOf,
  publish,
  server,
  sha256,
  step,
  stored,
} from "./chart-project.ts";

const digestOf = (text: string) => `sha256:${sha256(archive(text))}`;
const lockText = () => readFile(join(folder, "krateo.lock"), "utf8");
const charts = () => readLock(folder).charts[`${server.url}/charts`];

describe("krateo.lock", () => {
  freshProject();

  it("pins each chart at its first fetch, in the order of their names, and says so once", async () => {
    publish(["snowplow", "authn"]);
    const lines: string[] = [];
    const say = (line: string) => lines.push(line);
    await fetchCharts([step("snowplow"), step("authn")], { ...options, say });
    assert.deepEqual(lines, [
      "krateo.lock was made and pins 2 charts: commit it, and every later run gets the same archives or stops",
    ]);
    const pins = [
      `  ${server.url}/charts:`,
      `    authn-1.0.0.tgz: ${digestOf("authn 1.0.0")}`,
      `    snowplow-1.0.0.tgz: ${digestOf("snowplow 1.0.0")}`,
    ];
    const text = await lockText();
    assert.deepEqual(text.split("\n").slice(2), ["charts:", ...pins, ""]);
    await fetchCharts([step("snowplow"), step("authn")], { ...options, say });
    assert.equal(lines.length, 1);
    assert.equal(await lockText(), text);
  });

  it("pins what an earlier version of the program fetched without a lock", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    await rm(join(folder, "krateo.lock"));
    server.requests.length = 0;
    await fetchCharts([step("authn")], options);
    assert.deepEqual(charts(), { "authn-1.0.0.tgz": digestOf("authn 1.0.0") });
    assert.deepEqual(server.requests, []);
  });

  it("takes what it pins wherever it came from: an image that was made with a mirror needs none", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], { ...options, mirror: `${server.url}/charts` });
    server.requests.length = 0;
    await fetchCharts([step("authn")], options);
    assert.deepEqual(server.requests, []);
  });

  it("adds what it lacks, and keeps the charts of other stacks", async () => {
    publish(["authn", "snowplow"]);
    await fetchCharts([step("authn")], options);
    const lines: string[] = [];
    await fetchCharts([step("snowplow")], { ...options, say: (line) => lines.push(line) });
    assert.deepEqual(Object.keys(charts() ?? {}), ["authn-1.0.0.tgz", "snowplow-1.0.0.tgz"]);
    assert.match(lines.join(), /^krateo\.lock also pins 1 chart: /);
  });

  const refusal = (at: string, found: string) => ({
    what: "chart authn 1.0.0 is not the archive that krateo.lock pins",
    file: at,
    given: digestOf(found),
    allowed: digestOf("authn 1.0.0"),
    next: "find out from its publisher why it has changed under the same version; to accept it: npx krateo lock --update",
  });

  for (const [what, entry] of [
    ["an index that names another digest", (content: Buffer) => ({ digest: sha256(content) })],
    ["an index that names none", () => ({})],
  ] as const) {
    it(`refuses a chart that was published anew, from ${what}`, async () => {
      publish(["authn"]);
      await fetchCharts([step("authn")], options);
      await rm(join(folder, ".charts"), { recursive: true });
      await rm(join(folder, "shared"), { recursive: true });
      const swapped = archive("swapped");
      server.files.set("/charts/authn-1.0.0.tgz", swapped);
      const entries = { authn: [{ version: "1.0.0", urls: ["authn-1.0.0.tgz"], ...entry(swapped) }] };
      server.files.set("/charts/index.yaml", stringify({ entries }));
      assert.deepEqual(await problemsOf([step("authn")]), [
        refusal(`${server.url}/charts/authn-1.0.0.tgz`, "swapped"),
      ]);
      assert.equal(existsSync(join(folder, ".charts", "authn-1.0.0.tgz")), false);
      assert.deepEqual(charts(), { "authn-1.0.0.tgz": digestOf("authn 1.0.0") });
    });
  }

  it("refuses a mirror's archive that differs, also when a good one is at hand", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    await mkdir(join(folder, "mirror"));
    const file = join(folder, "mirror", "authn-1.0.0.tgz");
    await writeFile(file, archive("rebuilt"));
    assert.deepEqual(await problemsOf([step("authn")], { ...options, mirror: "mirror" }), [
      refusal(file, "rebuilt"),
    ]);
    assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));
  });

  it("names every chart that differs", async () => {
    publish(["authn", "snowplow"]);
    const both = [step("authn"), step("snowplow")];
    const digests = new Map(both.map(({ chart }) => [chart, "0".repeat(64)]));
    await pin(folder, digests);
    assert.deepEqual((await problemsOf(both)).map(({ what }) => what).toSorted(), [
      "chart authn 1.0.0 is not the archive that krateo.lock pins",
      "chart snowplow 1.0.0 is not the archive that krateo.lock pins",
    ]);
  });

  it("fetches anew when the stored archive is whole, but not the pinned one", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    const other = archive("of an older lock");
    await writeFile(join(folder, ".charts", "authn-1.0.0.tgz"), other);
    const record = { source: `${server.url}/charts`, digest: `sha256:${sha256(other)}` };
    await writeFile(join(folder, ".charts", "authn-1.0.0.tgz.json"), JSON.stringify(record));
    await fetchCharts([step("authn")], options);
    assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));
  });

  it("lets the shared cache answer without a look at the source", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    await rm(join(folder, ".charts"), { recursive: true });
    server.requests.length = 0;
    await fetchCharts([step("authn")], options);
    assert.deepEqual(server.requests, []);
    assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));
  });

  it("pins a chart by where the document says it comes from, without the login", async () => {
    const { chart } = step("authn", { url: "https://ann:secret@charts.example.org/x" });
    await pin(folder, new Map([[chart, "a".repeat(64)]]));
    assert.doesNotMatch(await lockText(), /ann|secret/);
    assert.equal(
      pinnedDigest(readLock(folder), { ...chart, url: "https://charts.example.org/x" }),
      "a".repeat(64),
    );
    assert.equal(
      pinnedDigest(readLock(folder), { ...chart, url: "https://charts.example.org/y" }),
      undefined,
    );
  });

  it("says when it cannot be written, and goes on", async function () {
    if (process.getuid?.() === 0) this.skip();
    publish(["authn"]);
    await mkdir(join(folder, ".charts"));
    await chmod(folder, 0o555);
    const lines: string[] = [];
    await fetchCharts([step("authn")], { ...options, cache: "", say: (line) => lines.push(line) });
    await chmod(folder, 0o755);
    assert.deepEqual(lines, ["krateo.lock cannot be written (permission denied): 1 chart not pinned"]);
  });

  const pinned = `charts:\n  https://charts.example.org:\n    authn-1.0.0.tgz: sha256:${"a".repeat(64)}\n`;
  const restore = "restore the file from version control, or delete it and run: npx krateo lock";
  for (const [what, text, line, said, next] of [
    [
      "a conflict of a merge",
      `<<<<<<< HEAD\n${pinned}=======\n${pinned}>>>>>>> main\n`,
      1,
      /YAML|mapping/,
      restore,
    ],
    [
      "a digest cut off",
      pinned.replace(/a{60}/, ""),
      3,
      /^authn-1.*tgz has a value that is not allowed$/,
      restore,
    ],
    ["a key of another program", `${pinned}image: x\n`, 4, /^unknown key "image"$/, restore],
  ] as const) {
    it(`is refused with ${what}: file, line and the way back`, async () => {
      await writeFile(join(folder, "krateo.lock"), text);
      const problems = await problemsOf([step("authn")]);
      assert.equal(problems[0]?.file, "krateo.lock");
      assert.equal(problems[0]?.line, line);
      assert.match(problems[0]?.what ?? "", said);
      assert.ok(problems[0]?.next?.endsWith(next), problems[0]?.next);
      assert.deepEqual(server.requests, []);
    });
  }

  it("is refused as a folder", async () => {
    await mkdir(join(folder, "krateo.lock"));
    assert.throws(() => readLock(folder), ConfigurationError);
  });
});
