import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeBundle } from "../../charts/bundle-file.ts";
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
import { startServer } from "./server.ts";

describe("fetching charts", () => {
  freshProject();

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
  });

  describe("from a mirror", () => {
    it("takes flat archives out of a folder, and looks nowhere else", async () => {
      await mkdir(join(folder, "mirror"));
      await writeFile(join(folder, "mirror", "authn-1.0.0.tgz"), archive("mirrored"));
      await fetchCharts([step("authn")], { ...options, mirror: "mirror" });
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("mirrored"));
      assert.deepEqual(server.requests, []);
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

    it("takes archives below a URL without an index", async () => {
      server.files.set("/flat/authn-1.0.0.tgz", archive("flat"));
      await fetchCharts([step("authn")], { ...options, mirror: `${server.url}/flat` });
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("flat"));
    });

    it("takes archives below a URL with an index", async () => {
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

    it("says that it is a file and no bundle, or that its index is a folder", async () => {
      await writeFile(join(folder, "mirror"), "");
      const failed = "chart authn 1.0.0 cannot be fetched: finding the chart failed: ";
      const [first] = await problemsOf([step("authn")], { ...options, mirror: "mirror" });
      assert.equal(first?.what, `${failed}the file is no bundle, or one that is cut short`);
      assert.match(first?.next ?? "", /^copy the file again, or make it anew .*npx krateo bundle FILE\.tar$/);
      await mkdir(join(folder, "other", "index.yaml"), { recursive: true });
      const [second] = await problemsOf([step("authn")], { ...options, mirror: "other" });
      assert.equal(second?.what, `${failed}it is a folder`);
    });

    it("may be a bundle, whose charts have the digests that krateo.lock pins", async () => {
      publish(["authn"]);
      await fetchCharts([step("authn")], options);
      await rm(join(folder, ".charts"), { recursive: true });
      const file = join(folder, "krateo.tar");
      const name = "charts/authn-1.0.0.tgz";
      const bundled = { ...options, mirror: "krateo.tar", cache: join(folder, "empty") };
      await writeBundle(file, "3.0.0", new Map([[name, archive("authn 1.0.0")]]));
      await fetchCharts([step("authn")], bundled);
      assert.deepEqual(await stored("authn-1.0.0.tgz"), archive("authn 1.0.0"));

      await rm(join(folder, ".charts"), { recursive: true });
      await writeBundle(file, "3.0.0", new Map([[name, archive("another authn")]]));
      const [changed] = await problemsOf([step("authn")], bundled);
      assert.equal(changed?.what, "chart authn 1.0.0 is not the archive that krateo.lock pins");
      assert.equal(changed?.file, file);
    });

    it("names all charts that a bundle lacks, with the next command", async () => {
      await writeBundle(join(folder, "krateo.tar"), "3.0.0", new Map());
      const steps = [step("authn"), step("snowplow")];
      assert.deepEqual(await problemsOf(steps, { ...options, mirror: "krateo.tar" }), [
        {
          what: "charts authn 1.0.0, snowplow 1.0.0 cannot be fetched: finding the chart failed: the bundle does not hold this archive",
          file: join(folder, "krateo.tar"),
          allowed: undefined,
          next: "make a bundle of this very stack where its charts can be fetched: pulumi config rm krateo:chartMirror, then npx krateo bundle FILE.tar",
        },
      ]);
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
});
