import assert from "node:assert/strict";
import { detectType } from "../../migration/changes.ts";
import { merge, read, set, stepOf, unchanged, without } from "./objects.ts";

describe("the type of an object", () => {
  it("is the one whose defaults it is nearest to", () => {
    const object = without(unchanged("ingress"), "install-opa");
    set(object, "install-authn", { "ingress.enabled": "false" });
    assert.deepEqual(detectType(read(object)), { type: "ingress", others: [] });
  });

  it("is a guess where nothing tells it, and says so", () => {
    const object = unchanged();
    object.spec.steps = [stepOf(object, "install-opa")];
    const { type, otherTypes } = merge(object);
    assert.deepEqual([type, otherTypes], ["nodeport", ["ingress"]]);
  });

  it("can be forced", () => {
    const { type, otherTypes, outcomes } = merge(unchanged("nodeport"), "loadbalancer");
    assert.deepEqual([type, otherTypes, outcomes.length > 0], ["loadbalancer", [], true]);
  });
});
