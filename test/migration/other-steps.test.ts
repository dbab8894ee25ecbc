import assert from "node:assert/strict";
import { overridesOf } from "../../migration/overrides-file.ts";
import type { Json } from "../../model/settings.ts";
import { authn, lines, merge, set, settingsOf, stepOf, unchanged, without } from "./objects.ts";

describe("steps that are there or missing as a whole", () => {
  const finops = unchanged()
    .spec.steps.map(({ id }) => id)
    .filter((id) => /finops|install-opa/.test(id));

  it("a component of which nothing is there is switched off", async () => {
    const migration = merge(without(unchanged(), ...finops));
    assert.deepEqual(overridesOf(migration), { components: { finops: { enabled: false } } });
    assert.ok(
      (await settingsOf(migration)).components.some(({ name, enabled }) => name === "finops" && !enabled),
    );
  });

  it("a component of which something is there stays as a whole", () => {
    assert.deepEqual(lines(without(unchanged(), "install-opa")), [
      "install-opa (step): left, only a whole component can be left out, and your object has others of finops, or others need it",
    ]);
  });

  it("a component that another one needs stays", async () => {
    const migration = merge(without(unchanged(), "install-frontend"));
    assert.deepEqual(migration.overrides, []);
    await settingsOf(migration);
  });

  it("components that only need each other go together", async () => {
    const migration = merge(without(unchanged(), "install-frontend", "install-composable-portal-starter"));
    assert.deepEqual(
      migration.overrides.map(({ path }) => path.join(".")),
      ["components.frontend.enabled", "components.portal-defaults.enabled"],
    );
    await settingsOf(migration);
  });

  it("a step that 3.0.0 has not either is no loss", () => {
    assert.deepEqual(lines(without(unchanged(), "install-sweeper")), ["install-sweeper (step): same"]);
  });

  it("a step of 2.7.0 is known by its chart under another id, too", () => {
    const object = unchanged();
    stepOf(object, "install-authn").id = "sso";
    set(object, "sso", { "image.pullPolicy": "Always" });
    assert.deepEqual(lines(object), [`sso values.image.pullPolicy: ${authn}.image.pullPolicy = "Always"`]);
  });

  const own: [what: string, type: string, input: Record<string, Json>, why: string][] = [
    [
      "a chart",
      "chart",
      { name: "shop", version: "1.0.0" },
      "Helm release shop stays as it is, and nobody looks after it any more",
    ],
    [
      "a chart that 3.0.0 brings",
      "chart",
      { name: "cloudnative-pg", releaseName: "cnpg" },
      "3.0.0 brings release cnpg itself and takes yours over",
    ],
    [
      "a chart with the name of one of 3.0.0's",
      "chart",
      { name: "shop", releaseName: "deviser" },
      "3.0.0 installs chart deviser as release deviser, and yours has that name",
    ],
    [
      "an object",
      "object",
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } },
      "the object stays in the cluster as it is, and nobody looks after it any more",
    ],
    [
      "a variable",
      "var",
      { name: "OWN", value: "1" },
      "only steps of a document of your own can use a variable of your own",
    ],
  ];
  for (const [what, type, input, why] of own) {
    it(`${what} of the user's own is named with its reason`, () => {
      const object = unchanged();
      object.spec.steps.push({ id: "own", type, with: input });
      assert.deepEqual(lines(object), [`own (step): left, ${why}`]);
    });
  }

  it("another Secret for the signing key needs a hand", () => {
    const object = unchanged();
    stepOf(object, "create-jwt-sign-key").with["metadata"] = { name: "own-key" };
    const [outcome] = merge(object).outcomes;
    assert.equal(
      outcome?.outcome.kind === "left" && outcome.outcome.next,
      "copy the key of Secret own-key into Secret jwt-sign-key, or everybody has to sign in again",
    );
  });
});
