import assert from "node:assert/strict";
import { changesOf } from "../../migration/changes.ts";
import type { LegacyType } from "../../migration/legacy-defaults.ts";
import { overridesOf, overridesText } from "../../migration/overrides-file.ts";
import { valueAt } from "../../model/path.ts";
import {
  type GivenObject,
  lines,
  merge,
  read,
  set,
  settingsOf,
  stepOf,
  types,
  unchanged,
  without,
} from "./objects.ts";

describe("the migration of an unchanged object", () => {
  for (const type of types) {
    it(`finds type ${type}, no change and nothing to write, in any namespace`, async () => {
      const migration = merge(unchanged(type, "shop"));
      assert.deepEqual([migration.type, migration.otherTypes, migration.outcomes], [type, [], []]);
      assert.equal(overridesText(migration), undefined);
      assert.equal((await settingsOf(migration)).type, type);
    });
  }

  it("names the stack configuration that 3.0.0 needs", () => {
    const keys = (object: GivenObject) => merge(object).stackKeys.map(({ key, value }) => `${key} ${value}`);
    assert.deepEqual(keys(unchanged("nodeport")), ["krateo:type nodeport"]);
    assert.deepEqual(keys(unchanged("ingress", "shop")), [
      "krateo:type ingress",
      "krateo:namespace shop",
      "krateo:domain krateoplatformops.io",
    ]);
  });

  it("takes numbers and booleans as text for what they say", () => {
    const object = set(unchanged("ingress"), "install-authn", {
      "service.nodePort": "30082",
      "ingress.enabled": "true",
    });
    assert.deepEqual(lines(object), []);
  });

  it("never looks at the signing key", () => {
    const object = unchanged();
    set(object, "create-jwt-sign-key", { "stringData.JWT_SIGN_KEY": "GOLDEN" });
    assert.deepEqual(lines(object), []);
  });
});

describe("every change", () => {
  /** Each value of each step changed, removed, and a new one beside it. */
  function mutations(type: LegacyType): { name: string; object: GivenObject }[] {
    return unchanged(type).spec.steps.flatMap(({ id, type: kind, with: input }) => {
      const mutate = (name: string, change: (given: GivenObject) => void) => {
        const object = unchanged(type);
        change(object);
        return { name: `${id} ${name}`, object };
      };
      return [
        mutate("removed", (object) => void without(object, id)),
        ...Object.keys(input).flatMap((key) => [
          ...(["name", "apiVersion", "kind", "metadata"].includes(key)
            ? []
            : [mutate(`without ${key}`, (object) => void delete stepOf(object, id).with[key])]),
          ...(typeof input[key] === "string"
            ? [mutate(`other ${key}`, (object) => Object.assign(stepOf(object, id).with, { [key]: "other" }))]
            : []),
        ]),
        ...(kind === "chart"
          ? ["service.type", "env.A", "image.tag", "new.key"].map((name) =>
              mutate(`set ${name}`, (object) => void set(object, id, { [name]: "7" })),
            )
          : []),
      ];
    });
  }

  for (const type of types) {
    it(`of type ${type} has one outcome, with a reason where it is left, and loads`, async function () {
      this.timeout(60_000);
      const loaded = new Set<string>();
      for (const { name, object } of mutations(type)) {
        const platform = read(object);
        const migration = merge(object, type);
        assert.deepEqual(
          migration.outcomes.map(({ change }) => change),
          changesOf(platform, type),
          name,
        );
        for (const { outcome } of migration.outcomes) {
          if (outcome.kind === "left" || outcome.kind === "same") assert.ok(outcome.why.length > 10, name);
          if (outcome.kind !== "carried") continue;
          for (const { path, value } of outcome.overrides) {
            assert.deepEqual(valueAt(overridesOf(migration), path), value, name);
          }
        }
        const text = `${overridesText(migration)} ${JSON.stringify(migration.stackKeys)}`;
        if (loaded.has(text)) continue;
        loaded.add(text);
        await settingsOf(migration).catch((error: Error) => assert.fail(`${name}: ${error.message}`));
      }
    });
  }
});
