import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { fetchCharts } from "../../charts/fetch.ts";
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

describe("fetching charts", () => {
  freshProject();

  it("fetches each chart of a repository, reading its index once", async () => {
    publish(["authn", "snowplow"]);
    const paths = await fetchCharts([step("authn"), step("snowplow")], options);
    assert.deepEqual(
      [...paths],
      [
        ["install-authn", "./.charts/authn-1.0.0.tgz"],
        ["install-snowplow", "./.charts/snowplow-1.0.0.tgz"],
      ],
    );
    assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));
    assert.deepEqual(server.requests.toSorted(), [
      "GET /charts/authn-1.0.0.tgz",
      "GET /charts/index.yaml",
      "GET /charts/snowplow-1.0.0.tgz",
    ]);
  });

  it("writes down source and digest beside the archive, and leaves no half file", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    assert.deepEqual(JSON.parse((await stored("authn-1.0.0.tgz.json")).toString()), {
      source: `${server.url}/charts`,
      digest: `sha256:${sha256(archive("authn 1.0.0"))}`,
    });
    assert.deepEqual((await readdir(join(folder, ".charts"))).toSorted(), [
      "authn-1.0.0.tgz",
      "authn-1.0.0.tgz.json",
    ]);
  });

  it("keeps archives where KRATEO_CHARTS_DIR says, so that stand-ins and charts stay apart", async () => {
    publish(["authn"]);
    process.env["KRATEO_CHARTS_DIR"] = ".rehearsal/charts";
    try {
      const paths = await fetchCharts([step("authn")], options);
      assert.deepEqual([...paths.values()], ["./.rehearsal/charts/authn-1.0.0.tgz"]);
      await readFile(join(folder, ".rehearsal", "charts", "authn-1.0.0.tgz"));
    } finally {
      delete process.env["KRATEO_CHARTS_DIR"];
    }
  });

  it("asks nothing of the network when all charts are there", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    server.requests.length = 0;
    await fetchCharts([step("authn")], options);
    assert.deepEqual(server.requests, []);
  });

  for (const [what, spoil] of [
    ["archive is damaged", (file: string) => writeFile(file, "x")],
    ["archive is gone", (file: string) => rm(file)],
    ["record is damaged", (file: string) => writeFile(`${file}.json`, "{")],
  ] as const) {
    it(`heals when the ${what}`, async () => {
      publish(["authn"]);
      await fetchCharts([step("authn")], options);
      await spoil(join(folder, ".charts", "authn-1.0.0.tgz"));
      await fetchCharts([step("authn")], options);
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));
      assert.match((await stored("authn-1.0.0.tgz.json")).toString(), /"digest": "sha256:/);
    });
  }

  it("fetches again what came from another source", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    const other = archive("authn of another repository");
    server.files.set(
      "/other/index.yaml",
      stringify({ entries: { authn: [{ version: "1.0.0", urls: ["a.tgz"] }] } }),
    );
    server.files.set("/other/a.tgz", other);
    await fetchCharts([step("authn", { url: `${server.url}/other` })], options);
    assert.deepEqual(await stored("authn-1.0.0.tgz"), other);
  });

  it("takes an archive out of the shared cache when the index names its digest", async () => {
    publish(["authn"]);
    await fetchCharts([step("authn")], options);
    server.requests.length = 0;
    const another = { ...options, directory: join(folder, "another") };
    await fetchCharts([step("authn")], another);
    assert.deepEqual(server.requests, ["GET /charts/index.yaml"]);
    assert.deepEqual(
      await readFile(join(folder, "another", ".charts", "authn-1.0.0.tgz")),
      archive("authn 1.0.0"),
    );
  });

  it("does not trust a damaged file in the shared cache", async () => {
    publish(["authn"]);
    const digest = sha256(archive("authn 1.0.0"));
    await mkdir(join(folder, "shared"));
    await writeFile(join(folder, "shared", `${digest}.tgz`), "x");
    await fetchCharts([step("authn")], options);
    assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));
  });

  it("two runs at once both end well", async () => {
    publish(["authn", "snowplow"]);
    const steps = [step("authn"), step("snowplow")];
    await Promise.all([fetchCharts(steps, options), fetchCharts(steps, options)]);
    assert.deepEqual(await stored("snowplow-1.0.0.tgz"), archive("snowplow 1.0.0"));
    assert.equal((await readdir(join(folder, ".charts"))).length, 4);
  });

  it("keeps a chart that two steps use once", async () => {
    publish(["authn"]);
    const paths = await fetchCharts([step("authn"), { ...step("authn"), id: "install-second" }], options);
    assert.deepEqual([...paths.values()], ["./.charts/authn-1.0.0.tgz", "./.charts/authn-1.0.0.tgz"]);
    assert.equal(server.requests.length, 2);
  });

  it("refuses two sources for one chart and version", async () => {
    const elsewhere = { ...step("authn", { url: "https://elsewhere.example.org" }), id: "install-second" };
    const [problem] = await problemsOf([step("authn"), elsewhere]);
    assert.equal(
      problem?.what,
      "step install-authn takes chart authn 1.0.0 from another place than another step does",
    );
  });

  describe("when something is wrong", () => {
    it("names a missing version, with the nearest ones", async () => {
      publish(["authn"]);
      const [problem] = await problemsOf([step("authn", { version: "1.0.1" })]);
      assert.deepEqual(problem, {
        what: "chart authn 1.0.1 cannot be fetched: finding the chart failed: the repository has no such version of it (it has 2)",
        file: `${server.url}/charts`,
        allowed: ["1.0.0", "0.9.0"],
        next: "correct the chart's name or version in the release document, or set krateo:chartMirror to a folder or URL that holds NAME-VERSION.tgz files, or to a bundle",
      });
    });

    it("names a missing chart, with the nearest one", async () => {
      publish(["authn", "snowplow"]);
      const [problem] = await problemsOf([step("auth")]);
      assert.deepEqual(problem?.allowed, ["authn"]);
    });

    it("refuses an archive that is not what the index says, and keeps nothing of it", async () => {
      publish(["authn"], (_, file) => ({ digest: "0".repeat(64), urls: [file] }));
      const [problem] = await problemsOf([step("authn")]);
      assert.equal(
        problem?.what,
        `chart authn 1.0.0 cannot be fetched: checking the archive failed: its sha256 is ${sha256(archive("authn 1.0.0"))}, ` +
          `but the index says ${"0".repeat(64)}: it is damaged or not what was published`,
      );
      assert.equal(problem.file, `${server.url}/charts/authn-1.0.0.tgz`);
      assert.deepEqual(await readdir(folder), []);
    });

    it("refuses what is no archive", async () => {
      publish(["authn"], (_, file) => ({ urls: [file] }));
      server.files.set("/charts/authn-1.0.0.tgz", "<html>");
      const [problem] = await problemsOf([step("authn")]);
      assert.match(problem?.what ?? "", /the downloaded file is not a gzip archive$/);
    });

    for (const [what, answer, reason] of [
      ["absent", undefined, "the server answers 404 Not Found"],
      [
        "no YAML",
        "a: [",
        "its index.yaml is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5:",
      ],
      ["something else", "<html></html>", "its index.yaml has no map `entries`: this is no Helm repository"],
    ] as const) {
      it(`says that the index is ${what}`, async () => {
        if (answer !== undefined) server.files.set("/charts/index.yaml", answer);
        const [problem] = await problemsOf([step("authn")]);
        assert.equal(
          problem?.what,
          `chart authn 1.0.0 cannot be fetched: finding the chart failed: ${reason}`,
        );
      });
    }

    it("does not ask again for what is not there", async () => {
      publish(["authn"]);
      server.files.delete("/charts/authn-1.0.0.tgz");
      const [problem] = await problemsOf([step("authn")]);
      assert.equal(problem?.file, `${server.url}/charts/authn-1.0.0.tgz`);
      assert.equal(server.requests.length, 2);
    });

    it("tries three times where another try may help", async () => {
      publish(["authn"]);
      let failures = 2;
      const content = archive("authn 1.0.0");
      server.files.set("/charts/authn-1.0.0.tgz", () => (failures-- > 0 ? { status: 503 } : content));
      await fetchCharts([step("authn")], options);
      assert.deepEqual(server.requests.filter((request) => request.includes("tgz")).length, 3);
    });

    it("says what is in the way of the archive in the project, and not to wait for the server", async () => {
      publish(["authn"]);
      const file = join(folder, ".charts", "authn-1.0.0.tgz");
      await mkdir(file, { recursive: true });
      const [problem] = await problemsOf([step("authn")]);
      assert.deepEqual(problem, {
        what: "chart authn 1.0.0 cannot be fetched: writing the archive failed: it is a folder",
        file,
        allowed: undefined,
        next: "let that file be written: remove what is in its way, or correct the rights of its folder",
      });
    });

    it("ends a redirect in a circle", async () => {
      server.files.set("/charts/index.yaml", { status: 302, headers: { location: "/charts/index.yaml" } });
      const [problem] = await problemsOf([step("authn")]);
      assert.match(problem?.what ?? "", /finding the chart failed: it redirects more than 10 times$/);
    });

    it("names a server that cannot be reached, and the way out", async () => {
      const gone = server.url;
      await server.close();
      const [problem] = await problemsOf([step("authn", { url: `${gone}/charts` })]);
      assert.deepEqual(problem, {
        what: `chart authn 1.0.0 cannot be fetched: finding the chart failed: the server cannot be reached: connection refused`,
        file: `${gone}/charts/index.yaml`,
        allowed: undefined,
        next: "run again once the server answers, or set krateo:chartMirror to a folder or URL that holds NAME-VERSION.tgz files, or to a bundle",
      });
    });

    it("names all charts of a repository that is away in one problem", async () => {
      const [problem, ...others] = await problemsOf([step("snowplow"), step("authn")]);
      assert.match(
        problem?.what ?? "",
        /^charts authn 1\.0\.0, snowplow 1\.0\.0 cannot be fetched: finding the chart failed: /,
      );
      assert.deepEqual(others, []);
    });

    it("keeps the missing versions of two charts apart", async () => {
      publish(["authn", "snowplow"]);
      const version = "2.0.0";
      const problems = await problemsOf([step("authn", { version }), step("snowplow", { version })]);
      assert.equal(problems.length, 2);
    });

    it("reports every chart that failed, and keeps the others", async () => {
      publish(["authn", "snowplow"]);
      const problems = await problemsOf([
        step("authn", { version: "2.0.0" }),
        step("snowplow"),
        step("nothing"),
      ]);
      assert.equal(problems.length, 2);
      assert.deepEqual(await stored("snowplow-1.0.0.tgz"), archive("snowplow 1.0.0"));
    });
  });
});
