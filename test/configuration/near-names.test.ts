import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nearNames, nearProfiles } from "../../configuration/near-names.ts";
import { load, reportOf } from "./project.ts";

const document = `componentsDefinition: {c: {steps: [v]}}\nsteps: [{id: v, type: var, with: {name: A, value: x}}]`;

describe("a file whose name is like a document's", () => {
  const table: [file: string, meant: string | undefined][] = [
    ["krateo-overrides.yml", "krateo-overrides.yaml"],
    ["krateo.overrides.yaml", "krateo-overrides.yaml"],
    ["krateo_overrides.yaml", "krateo-overrides.yaml"],
    ["krateooverrides.yaml", "krateo-overrides.yaml"],
    ["Krateo-Overrides.yaml", "krateo-overrides.yaml"],
    ["krateo-override.yaml", "krateo-overrides.yaml"],
    ["krateo-overrides.YAML", "krateo-overrides.yaml"],
    ["krateo.yml", "krateo.yaml"],
    ["Krateo.yaml", "krateo.yaml"],
    ["krateo-nodeport.yaml", "krateo.nodeport.yaml"],
    ["krateo-overrides.night.yml", "krateo-overrides.night.yaml"],
    ["krateo-overrides-night.yaml", "krateo-overrides.night.yaml"],
    ["krateo.overrides.night.yaml", "krateo-overrides.night.yaml"],
    ["Krateo-overrides.night.yaml", "krateo-overrides.night.yaml"],
    ["krateo-overrides.yaml", undefined],
    ["krateo-overrides.night.yaml", undefined],
    ["krateo-overrides.yaml.bak", undefined],
    ["krateo-2.7.0-backup.yaml", undefined],
    ["Pulumi.yaml", undefined],
  ];
  for (const [file, meant] of table) {
    it(`${file} ${meant === undefined ? "is none" : `is taken for ${meant}`}`, () => {
      const folder = mkdtempSync(path.join(tmpdir(), "krateo-near-"));
      try {
        writeFileSync(path.join(folder, file), "");
        const names = ["krateo-overrides.yaml", "krateo.yaml", "krateo.nodeport.yaml"];
        const near = [...nearNames(folder, names), ...nearProfiles(folder)];
        assert.deepEqual(near, meant === undefined ? [] : [{ file, meant, taken: false }]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("is refused when the document that is meant is not there", async () => {
    assert.deepEqual(await reportOf(load({ "krateo-overrides.yml": "components: {}" })), [
      "krateo-overrides.yml:- -: a file is not read: its name is not krateo-overrides.yaml",
    ]);
    assert.deepEqual(
      await reportOf(
        load({ "krateo.yaml": document, "krateo.nodeport.yml": document }, { version: "local" }),
      ),
      ["krateo.nodeport.yml:- -: a file is not read: its name is not krateo.nodeport.yaml"],
    );
  });

  it("is named when that one is there, too, or nothing asks for it", async () => {
    const { warnings } = await load({
      "krateo-overrides.yml": "",
      "krateo-overrides.yaml": "components: {}",
      "krateo-overrides.night.yml": "",
    });
    assert.deepEqual(warnings, [
      "krateo-overrides.yml is not read: the name of such a file is krateo-overrides.yaml",
      "krateo-overrides.night.yml is not read: the name of such a file is krateo-overrides.night.yaml",
    ]);
  });

  it("of a profile that is asked for is the way out that is named", async () => {
    const files = { "krateo-overrides.night.yml": "components: {}" };
    assert.deepEqual(await reportOf(load(files, { profiles: "night" })), [
      'stack configuration:- krateo:profiles: there is no profile "night"',
    ]);
  });

  it("is read where the stack configuration names it", async () => {
    const files = { "krateo-overrides.yml": "components: {finops: {enabled: false}}" };
    const { components, warnings } = await load(files, { overrides: "krateo-overrides.yml" });
    assert.equal(components.find(({ name }) => name === "finops")?.enabled, false);
    assert.deepEqual(warnings, []);
  });
});

describe("a document that cannot be read", () => {
  it("is named with the reason: it is a folder", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "krateo-near-"));
    mkdirSync(path.join(directory, "krateo-overrides.yaml"));
    try {
      const { loadSettings } = await import("../../configuration/load.ts");
      assert.deepEqual(await reportOf(loadSettings({ values: {}, secretKeys: [] }, directory)), [
        "krateo-overrides.yaml:- -: the file cannot be read: it is a folder",
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
