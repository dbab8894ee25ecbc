import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { unchanged } from "../objects.ts";
import { directory, file, inEmptyProject, legacy, refused, run } from "./migrate-session.ts";

describe("krateo migrate", () => {
  inEmptyProject();

  it("shows examples and exit codes in its help", async () => {
    const { code, printed } = await run("--help");
    assert.equal(code, 0);
    assert.match(printed, /\nExamples:\n {2}npx krateo migrate --namespace krateo-system\n/);
    assert.match(printed, /\nExit codes: 0 /);
  });

  describe("from a file", () => {
    for (const type of ["nodeport", "loadbalancer", "ingress"]) {
      it(`writes overrides and document of the golden object ${type}, and no secret (finding 3)`, async () => {
        const from = join(legacy, `${type}.yaml`);
        const { code, printed, noted } = await run("--from", from, "--write", "--document");
        assert.equal(code, 0, noted);
        const written = [join(directory, "krateo-overrides.yaml"), join(directory, `krateo.${type}.yaml`)];
        assert.ok(printed.endsWith(`written: ${written.join(", ")}`), printed.slice(-300));
        assert.deepEqual(readdirSync(directory).sort(), ["krateo-overrides.yaml", `krateo.${type}.yaml`]);
        const texts = written.map((name) => readFileSync(name, "utf8"));
        assert.doesNotMatch(`${texts.join("")}${printed}`, /GOLDEN/);
        const [overrides = "", document = ""] = texts;
        assert.ok(Object.keys(parse(overrides).components).length > 2);
        assert.ok(parse(document).steps.length > 20);
        for (const line of overrides
          .split("\n")
          .filter((text) => /^ +\S+: \S/.test(text) && !text.includes("- "))) {
          if (/^ +(tolerationSeconds|path|pathType|hosts|size):/.test(line)) continue;
          assert.match(line, / # [\w-]+: (set|with\.|the step)/, line);
        }
      });
    }

    it("writes nothing where there is nothing to override", async () => {
      const { code, printed } = await run("--from", file("old.json", unchanged()), "--write");
      assert.equal(code, 0);
      assert.match(printed, /\nnothing in it differs from 2\.7\.0's defaults\n/);
      assert.match(printed, /\nnothing to write: no overrides are needed$/);
      assert.deepEqual(readdirSync(directory), ["old.json"]);
    });

    it("replaces no file without --force, and then writes none of them", async () => {
      const from = join(legacy, "nodeport.yaml");
      file("krateo.nodeport.yaml", "mine");
      const { code, noted } = await run("--from", from, "--write", "--document");
      assert.equal(code, 1);
      assert.match(
        noted,
        /^1 problem:\n1\. the file exists, and nothing was written\n {3}where: .*krateo\.nodeport\.yaml\n/,
      );
      assert.deepEqual(readdirSync(directory), ["krateo.nodeport.yaml"]);
      assert.equal((await run("--from", from, "--write", "--document", "--force")).code, 0);
      assert.match(
        readFileSync(join(directory, "krateo.nodeport.yaml"), "utf8"),
        /^# Krateo PlatformOps 3\.0\.0/,
      );
    });

    it("writes elsewhere with --output, into a folder that it makes", async () => {
      const output = join(directory, "new", "overrides.yaml");
      const { code } = await run("--from", join(legacy, "ingress.yaml"), "--write", "--output", output);
      assert.equal(code, 0);
      assert.match(readFileSync(output, "utf8"), /^# What krateo-system\/krateo/);
    });

    it("says when it cannot write, and leaves nothing half-written", async () => {
      const from = join(legacy, "ingress.yaml");
      mkdirSync(join(directory, "folder"));
      const words = ["--from", from, "--write", "--force", "--output", join(directory, "folder")];
      const { code, noted } = await run(...words);
      assert.equal(code, 1);
      assert.match(noted, /^1 problem:\n1\. the file cannot be written: E/);
      assert.deepEqual(readdirSync(directory), ["folder"]);
      file("plain", "x");
      await refused(
        /the file cannot be written: E/,
        "--from",
        from,
        "--write",
        "--output",
        join(directory, "plain", "x.yaml"),
      );
    });

    it("prints the document that upstream's CLI would make, without secrets", async () => {
      const { code, printed, noted } = await run(
        "--from",
        join(legacy, "nodeport.yaml"),
        "--format",
        "krateoctl",
      );
      assert.equal(code, 0);
      assert.deepEqual(Object.keys(parse(printed)), ["componentsDefinition", "steps"]);
      assert.doesNotMatch(printed, /GOLDEN/);
      assert.deepEqual(noted.split("\n"), [
        "left out: step create-jwt-sign-key: its Secret stays in the cluster as it is",
        "left out: step install-authn: values.env.OIDC_SECRET, a secret",
        "left out: step shop-login: its Secret stays in the cluster as it is",
        "type nodeport; the document is still Krateo 2.7.0's",
      ]);
    });

    it("writes it to krateo.yaml, once", async () => {
      const words = ["--from", join(legacy, "nodeport.yaml"), "--format", "krateoctl", "--write"];
      const { code, printed } = await run(...words);
      assert.deepEqual([code, printed], [0, ""]);
      assert.ok(parse(readFileSync(join(directory, "krateo.yaml"), "utf8")).steps.length > 10);
      await refused(/the file exists, and nothing was written/, ...words);
    });

    it("refuses an object of another version, by its charts", async () => {
      const object = unchanged();
      for (const step of object.spec.steps) if (step.type === "chart") step.with["version"] = "0.1.0";
      const from = file("old.json", object);
      await refused(
        /the object is not of Krateo 2\.7\.0: 19 of 19 charts have other versions than there\n {3}where: {3}.*old\.json\n {3}given: {3}authn 0\.1\.0 \(0\.22\.2\), snowplow 0\.1\.0 \(0\.20\.5\), eventrouter 0\.1\.0 \(0\.6\.5\), …\n {3}allowed: 2\.7\.0\n {3}next: {4}first upgrade it to 2\.7\.0: helm upgrade/,
        "--from",
        from,
      );
      await refused(/the object is not of Krateo 2\.7\.0/, "--from", from, "--format", "krateoctl");
    });

    for (const [words, message] of [
      [["--document"], "--document says how files are written, and without --write none is"],
      [["--force"], "--force says how files are written"],
      [["--output", "x"], "--output says how files are written"],
      [["--format", "krateoctl", "--json"], "--json has no place beside it"],
    ] as const) {
      it(`refuses ${words.join(" ")}`, () =>
        refused(new RegExp(message), "--from", join(legacy, "nodeport.yaml"), ...words));
    }
  });
});
