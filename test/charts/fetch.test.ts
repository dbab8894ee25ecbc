import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { type FetchOptions, fetchCharts } from "../../charts/fetch.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { ChartSource, ChartStep } from "../../model/settings.ts";
import { startProxy, type TestProxy } from "../network/proxies.ts";
import { chartStep } from "../support/settings.ts";
import { startServer, type TestServer } from "./server.ts";

const archive = (text: string): Buffer => gzipSync(text);
const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describe("fetching charts", () => {
  let server: TestServer;
  let folder: string;
  let options: FetchOptions;

  beforeEach(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), "krateo-charts-"));
    options = { directory: folder, cache: join(folder, "shared") };
  });

  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** A step whose chart comes from the test's server. */
  const step = (name: string, given: Partial<ChartSource> = {}): ChartStep =>
    chartStep(`install-${name}`, {
      chart: { name, version: "1.0.0", kind: "repository", url: `${server.url}/charts`, ...given },
    });

  /** Puts charts into the server's repository, each of version 1.0.0 and 0.9.0. */
  const publish = (
    names: readonly string[],
    entry: (content: Buffer, file: string) => object = wellKept,
  ): void => {
    const entries = Object.fromEntries(
      names.map((name) => {
        const versions = ["1.0.0", "0.9.0"].map((version) => {
          const content = archive(`${name} ${version}`);
          const file = `${name}-${version}.tgz`;
          server.files.set(`/charts/${file}`, content);
          return { version, ...entry(content, file) };
        });
        return [name, versions];
      }),
    );
    server.files.set("/charts/index.yaml", stringify({ apiVersion: "v1", entries }));
  };
  const wellKept = (content: Buffer, file: string) => ({ digest: sha256(content), urls: [file] });

  const stored = async (name: string): Promise<Buffer> => await readFile(join(folder, ".charts", name));

  const problemsOf = async (steps: readonly ChartStep[], given: FetchOptions = options) => {
    const error = await fetchCharts(steps, given).then(
      () => assert.fail("it should have failed"),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  };

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

  describe("where an archive is", () => {
    for (const [what, url] of [
      ["relative to the repository", "deep/authn.tgz"],
      ["absolute", "SERVER/charts/deep/authn.tgz"],
    ] as const) {
      it(`is the first of the index's urls, ${what}`, async () => {
        const urls = [url.replace("SERVER", server.url), "never.tgz"];
        server.files.set(
          "/charts/index.yaml",
          stringify({ entries: { authn: [{ version: "1.0.0", urls }] } }),
        );
        server.files.set("/charts/deep/authn.tgz", archive("deep"));
        await fetchCharts([step("authn")], options);
        assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("deep"));
      });
    }

    describe("in a repository with a login in its URL", () => {
      const basic = `Basic ${Buffer.from("ann:pass word").toString("base64")}`;
      const withLogin = (url: string): string => url.replace("//", "//ann:pass%20word@");
      const authorizations = async (urls: (other: string) => string[], redirect = ""): Promise<unknown[]> => {
        const other = await startServer();
        const seen: unknown[] = [];
        const content =
          (name: string) =>
          ({ authorization }: NodeJS.Dict<string | string[]>) => {
            seen.push(`${name}: ${authorization === basic ? "login" : authorization}`);
            return archive("private");
          };
        const entries = { authn: [{ version: "1.0.0", urls: urls(other.url) }] };
        server.files.set("/charts/index.yaml", stringify({ entries }));
        server.files.set("/charts/a.tgz", content("same"));
        server.files.set("/elsewhere/a.tgz", content("same"));
        other.files.set("/a.tgz", content("other"));
        const location = redirect === "other" ? `${other.url}/a.tgz` : "/elsewhere/a.tgz";
        server.files.set("/charts/moved.tgz", () => ({ status: 302, headers: { location } }));
        try {
          await fetchCharts([step("authn", { url: withLogin(`${server.url}/charts`) })], options);
        } finally {
          await other.close();
        }
        return seen;
      };

      it("signs in at a relative address", async () => {
        assert.deepEqual(await authorizations(() => ["a.tgz"]), ["same: login"]);
      });
      it("signs in at an absolute address of the same scheme, host and port", async () => {
        assert.deepEqual(await authorizations(() => [`${server.url}/elsewhere/a.tgz`]), ["same: login"]);
      });
      it("shows the login to no other host or port", async () => {
        assert.deepEqual(await authorizations((other) => [`${other}/a.tgz`]), ["other: undefined"]);
      });
      it("takes it along in a redirect to the same host and port", async () => {
        assert.deepEqual(await authorizations(() => ["moved.tgz"], "same"), ["same: login"]);
      });
      it("leaves it behind in a redirect to another", async () => {
        assert.deepEqual(await authorizations(() => ["moved.tgz"], "other"), ["other: undefined"]);
      });
    });

    it("is what came, byte by byte, though the server calls it a gzip encoding", async () => {
      publish(["authn"]);
      const body = archive("authn 1.0.0");
      server.files.set("/charts/authn-1.0.0.tgz", ({ "accept-encoding": accepted }) => {
        assert.equal(accepted, undefined);
        return { status: 200, headers: { "content-encoding": "gzip" }, body };
      });
      await fetchCharts([step("authn")], options);
      assert.deepEqual(await stored("authn-1.0.0.tgz"), body);
    });

    it("is at a port that fetch forbids", async () => {
      const forbidden = await startServer([10080, 6665, 6666, 6667, 6668, 6669, 6697, 4190]);
      try {
        forbidden.files.set("/web-1.0.0.tgz", archive("web"));
        const chart = { version: "", kind: "archive", url: `${forbidden.url}/web-1.0.0.tgz` } as const;
        await fetchCharts([step("web", chart)], options);
        assert.deepEqual(await stored("web.tgz"), archive("web"));
      } finally {
        await forbidden.close();
      }
    });

    it("is the URL itself for an archive URL, version or not", async () => {
      server.files.set("/x/web-1.tgz", archive("web"));
      const chart = { name: "web", version: "", kind: "archive", url: `${server.url}/x/web-1.tgz` } as const;
      const paths = await fetchCharts([step("web", chart)], options);
      assert.deepEqual([...paths.values()], ["./.charts/web.tgz"]);
    });

    it("is found through the registry's manifest for an OCI reference, with an anonymous token", async () => {
      const content = archive("from a registry");
      const digest = `sha256:${sha256(content)}`;
      const realm = `Bearer realm="${server.url}/token",service="reg",scope="repository:team/web:pull"`;
      const mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
      server.files.set("/token?service=reg&scope=repository%3Ateam%2Fweb%3Apull", '{"token": "t"}');
      server.files.set("/v2/team/web/manifests/1.0.0_build.2", ({ authorization }) =>
        authorization === "Bearer t"
          ? JSON.stringify({ layers: [{ mediaType, digest }] })
          : { status: 401, headers: { "www-authenticate": realm } },
      );
      server.files.set(`/v2/team/web/blobs/${digest}`, ({ authorization }) =>
        authorization === "Bearer t" ? content : { status: 401 },
      );
      const url = `${server.url.replace("http:", "oci:")}/team/web`;
      await fetchCharts([step("web", { kind: "oci", version: "1.0.0+build.2", url })], options);
      assert.deepEqual(await stored("web-1.0.0+build.2.tgz"), content);
    });
  });

  describe("from a mirror", () => {
    it("takes flat archives out of a folder, and looks nowhere else", async () => {
      await mkdir(join(folder, "mirror"));
      await writeFile(join(folder, "mirror", "authn-1.0.0.tgz"), archive("mirrored"));
      await fetchCharts([step("authn")], { ...options, mirror: "mirror" });
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("mirrored"));
      assert.deepEqual(server.requests, []);
    });

    it("notices that a folder's archive was rebuilt under the same version", async () => {
      await mkdir(join(folder, "mirror"));
      for (const text of ["first", "second"]) {
        await writeFile(join(folder, "mirror", "authn-1.0.0.tgz"), archive(text));
        await fetchCharts([step("authn")], { ...options, mirror: "mirror" });
        assert.deepEqual(await stored("authn-1.0.0.tgz"), archive(text));
      }
    });

    it("checks a folder's archive against its index, where it has one", async () => {
      await mkdir(join(folder, "mirror"));
      await writeFile(join(folder, "mirror", "authn-1.0.0.tgz"), archive("tampered"));
      const entries = { authn: [{ version: "1.0.0", digest: sha256(archive("published")) }] };
      await writeFile(join(folder, "mirror", "index.yaml"), stringify({ entries }));
      const [problem] = await problemsOf([step("authn")], { ...options, mirror: "mirror" });
      assert.match(
        problem?.what ?? "",
        /^chart authn 1\.0\.0 cannot be fetched: checking the archive failed: its sha256 is /,
      );
      assert.equal(problem?.next, "put the archive into the mirror, or correct krateo:chartMirror");
    });

    it("takes archives below a URL, with an index or without", async () => {
      server.files.set("/flat/authn-1.0.0.tgz", archive("flat"));
      await fetchCharts([step("authn")], { ...options, mirror: `${server.url}/flat` });
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("flat"));

      server.files.set(
        "/museum/index.yaml",
        stringify({ entries: { authn: [{ version: "1.0.0", urls: ["c/a.tgz"] }] } }),
      );
      server.files.set("/museum/c/a.tgz", archive("museum"));
      await fetchCharts([step("authn")], { ...options, mirror: `${server.url}/museum` });
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("museum"));
    });

    it("never follows a mirror's index out of the mirror", async () => {
      const urls = ["https://charts.example.org/authn-1.0.0.tgz"];
      server.files.set("/copied/index.yaml", stringify({ entries: { authn: [{ version: "1.0.0", urls }] } }));
      server.files.set("/copied/authn-1.0.0.tgz", archive("inside"));
      await fetchCharts([step("authn")], { ...options, mirror: `${server.url}/copied` });
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("inside"));
    });

    it("signs in with the user and password in its URL, and shows neither", async () => {
      const basic = `Basic ${Buffer.from("ann:pass word").toString("base64")}`;
      server.files.set("/m/authn-1.0.0.tgz", ({ authorization }) =>
        authorization === basic ? archive("private") : { status: 401 },
      );
      const mirror = `${server.url.replace("//", "//ann:pass%20word@")}/m`;
      await fetchCharts([step("authn")], { ...options, mirror });
      assert.doesNotMatch((await stored("authn-1.0.0.tgz.json")).toString(), /pass/);
      const [problem] = await problemsOf([step("gone")], { ...options, mirror });
      assert.doesNotMatch(JSON.stringify(problem), /pass/);
    });

    for (const [what, make, reason] of [
      ["a folder", (file: string) => mkdir(file), "downloading the archive failed: it is a folder"],
      ["empty", (file: string) => writeFile(file, ""), "checking the archive failed: it is empty"],
      [
        "text",
        (file: string) => writeFile(file, "<html>"),
        "checking the archive failed: the downloaded file is not a gzip archive",
      ],
      [
        "cut off",
        (file: string) => writeFile(file, archive("mirrored").subarray(0, 20)),
        "checking the archive failed: the gzip archive is cut off or damaged (unexpected end of file)",
      ],
    ] as const) {
      it(`says that an archive of it is ${what}`, async () => {
        await mkdir(join(folder, "mirror"));
        const file = join(folder, "mirror", "authn-1.0.0.tgz");
        await make(file);
        const [problem] = await problemsOf([step("authn")], { ...options, mirror: "mirror" });
        assert.equal(problem?.what, `chart authn 1.0.0 cannot be fetched: ${reason}`);
        assert.equal(problem?.file, file);
      });
    }

    it("says that an archive of it may not be read", async function () {
      if (process.getuid?.() === 0) this.skip();
      await mkdir(join(folder, "mirror"));
      await writeFile(join(folder, "mirror", "authn-1.0.0.tgz"), archive("mirrored"), { mode: 0 });
      const [problem] = await problemsOf([step("authn")], { ...options, mirror: "mirror" });
      assert.match(problem?.what ?? "", /downloading the archive failed: permission denied$/);
    });

    it("says that it is a file, or that its index is a folder", async () => {
      await writeFile(join(folder, "mirror"), "");
      const failed = "chart authn 1.0.0 cannot be fetched: finding the chart failed: ";
      const [first] = await problemsOf([step("authn")], { ...options, mirror: "mirror" });
      assert.equal(first?.what, `${failed}the mirror is a file: a folder or a URL is wanted`);
      await mkdir(join(folder, "other", "index.yaml"), { recursive: true });
      const [second] = await problemsOf([step("authn")], { ...options, mirror: "other" });
      assert.equal(second?.what, `${failed}it is a folder`);
    });

    it("names the file that a folder lacks", async () => {
      const [problem] = await problemsOf([step("authn")], { ...options, mirror: "nowhere" });
      assert.deepEqual(problem, {
        what: "chart authn 1.0.0 cannot be fetched: finding the chart failed: the mirror folder does not exist",
        file: join(folder, "nowhere"),
        allowed: undefined,
        next: "put the archive into the mirror, or correct krateo:chartMirror",
      });
    });
  });

  describe("through a proxy", () => {
    const names = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
    const own = names.map((name) => [name, process.env[name]] as const);
    let proxy: TestProxy;

    beforeEach(async () => {
      for (const name of names) delete process.env[name];
      proxy = await startProxy();
    });
    afterEach(async () => {
      await proxy.close();
      for (const [name, value] of own) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });

    /** The proxy answers itself, with what is no index; nothing else knows that host. */
    const reasonAt = async (url: string): Promise<string> => {
      const [problem] = await problemsOf([step("authn", { url })]);
      return (problem?.what ?? "").replace(/^.* failed: /, "");
    };

    it("asks it for the repository, where the variable has no scheme as well", async () => {
      process.env["http_proxy"] = `127.0.0.1:${proxy.port}`;
      assert.match(await reasonAt("http://charts.example.org/a"), /no map `entries`/);
      assert.deepEqual(proxy.asked, ["GET http://charts.example.org/a/index.yaml"]);
    });

    it("passes it by for what NO_PROXY lists, networks included", async () => {
      process.env["HTTP_PROXY"] = `http://127.0.0.1:${proxy.port}`;
      process.env["NO_PROXY"] = "192.0.2.0/24,198.51.100.7,.example.org";
      for (const url of ["http://charts.example.org/a", `${server.url}/charts`]) await reasonAt(url);
      assert.deepEqual(proxy.asked, []);
      await reasonAt("http://203.0.113.1/a");
      assert.deepEqual(proxy.asked, ["GET http://203.0.113.1/a/index.yaml"]);
    });

    it("names it, without its login, when it is away or refuses", async () => {
      process.env["HTTPS_PROXY"] = "http://ann:secret@127.0.0.1:1";
      const named = "through the proxy http://127.0.0.1";
      assert.equal(
        await reasonAt("https://charts.example.org/a"),
        `the server cannot be reached: connection refused, ${named}:1 (HTTPS_PROXY)`,
      );
      const strict = await startProxy({ login: "ann:secret" });
      process.env["HTTPS_PROXY"] = `http://127.0.0.1:${strict.port}`;
      const reason = await reasonAt("https://charts.example.org/a");
      await strict.close();
      assert.match(reason, /^the server cannot be reached: the proxy wants a login \(407\)/);
      assert.ok(reason.endsWith(`${named}:${strict.port} (HTTPS_PROXY)`), reason);
    });

    it("says in a sentence that the variable names none", async () => {
      process.env["HTTPS_PROXY"] = "ftp://ann:secret@proxy";
      const [problem, ...others] = await problemsOf([
        step("authn", { url: "https://charts.example.org/a" }),
        step("snowplow", { url: "https://charts.example.org/b" }),
      ]);
      assert.equal(problem?.what, "the variable HTTPS_PROXY of the environment names no proxy");
      assert.deepEqual(others, []);
      assert.doesNotMatch(JSON.stringify(problem), /secret/);
    });
  });

  describe("when something is wrong", () => {
    it("names a missing version, with the nearest ones", async () => {
      publish(["authn"]);
      const [problem] = await problemsOf([step("authn", { version: "1.0.1" })]);
      assert.deepEqual(problem, {
        what: "chart authn 1.0.1 cannot be fetched: finding the chart failed: the repository has no such version of it (it has 2)",
        file: `${server.url}/charts`,
        allowed: ["1.0.0", "0.9.0"],
        next: "correct the chart's name or version in the release document, or set krateo:chartMirror to a folder or URL that holds NAME-VERSION.tgz files",
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
        next: "run again once the server answers, or set krateo:chartMirror to a folder or URL that holds NAME-VERSION.tgz files",
      });
      server = await startServer();
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
