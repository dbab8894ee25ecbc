import assert from "node:assert/strict";
import { isUnstructured } from "../../../cluster/drift/unstructured.ts";

describe("a rendered object", () => {
  const kinds: [string, boolean][] = [
    ["v1", false],
    ["apps/v1", false],
    ["rbac.authorization.k8s.io/v1", false],
    ["apiextensions.k8s.io/v1", false],
    ["postgresql.cnpg.io/v1", true],
    ["gateway.networking.k8s.io/v1", true],
  ];
  for (const [apiVersion, expected] of kinds) {
    it(`of ${apiVersion} ${expected ? "is not" : "is"} compared with the live one by Helm`, () => {
      assert.equal(isUnstructured({ apiVersion }), expected);
    });
  }
});
