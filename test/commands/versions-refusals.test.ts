import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { upstreamLike } from "../support/upstream-like.ts";
import { krateo } from "./session.ts";
import { add, directory, freshVersions, id, packed, put, traces, version } from "./versions-project.ts";

describe("krateo versions add", () => {
  freshVersions();

  const damaged: [what: string, source: () => string | Buffer, said: RegExp][] = [
    [
      "without documents",
      () => packed({ "README.md": "x" }),
      /it has no release documents: no krateo\.TYPE\.yaml/,
    ],
    [
      "with documents in two folders",
      () => packed(Object.fromEntries(["a", "b"].map((name) => [`${name}/krateo.yaml`, ""]))),
      /release documents in two folders, releases-3\.1\.0\/a and releases-3\.1\.0\/b/,
    ],
    [
      "without the document of a type",
      () => {
        const { "krateo.ingress.yaml": _, ...documents } = upstreamLike();
        return packed(documents);
      },
      /version 3\.1\.0 has no release document for type ingress/,
    ],
    ["that is cut off", () => packed(upstreamLike()).subarray(0, 900), /it is cut off or damaged/],
    ["that is none", () => "text, but no archive", /it is no tar archive/],
    ["of another kind", () => Buffer.from("PK\u0003\u0004"), /it is a zip archive: take the \.tar\.gz/],
    [
      "with a newer document",
      () => packed(upstreamLike((document) => Object.assign(document, { schedule: "daily" }))),
      /krateo\.nodeport\.yaml.*schedule/,
    ],
    [
      "with an unknown kind of step",
      () => packed(upstreamLike(({ steps }) => Object.assign(steps[0] ?? {}, { type: "script" }))),
      /steps\[0\]\.type[\s\S]*chart, var, object/,
    ],
    [
      "with a manifest that nobody knows",
      () => packed({ ...upstreamLike(), "post-upgrade.yaml": "kind: Job\n" }),
      /versions\/3\.1\.0\/post-upgrade\.yaml[\s\S]*--keep-upstream post-upgrade\.yaml/,
    ],
    [
      "with an override file of its own",
      () => packed({ ...upstreamLike(), "krateo-overrides.yaml": "components: {}\n" }),
      /krateo-overrides\.yaml/,
    ],
  ];
  for (const [what, source, said] of damaged) {
    it(`refuses an archive ${what}, and writes nothing`, async () => {
      writeFileSync(join(directory, "release.tgz"), source());
      const { code, noted } = await add("--from", "release.tgz");
      assert.equal(code, 1);
      assert.match(noted, said);
      assert.match(noted, /next:/);
      assert.deepEqual(traces(), []);
      assert.ok(!existsSync(join(directory, "versions")));
    });
  }

  for (const [name, said] of [
    ["v3.1.0", /this is no platform version[\s\S]*three numbers/],
    ["../x", /this is no platform version/],
    ["3.0.0", /version 3\.0\.0 comes with this program/],
  ] as const) {
    it(`does not take ${name} for a version`, async () => {
      const { code, noted } = await krateo(directory, "versions", "add", name, "--from", ".");
      assert.equal(code, 1);
      assert.match(noted, said);
    });
  }

  it("refuses to keep what is no correction, the nearest name first", async () => {
    put(upstreamLike());
    const { code, noted } = await add("--from", "upstream", "--keep-upstream", id.replace("DEBUG", "DEBUGG"));
    assert.equal(code, 1);
    assert.match(noted, new RegExp(`allowed: ${id.replaceAll(".", "\\.")}, `));
    assert.deepEqual(traces(), []);
  });

  it("leaves what was there when krateo.lock cannot be changed", async () => {
    put(upstreamLike());
    assert.equal((await add("--from", "upstream")).code, 0);
    const file = join(directory, "versions", version, "krateo.nodeport.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(join(directory, "krateo.lock"), "charts: [");
    put({ "krateo.nodeport.yaml": `${before}# newer\n` });
    const { code, noted } = await add("--from", "upstream");
    assert.equal(code, 1);
    assert.match(noted, /krateo\.lock, line 1[\s\S]*restore the file from version control/);
    assert.equal(readFileSync(file, "utf8"), before);
    assert.deepEqual(traces().sort(), ["krateo.lock", "versions"]);
  });
});
