import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { readBundle } from "../../charts/bundle-file.ts";
import { withHelm } from "../cluster/helm-stand-in.ts";
import { krateo, type Run, withProject } from "./session.ts";

const document = JSON.stringify({
  componentsDefinition: { shop: { steps: ["a", "b"] } },
  steps: [
    { id: "a", type: "chart", with: { url: "https://c.example.org", repo: "cratedb", version: "0.1.4" } },
    { id: "b", type: "chart", with: { url: "https://c.example.org", repo: "deviser", version: "0.5.1" } },
  ],
});
const archives = ["cratedb-0.1.4.tgz", "deviser-0.5.1.tgz"];
const images = ["ghcr.io/krateoplatformops/crate:5.9.6", "ghcr.io/krateoplatformops/deviser:0.5.1"];

describe("krateo bundle", () => {
  let directory: string;
  let remove: () => void;
  let file: string;

  beforeEach(() => {
    ({ directory, remove } = withProject({
      "krateo.yaml": document,
      "krateo-overrides.yaml": "components: { shop: { helmDefaults: { replicaCount: 1 } } }\n",
      "Pulumi.dev.yaml": "config: { krateo:version: local, krateo:chartMirror: mirror }\n",
      "Pulumi.away.yaml": "config: { krateo:version: local, krateo:chartMirror: krateo.tar }\n",
    }));
    mkdirSync(join(directory, "mirror"));
    for (const name of archives) writeFileSync(join(directory, "mirror", name), gzipSync(name));
    file = join(directory, "krateo.tar");
  });
  afterEach(() => remove());

  const bundle = (name = file, stack = "dev"): Promise<Run> =>
    withHelm(undefined, () => krateo(directory, "bundle", name, "--stack", stack));

  it("writes charts, documents, lock, the list of images and the script that copies them", async () => {
    const { code, printed, noted } = await bundle();
    assert.equal(code, 0, noted);
    assert.equal(
      printed,
      `${file} has 2 charts, 2 documents, and the names of 2 images; copy-images.sh in it copies those`,
    );
    assert.match(
      noted,
      /^warning: step a: its pod installs packages from the internet each time it starts; without internet access leave it out: components\.shop\.enabled: false$/m,
    );
    const found = await readBundle(file);
    assert.deepEqual(
      [...found.keys()],
      [
        "bundle.json",
        ...archives.map((name) => `charts/${name}`),
        "copy-images.sh",
        "documents/krateo-overrides.yaml",
        "documents/krateo.yaml",
        "images.txt",
        "krateo.lock",
      ],
    );
    assert.equal(found.get("images.txt")?.toString(), `${images.join("\n")}\n`);
    assert.deepEqual(found.get("krateo.lock"), readFileSync(join(directory, "krateo.lock")));
  });

  it("has the same bytes each time", async () => {
    await bundle();
    await bundle(join(directory, "other.tar"));
    assert.ok(readFileSync(file).equals(readFileSync(join(directory, "other.tar"))));
  });

  it("serves as the chart mirror of a project that has nothing else", async () => {
    await bundle();
    for (const name of ["mirror", ".charts"]) rmSync(join(directory, name), { recursive: true });
    const cache = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = join(directory, "cache");
    try {
      const { code, noted } = await bundle(join(directory, "again.tar"), "away");
      assert.equal(code, 0, noted);
      assert.deepEqual(
        readdirSync(join(directory, ".charts")).filter((name) => name.endsWith(".tgz")),
        archives,
      );
    } finally {
      if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
      else process.env["XDG_CACHE_HOME"] = cache;
    }
  });

  it("writes nothing without a chart, and says what to do", async () => {
    rmSync(join(directory, "mirror", archives[0] as string));
    const { code, printed, noted } = await bundle();
    assert.deepEqual([code, printed, existsSync(file)], [1, "", false]);
    assert.match(
      noted,
      /chart cratedb 0\.1\.4 cannot be fetched: .*\n.*\n +next: {4}put the archive into the mirror/,
    );
  });

  it("is refused as a mirror where it is cut short, and nothing is written", async () => {
    await bundle();
    rmSync(join(directory, ".charts"), { recursive: true });
    writeFileSync(file, readFileSync(file).subarray(0, 2048));
    const { code, noted } = await bundle(join(directory, "again.tar"), "away");
    assert.deepEqual([code, existsSync(join(directory, "again.tar"))], [1, false]);
    assert.match(noted, /charts cratedb 0\.1\.4, deviser 0\.5\.1 cannot be fetched: .*cut short/);
    assert.match(noted, /next: {4}copy the file again, or make it anew .*npx krateo bundle FILE\.tar/);
  });

  it("is a file named .tar, in a folder that is there", async () => {
    const wrong = await bundle(join(directory, "krateo"));
    assert.equal(wrong.code, 1);
    assert.match(wrong.noted, /a bundle is a tar file/);
    const lost = await bundle(join(directory, "no", "krateo.tar"));
    assert.equal(lost.code, 1);
    assert.match(lost.noted, /the bundle cannot be written: its folder is not there; nothing was written/);
  });

  describe("has a script", () => {
    /** Runs it with stand-ins for the tools; returns what these were asked. */
    async function script(tools: readonly string[], ...words: string[]): Promise<string[]> {
      await bundle();
      const bin = join(directory, "bin");
      mkdirSync(bin, { recursive: true });
      const log = join(directory, "log");
      for (const tool of tools) {
        writeFileSync(join(bin, tool), `#!/bin/sh\necho "${tool} $*" >>${log}\n`, { mode: 0o755 });
      }
      const found = (await readBundle(file)).get("copy-images.sh") ?? "";
      writeFileSync(join(directory, "copy-images.sh"), found);
      const path = [bin, "/bin", "/usr/bin"].join(delimiter);
      execFileSync("/bin/sh", ["copy-images.sh", ...words], {
        cwd: directory,
        env: { PATH: path },
        stdio: "ignore",
      });
      return readFileSync(log, "utf8").trimEnd().split("\n");
    }
    const crate = "krateoplatformops/crate:5.9.6";

    it("that copies each image to where pods look for it", async () => {
      assert.deepEqual(await script(["skopeo", "crane"], "copy", "m.example.org/k"), [
        `skopeo copy --all docker://ghcr.io/${crate} docker://m.example.org/k/${crate}`,
        "skopeo copy --all docker://ghcr.io/krateoplatformops/deviser:0.5.1 docker://m.example.org/k/krateoplatformops/deviser:0.5.1",
      ]);
    });

    it("that does without skopeo", async () => {
      const [first] = await script(["crane"], "copy", "m.example.org/k/");
      assert.equal(first, `crane copy ghcr.io/${crate} m.example.org/k/${crate}`);
    });

    it("that goes by way of a folder", async () => {
      assert.equal(
        (await script(["crane"], "save", "images"))[0],
        `crane pull --format oci ghcr.io/${crate} images/${crate}`,
      );
      rmSync(join(directory, "log"));
      const [first] = await script(["crane"], "load", "images", "m.example.org");
      assert.equal(first, `crane push images/${crate} m.example.org/${crate}`);
    });

    it("that ends with the first image that fails, and says how it is called", async () => {
      await assert.rejects(script(["crane"], "copy"));
      const log = join(directory, "log");
      const failing = `#!/bin/sh\necho "$*" >>${log}\nexit 3\n`;
      writeFileSync(join(directory, "bin", "crane"), failing, { mode: 0o755 });
      await assert.rejects(script([], "copy", "m.example.org"));
      assert.equal(readFileSync(log, "utf8").trimEnd().split("\n").length, 1);
    });
  });
});
