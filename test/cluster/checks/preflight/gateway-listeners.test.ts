import assert from "node:assert/strict";
import { found, listener, ofShared, toShared } from "./gateways.ts";

describe("preflight of type gateway", () => {
  const selectors: [selector: object, labels: Record<string, string> | undefined, isOpen: boolean][] = [
    [{ matchLabels: { team: "a" } }, { team: "a" }, true],
    [{ matchExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }] }, { team: "b" }, true],
    [{ matchExpressions: [{ key: "team", operator: "In", values: ["a"] }] }, {}, false],
    [{ matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }, {}, true],
    [{ matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }, { team: "a" }, false],
    [{ matchExpressions: [{ key: "team", operator: "Exists" }] }, { team: "x" }, true],
    [{ matchExpressions: [{ key: "team", operator: "DoesNotExist" }] }, { team: "x" }, false],
    [
      { matchLabels: { team: "a" }, matchExpressions: [{ key: "b", operator: "Exists" }] },
      { team: "a" },
      false,
    ],
    [{ matchLabels: { team: "a" } }, undefined, true],
  ];
  for (const [selector, labels, isOpen] of selectors) {
    it(`${isOpen ? "takes" : "refuses"} ${JSON.stringify(labels)} for ${JSON.stringify(selector)}`, () => {
      const given = {
        ...ofShared(listener({ allowedRoutes: { namespaces: { from: "Selector", selector } } })),
        namespaceLabels: new Map(labels ? [["krateo-system", labels]] : []),
      };
      assert.equal(found([toShared], given)[1]?.[0], isOpen ? "OK" : "ERROR");
    });
  }
});
