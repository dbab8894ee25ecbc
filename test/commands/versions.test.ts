import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../../configuration/load.ts";
import { startServer, type TestServer } from "../charts/server.ts";
import { stepOf, upstreamLike } from "../support/upstream-like.ts";
import { krateo } from "./session.ts";
import {
  add,
  directory,
  freshVersions,
  id,
  lockText,
  packed,
  put,
  traces,
  version,
} from "./versions-project.ts";

describe("krateo versions", () => {
  freshVersions();

  it("lists the bundled version where nothing was added", async () => {
    const { code, printed } = await krateo(directory, "versions", "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(printed), [
      { version: "3.0.0", from: "bundled", keepUpstream: [], problems: [] },
    ]);
  });

  it("adds a version from a folder, as its documents came, with their digests", async () => {
    const documents = { ...upstreamLike(), "krateo-overrides.new.yaml": "components: {}\n" };
    put({ ...documents, "README.md": "no document" });
    const { code, printed, noted } = await add("--from", "upstream");
    assert.equal(code, 0, noted);
    assert.match(printed, /^version 3\.1\.0 was added from upstream\n4 documents in versions\/3\.1\.0, /);
    assert.deepEqual(readdirSync(join(directory, "versions", version)).sort(), Object.keys(documents).sort());
    for (const [name, text] of Object.entries(documents)) {
      assert.equal(readFileSync(join(directory, "versions", version, name), "utf8"), text);
      assert.ok(
        lockText().includes(`${name}: sha256:${createHash("sha256").update(text).digest("hex")}`),
        name,
      );
    }
    const settings = await loadSettings({ values: { version }, secretKeys: [] }, directory);
    assert.equal(settings.platformVersion, version);
    const listed = JSON.parse((await krateo(directory, "versions", "--json")).printed);
    assert.deepEqual(listed[1], { version, from: "upstream", documents: 4, keepUpstream: [], problems: [] });
    assert.deepEqual(traces().sort(), ["krateo.lock", "versions"]);
  });

  it("says which corrections apply, and which upstream has made itself", async () => {
    put(
      upstreamLike((document) => {
        stepOf(document, "install-authn").with["values"] = {
          ...(stepOf(document, "install-authn").with["values"] as object),
          env: { AUTHN_KUBECONFIG_SERVER_URL: null, AUTHN_DEBUG: "false" },
        };
      }),
    );
    const { code, printed, noted } = await add("--from", "upstream", "--json");
    assert.equal(code, 0, noted);
    const { corrections } = JSON.parse(printed) as {
      corrections: { id: string; state: string; types: string[] }[];
    };
    const all = ["nodeport", "loadbalancer", "ingress", "gateway", "routes"];
    assert.deepEqual(
      corrections.filter(({ state }) => state === "obsolete").map((one) => [one.id, one.types]),
      [[id, all]],
    );
    assert.ok(corrections.some((one) => one.state === "applied" && one.id.endsWith("AUTHN_DUMP_ENV")));
  });

  const changed = () =>
    upstreamLike((document) => {
      const values = stepOf(document, "install-authn").with["values"] as { env: object };
      values.env = { ...values.env, AUTHN_DEBUG: "maybe" };
    });

  it("stops at a value that is corrected and has changed, and goes on when told to keep it", async () => {
    put(changed());
    const refused = await add("--from", "upstream");
    assert.equal(refused.code, 1);
    assert.match(refused.noted, /given: +"maybe"\n +allowed: +nothing, which is replaced by "false"/);
    assert.match(refused.noted, new RegExp(`add the version again as before with: --keep-upstream ${id}`));
    assert.deepEqual(traces(), []);
    const kept = await add("--from", "upstream", "--keep-upstream", id);
    assert.equal(kept.code, 0, kept.noted);
    assert.match(
      kept.printed,
      /not made, because upstream's value is kept: install-authn\.values\.env\.AUTHN_DEBUG/,
    );
    assert.match(lockText(), /keepUpstream:\n +- install-authn\.values\.env\.AUTHN_DEBUG/);
    const again = await add("--from", "upstream");
    assert.equal(again.code, 0, again.noted);
    assert.match(lockText(), /keepUpstream:\n +- install-authn\.values\.env\.AUTHN_DEBUG/);
  });

  it("reads no folder among the documents, and says of a file that is none of them to remove it", async () => {
    put(upstreamLike());
    await add("--from", "upstream");
    mkdirSync(join(directory, "versions", version, "notes"));
    assert.equal((await krateo(directory, "versions")).code, 0);
    writeFileSync(join(directory, "versions", version, "notes.txt"), "");
    const { code, printed } = await krateo(directory, "versions");
    assert.equal(code, 1);
    assert.match(printed, /notes\.txt: .*; remove it: in this folder are upstream's documents alone/);
  });

  it("replaces a version that is added again, and leaves it when the new documents are refused", async () => {
    put(upstreamLike());
    await add("--from", "upstream");
    const before = lockText();
    put(changed());
    assert.equal((await add("--from", "upstream")).code, 1);
    assert.equal(lockText(), before);
    assert.equal((await krateo(directory, "versions")).code, 0);
    assert.equal((await add("--from", "upstream", "--keep-upstream", id)).code, 0);
    assert.notEqual(lockText(), before);
  });

  it("keeps what krateo.lock has beside it", async () => {
    const pins = `charts:\n  https://charts.example.org:\n    a-1.0.0.tgz: sha256:${"0".repeat(64)}\n`;
    writeFileSync(join(directory, "krateo.lock"), pins);
    put(upstreamLike());
    await add("--from", "upstream");
    assert.ok(lockText().includes(pins), lockText());
  });

  it("fails to list a version whose documents have changed since", async () => {
    put(upstreamLike());
    await add("--from", "upstream");
    writeFileSync(join(directory, "versions", version, "krateo.ingress.yaml"), "steps: []\n");
    const { code, printed } = await krateo(directory, "versions");
    assert.equal(code, 1);
    assert.match(
      printed,
      /versions\/3\.1\.0\/krateo\.ingress\.yaml: a document .* is not the one that krateo\.lock records/,
    );
  });

  for (const gzip of [true, false]) {
    it(`adds a version from a tar archive, ${gzip ? "compressed" : "as it is"}`, async () => {
      writeFileSync(join(directory, "release-3.1.0.tgz"), packed(upstreamLike(), gzip));
      const { code, noted } = await add("--from", "release-VERSION.tgz");
      assert.equal(code, 0, noted);
      assert.equal(readdirSync(join(directory, "versions", version)).length, 3);
    });
  }

  describe("with a server", () => {
    let server: TestServer;
    beforeEach(async () => {
      server = await startServer();
    });
    afterEach(async () => {
      delete process.env["KRATEO_RELEASE_TOKEN"];
      await server.close();
    });

    it("adds a version from the URL of the project's key, with the token of the environment", async () => {
      const content = packed(upstreamLike());
      server.files.set("/tags/3.1.0.tar.gz", ({ authorization }) =>
        authorization === "Bearer secret" ? content : { status: 401 },
      );
      const source = `${server.url}/tags/VERSION.tar.gz`;
      const project = `name: krateo\nruntime: nodejs\nconfig:\n  krateo:releaseSource: ${source}\n`;
      writeFileSync(join(directory, "Pulumi.yaml"), project);
      const refused = await add();
      assert.equal(refused.code, 1);
      assert.match(refused.noted, /the server answers 401[\s\S]*give a token in KRATEO_RELEASE_TOKEN/);
      process.env["KRATEO_RELEASE_TOKEN"] = "secret";
      const { code, noted } = await add();
      assert.equal(code, 0, noted);
      assert.ok(!lockText().includes("secret"));
      server.requests.length = 0;
      await loadSettings({ values: { version }, secretKeys: [] }, directory);
      assert.deepEqual(server.requests, []);
    });

    const registry = (files: Readonly<Record<string, Buffer>>, tag: string) => {
      const layers = Object.entries(files).map(([name, content]) => {
        const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
        server.files.set(`/v2/team/releases/blobs/${digest}`, content);
        return { mediaType: "text/plain", digest, annotations: { "org.opencontainers.image.title": name } };
      });
      server.files.set(`/v2/team/releases/manifests/${tag}`, JSON.stringify({ layers }));
      return { reference: `${server.url.replace("http:", "oci:")}/team/releases`, layers };
    };

    it("adds a version from an OCI artifact of single files, tagged with the version", async () => {
      const files = Object.entries(upstreamLike()).map(([name, text]) => [name, Buffer.from(text)]);
      const { reference } = registry(Object.fromEntries(files), version);
      const { code, noted } = await add("--from", reference);
      assert.equal(code, 0, noted);
    });

    it("adds a version from an OCI artifact that is an archive, by its own tag", async () => {
      const { reference } = registry({ "releases.tar.gz": packed(upstreamLike()) }, "stable");
      const { code, noted } = await add("--from", `${reference}:stable`);
      assert.equal(code, 0, noted);
    });

    it("refuses a layer that is not what its manifest says", async () => {
      const { reference, layers } = registry({ "releases.tar.gz": packed(upstreamLike()) }, version);
      server.files.set(`/v2/team/releases/blobs/${layers[0]?.digest}`, "something else");
      const { code, noted } = await add("--from", reference);
      assert.equal(code, 1);
      assert.match(noted, /releases\.tar\.gz is damaged: its sha256 is not the one of its manifest/);
      assert.deepEqual(traces(), []);
    });

    it("says what a server does that cannot be reached, and that a token goes over https only", async () => {
      const { code, noted } = await add("--from", "http://127.0.0.1:1/x.tar.gz");
      assert.equal(code, 1);
      assert.match(noted, /the server cannot be reached[\s\S]*nothing was changed/);
      process.env["KRATEO_RELEASE_TOKEN"] = "secret";
      const plain = await add("--from", "http://git.example.org/x.tar.gz");
      assert.match(plain.noted, /KRATEO_RELEASE_TOKEN is only sent over https/);
      assert.ok(!plain.noted.includes("secret"));
    });
  });
});
