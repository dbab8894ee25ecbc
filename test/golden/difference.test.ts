import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { applyPatch, parsePatch } from "diff";
import { loadSettings } from "../../configuration/load.ts";
import type { Settings } from "../../model/settings.ts";
import { differenceOf, withOrder } from "./difference.ts";
import { goldenInput, goldenInputs, secretsInput, typeOf } from "./inputs.ts";
import { type Sections, settingsSections, snapshotSections } from "./sections.ts";

/** The variant's sections, from the base's and the difference alone. */
function applied(base: Sections, difference: string): Sections {
  const sections: Record<string, string> = { ...withOrder(base) };
  for (const patch of parsePatch(difference)) {
    const file = patch.newFileName === "/dev/null" ? patch.oldFileName : patch.newFileName;
    const section = file?.split("/")[1] as string;
    const text = applyPatch(sections[section] ?? "", patch, { fuzzFactor: 0 });
    assert.notEqual(text, false, `${file} does not apply`);
    sections[section] = text as string;
  }
  const order = sections["sections"]?.trim().split("\n") ?? [];
  return Object.fromEntries(order.map((section) => [section, sections[section] as string]));
}

describe("the difference between two goldens", () => {
  const base = { name: "base", sections: { a: "a\nb\nc\nd\n", b: "x\n", c: "y\n" } };
  const differenceTo = (sections: Sections) => differenceOf(base, { name: "variant", sections });

  it("shows the lines that differ, section by section", () => {
    assert.equal(
      differenceTo({ a: "a\nb\nC\nd\n", b: "x\n", c: "y\nz\n" }),
      `--- base/a
+++ variant/a
@@ -2,3 +2,3 @@
 b
-c
+C
 d
--- base/c
+++ variant/c
@@ -1,1 +1,2 @@
 y
+z
`,
    );
  });

  it("shows sections that one of them lacks, and where they stand", () => {
    assert.equal(
      differenceTo({ a: "a\nb\nc\nd\n", n: "new\n", c: "y\n" }),
      `--- base/sections
+++ variant/sections
@@ -1,3 +1,3 @@
 a
-b
+n
 c
--- base/b
+++ /dev/null
@@ -1,1 +0,0 @@
-x
--- /dev/null
+++ variant/n
@@ -0,0 +1,1 @@
+new
`,
    );
  });

  it("is empty where there is none", () => assert.equal(differenceTo({ ...base.sections }), ""));

  it("shows another order", () => {
    const sections = { b: "x\n", a: "a\nb\nc\nd\n", c: "y\n" };
    assert.deepEqual(
      Object.entries(applied(base.sections, differenceTo(sections))),
      Object.entries(sections),
    );
  });
});

describe("a variant's golden loses nothing: applied to its type it gives the variant's full text", () => {
  const check = (name: string, kind: string, show: (settings: Settings) => Sections) =>
    it(`${kind}${name}.diff`, async () => {
      const sectionsOf = async (input: string) =>
        show(await loadSettings(goldenInput(input).config, import.meta.dirname));
      const difference = readFileSync(path.join(import.meta.dirname, `${kind}${name}.diff`), "utf8");
      const found = applied(await sectionsOf(typeOf(name)), difference);
      assert.deepEqual(Object.entries(found), Object.entries(await sectionsOf(name)));
    });

  for (const { name } of goldenInputs) if (typeOf(name) !== name) check(name, "", settingsSections);
  check(secretsInput.name, "snapshot.", ({ snapshot }) => snapshotSections(snapshot));
});
