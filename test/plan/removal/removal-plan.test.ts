import assert from "node:assert/strict";
import { remainsOf } from "../../../plan/removal/removal-plan.ts";
import { marked, object, release } from "../../support/removal.ts";
import { plan, retained, texts } from "./plan-in-words.ts";

describe("a removal", () => {
  it("of nothing removes nothing", () => {
    assert.deepEqual(remainsOf(plan({})), []);
    assert.deepEqual(retained(plan({})), []);
  });

  it("takes the stack's releases, and leaves one of a configured name that the stack did not install", () => {
    const ours = release("cratedb");
    const theirs = release("core-provider");
    const stack = { filled: true, releases: [ours], interrupted: [], objects: [] };
    const result = plan({ stack, releases: [ours, theirs, release("unrelated")] });
    assert.deepEqual(result.releases, [ours]);
    assert.deepEqual(retained(result), [
      "Helm release shop/core-provider (core-provider 1.0.0): this stack did not install it; if it is yours: helm uninstall core-provider -n shop",
    ]);
  });

  it("takes releases that a killed run began, the last in the order of installation first", () => {
    const releases = [release("cratedb"), release("finops-notebooks"), release("cnpg")];
    const stack = { filled: true, releases: [], interrupted: releases, objects: [] };
    assert.deepEqual(
      plan({ stack, releases }).interrupted.map(({ name }) => name),
      ["finops-notebooks", "cratedb", "cnpg"],
    );
  });

  it("takes the stack's own objects, and keeps those that were there before", () => {
    const objects = [object("Secret shop/ours"), object("Secret shop/theirs"), object("Secret shop/other")];
    const [ours, theirs] = objects as [(typeof objects)[0], (typeof objects)[0]];
    const stack = {
      filled: true,
      releases: [],
      interrupted: [],
      objects: [
        { ...ours, retained: false },
        { ...theirs, retained: true },
      ],
    };
    const result = plan({ stack, objects });
    assert.deepEqual(texts(result.stackObjects), ["Secret shop/ours"]);
    assert.deepEqual(retained(result), ["Secret shop/theirs: it was there before this program"]);
  });

  it("takes what bears the program's mark though the state has lost it, unless another stack is at home", () => {
    const objects = [object("Secret shop/lost", marked), object("Secret elsewhere/lost", marked)];
    assert.deepEqual(texts(plan({ objects }).stackObjects), ["Secret shop/lost"]);
    const stack = { filled: false, releases: [], interrupted: [], objects: [] };
    assert.deepEqual(plan({ stack, objects, releases: [release("cratedb")] }).stackObjects, []);
  });

  it("keeps a cluster-scoped object of its mark while an installation elsewhere may need it", () => {
    const objects = [object("CustomResourceDefinition installations.krateo.io", marked)];
    assert.deepEqual(texts(plan({ objects }).crds), ["CustomResourceDefinition installations.krateo.io"]);
    assert.deepEqual(plan({ objects, elsewhere: { cratedb: ["other"] } }).crds, []);
  });

  it("names what is left, with what holds it", () => {
    const crd = object("CustomResourceDefinition notebooks.finops.krateo.io");
    const gone = { deletedAt: 1, finalizers: ["hold"] };
    const releases = [release("uploader", [crd], { status: "uninstalling" })];
    const objects = [crd, object("Notebook shop/mine", gone), object("Notebook shop/other")];
    assert.deepEqual(remainsOf(plan({ releases, objects })), [
      "Helm release shop/uploader (uninstalling)",
      "CustomResourceDefinition notebooks.finops.krateo.io",
      "Notebook shop/mine (being deleted, held by finalizer hold)",
    ]);
  });
});
