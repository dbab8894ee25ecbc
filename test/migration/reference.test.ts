import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { krateoctlDocument } from "../../migration/krateoctl-document.ts";
import type { LegacyType } from "../../migration/legacy-defaults.ts";
import { versionProblems } from "../../migration/legacy-version.ts";
import { overridesText } from "../../migration/overrides-file.ts";
import { type GivenObject, merge, read, set, settingsOf, stepOf, without } from "./objects.ts";

/** Where the objects' own signing keys stand. */
const keyOf = (object: GivenObject): string =>
  String(stepOf(object, "create-jwt-sign-key").with.set?.find(({ name }) => /JWT/.test(name))?.value);

describe("the objects of a real Krateo 2.7.0 (KRATEO_LEGACY_OBJECTS names a folder with them)", () => {
  const folder = process.env["KRATEO_LEGACY_OBJECTS"] ?? "";

  before(function () {
    if (folder === "") this.skip();
    assert.ok(existsSync(folder), `KRATEO_LEGACY_OBJECTS: there is no folder ${folder}`);
  });

  const object = (type: LegacyType) =>
    parse(readFileSync(path.join(folder, `krateoplatformops-${type}.yaml`), "utf8")) as GivenObject;

  for (const type of ["nodeport", "loadbalancer", "ingress"] as const) {
    it(`unchanged, type ${type}, differs in nothing from what this program takes for its defaults`, async () => {
      const migration = merge(object(type));
      assert.deepEqual([migration.type, migration.otherTypes, migration.outcomes], [type, [], []]);
      assert.equal(overridesText(migration), undefined);
      assert.deepEqual(migration.notes, []);
      assert.deepEqual(versionProblems(migration.platform, "old.yaml"), []);
      assert.equal((await settingsOf(migration)).steps.length > 20, true);
    });

    it(`changed in several steps, type ${type}, keeps what was changed`, async () => {
      const changed = without(object(type), "install-opa");
      set(changed, "install-authn", { "image.repository": "r.example.org/authn", "env.API_TOKEN": "GOLDEN" });
      set(changed, "install-eventsse", { "service.nodePort": "31083" });
      set(changed, "install-core-provider", { "resources.limits.memory": "2Gi" });
      const migration = merge(changed);
      assert.equal(migration.type, type);
      assert.deepEqual(
        migration.outcomes.map(
          ({ change, outcome }) => `${change.step.id} ${change.path.at(-1)} ${outcome.kind}`,
        ),
        [
          "install-authn repository carried",
          "install-authn API_TOKEN carried",
          `install-eventsse nodePort ${type === "nodeport" ? "configured" : "left"}`,
          "install-core-provider memory carried",
          "install-opa undefined left",
        ],
      );
      const written = `${overridesText(migration)}${JSON.stringify(migration.stackKeys.map(({ value }) => value))}`;
      assert.ok(!written.includes(keyOf(changed)) && !written.includes("GOLDEN"));
      await settingsOf(migration);
    });

    it(`converted as upstream's CLI does, type ${type}, hold no key and belong to a component each`, () => {
      const { text, leftOut } = krateoctlDocument(read(object(type)), type);
      assert.ok(!text.includes(keyOf(object(type))));
      assert.deepEqual(leftOut, ["step create-jwt-sign-key: its Secret stays in the cluster as it is"]);
      const { componentsDefinition, steps } = parse(text) as {
        componentsDefinition: Record<string, { steps: string[] }>;
        steps: { id: string }[];
      };
      assert.deepEqual(
        Object.values(componentsDefinition)
          .flatMap((component) => component.steps)
          .sort(),
        steps.map(({ id }) => id).sort(),
      );
      assert.equal(steps.length, object(type).spec.steps.length - 1);
    });
  }

  it("of another version are refused, by the versions of their charts", () => {
    const older = object("nodeport");
    for (const { with: input } of older.spec.steps) if (input["version"]) input["version"] = "0.1.0";
    const [problem] = versionProblems(read(older), "old.yaml");
    assert.match(problem?.what ?? "", /^the object is not of Krateo 2\.7\.0: 19 of 19 charts/);
  });
});
