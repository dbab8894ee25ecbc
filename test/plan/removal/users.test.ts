import assert from "node:assert/strict";
import { object, ofRelease, release } from "../../support/removal.ts";
import { plan, texts } from "./plan-in-words.ts";

describe("a removal", () => {
  describe("counts as users' objects", () => {
    const crd = object("CustomResourceDefinition notebooks.finops.krateo.io", ofRelease("uploader"));
    const chartsOwn = object("Notebook shop/costs");
    const uploader = release("uploader", [crd, chartsOwn]);
    const users = (...objects: ReturnType<typeof object>[]): string[] =>
      texts(plan({ releases: [uploader], objects: [crd, chartsOwn, ...objects] }).userObjects);

    it("those of a kind that goes, in any namespace, but not a chart's own", () => {
      assert.deepEqual(users(object("Notebook shop/mine"), object("Notebook far/mine")), [
        "Notebook far/mine",
        "Notebook shop/mine",
      ]);
    });

    it("none that only exists through another object", () => {
      const mine = object("Notebook shop/mine");
      assert.deepEqual(users(mine, object("Notebook shop/copy", { owners: [mine.uid] })), [
        "Notebook shop/mine",
      ]);
      assert.deepEqual(users(object("Notebook shop/mine", { owners: ["somebody not listed"] })), [
        "Notebook shop/mine",
      ]);
    });

    it("none of a kind that stays", () => {
      const kept = release("uploader", [], { kept: [crd] });
      const objects = [crd, object("Notebook shop/mine")];
      assert.deepEqual(plan({ releases: [kept], objects }).userObjects, []);
    });

    it("whatever is in a namespace that a release made, but for housekeeping", () => {
      const demo = object("Namespace demo");
      const portal = release("portal", [demo]);
      const objects = [
        demo,
        object("ConfigMap demo/notes"),
        object("ConfigMap demo/kube-root-ca.crt"),
        object("ServiceAccount demo/default"),
        object("ConfigMap shop/notes"),
      ];
      const result = plan({ releases: [portal], objects });
      assert.deepEqual(texts(result.userObjects), ["ConfigMap demo/notes"]);
      assert.deepEqual(result.waves, []);
    });
  });

  it("deletes first what users made of their own definitions, then what is held, then the rest", () => {
    const definitions = object("CustomResourceDefinition compositiondefinitions.core.krateo.io");
    const shops = object("CustomResourceDefinition shops.composition.krateo.io");
    const held = { finalizers: ["hold"] };
    const result = plan({
      releases: [release("core-provider", [definitions])],
      generated: { "core-provider": [shops.name] },
      objects: [
        definitions,
        shops,
        object("CompositionDefinition shop/free"),
        object("CompositionDefinition shop/held", held),
        object("Shop far/corner", held),
      ],
    });
    assert.deepEqual(result.waves.map(texts), [
      ["Shop far/corner"],
      ["CompositionDefinition shop/held"],
      ["CompositionDefinition shop/free"],
    ]);
    assert.deepEqual(texts(result.crds), [
      "CustomResourceDefinition compositiondefinitions.core.krateo.io",
      "CustomResourceDefinition shops.composition.krateo.io",
    ]);
  });

  it("leaves users' definitions alone when their maker is not this stack's", () => {
    const shops = object("CustomResourceDefinition shops.composition.krateo.io");
    const generated = { "core-provider": [shops.name] };
    assert.deepEqual(plan({ generated, objects: [shops, object("Shop far/corner")] }).crds, []);
  });
});
