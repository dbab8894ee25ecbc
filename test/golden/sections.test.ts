import assert from "node:assert/strict";
import { parse } from "yaml";
import { loadSettings } from "../../configuration/load.ts";
import { planOf } from "../../plan/plan.ts";
import { goldenInput, goldenInputs, secretsInput, typeOf } from "./inputs.ts";
import { planLines } from "./plan-lines.ts";
import { sectionsOf, settingsSections, snapshotSections, textOf } from "./sections.ts";

const loaded = (name: string) => loadSettings(goldenInput(name).config, import.meta.dirname);
/** Without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("what a golden shows in full", () => {
  for (const { name } of goldenInputs.filter((input) => typeOf(input.name) === input.name)) {
    it(`is all that the settings of type ${name} say, but the snapshot, and their plan`, async () => {
      const settings = await loaded(name);
      const { settings: shown, plan, ...steps } = parse(textOf(settingsSections(settings)));
      const { snapshot: _, ...expected } = settings;
      const shownSteps = Object.entries<object>(steps).map(([id, step]) => ({ id, ...step }));
      assert.deepEqual({ ...shown, steps: shownSteps }, plain(expected));
      assert.deepEqual(plan, planLines(planOf(settings)));
    });
  }

  it("is all that the Installation object stores", async () => {
    const { snapshot } = await loaded("nodeport");
    const { componentsDefinition, installationVersion, ...steps } = parse(textOf(snapshotSections(snapshot)));
    const shownSteps = Object.entries<object>(steps).map(([id, step]) => ({ id, ...step }));
    assert.deepEqual({ componentsDefinition, installationVersion, steps: shownSteps }, plain(snapshot));
  });

  it("masks secrets in every place that takes one", async () => {
    const { settings, ...steps } = parse(textOf(settingsSections(await loaded(secretsInput.name))));
    assert.deepEqual(settings.database.login, { user: "krateo", password: "[secret]" });
    assert.equal(steps["install-authn"].values.env.OIDC_SECRET, "[secret]");
    assert.equal(steps["install-oasgen-provider"].values.token, "[secret]");
    assert.deepEqual(steps["publish-events-presenter"].manifest.metadata.annotations, {
      "example.org/token": "[secret]",
    });
  });

  it("is the same bytes whatever the order of keys; a key that names the others stands first", () => {
    const [a, b] = [
      { beta: 1, name: "x", alpha: ["z", "w"] },
      { alpha: ["z", "w"], beta: 1, name: "x" },
    ];
    assert.deepEqual(sectionsOf({ a, b }), {
      a: "a:\n  name: x\n  alpha:\n    - z\n    - w\n  beta: 1\n",
      b: "b:\n  name: x\n  alpha:\n    - z\n    - w\n  beta: 1\n",
    });
  });

  it("folds no line, repeats what occurs twice, and quotes what some readers take for a boolean", () => {
    const long = "word ".repeat(40).trim();
    const twice = { long };
    assert.equal(
      textOf(sectionsOf({ a: [twice, twice, "off"] })),
      `a:\n  - long: ${long}\n  - long: ${long}\n  - "off"\n`,
    );
  });
});
