import assert from "node:assert/strict";
import { recordOf } from "../../configuration/snapshot.ts";
import { objectPanic, releasePanic, withNullsOf } from "../../rehearsal/plugins/null-comparison.ts";

/** An object as the state has it right after it was made from these inputs. */
const madeFrom = (inputs: Record<string, unknown>) => ({
  old: { ...inputs, status: { since: "then" } },
  oldInputs: inputs,
});
const object = (...args: unknown[]) => ({ kind: "Thing", spec: { args } });

describe("the Kubernetes provider from 4.30 on, as its stand-in has it,", () => {
  const cases: [
    rule: string,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    at?: string,
  ][] = [
    [
      "compares a list that has not changed, nulls or not",
      object({ a: 1, b: null }),
      object({ a: 1, b: null }),
    ],
    [
      "fails on a null that was there, and is there, in a list that changes elsewhere",
      object({ a: 1, b: null }, "x"),
      object({ a: 1, b: null }, "y"),
      "spec args 0 b",
    ],
    [
      "fails on it at any depth",
      object({ a: { b: [{ c: null }] } }, 1),
      object({ a: { b: [{ c: null }] } }, 2),
      "spec args 0 a b 0 c",
    ],
    ["compares a null that is new", object({ a: 1 }), object({ a: 1, b: null })],
    [
      "compares one that is gone: the next run without it mends a state",
      object({ a: 1, b: null }),
      object({ a: 1 }),
    ],
    ["compares a null in a map that is in no list", { a: { b: null }, c: 1 }, { a: { b: null }, c: 2 }],
    ["fails on an item that is null", object(null, 1), object(null, 2), "spec args 0"],
    [
      "fails on an item that was null and is gone with the end of the list",
      object(1, null),
      object(1),
      "spec args 1",
    ],
  ];
  for (const [rule, before, after, at] of cases) {
    it(rule, () => {
      const change = { ...madeFrom(before), newInputs: after };
      const found = [objectPanic(change), releasePanic(change)].map((text) =>
        text?.replace(/^path: \[(.*?)\].*/, "$1"),
      );
      assert.deepEqual(found, [at, at]);
    });
  }

  it("compares the snapshot that earlier versions stored with the one of today, and not with one of theirs", () => {
    const gone = { values: { runAsUser: null, log: "info" } };
    const snapshot = (log: string) => ({
      componentsDefinition: {},
      installationVersion: "3.0.0",
      steps: [{ id: "install-cnpg", type: "chart", with: { values: { ...gone.values, log } } }],
    });
    const stored = { spec: { spec: snapshot("info") } };
    const before = madeFrom(stored);
    assert.match(
      objectPanic({ ...before, newInputs: { spec: { spec: snapshot("debug") } } }) ?? "",
      /^path: \[spec spec steps 0 with values runAsUser\] /,
    );
    for (const log of ["info", "debug"]) {
      const { spec } = recordOf(snapshot(log));
      assert.equal(objectPanic({ ...before, newInputs: { spec: { spec } } }), undefined);
    }
  });

  it("keeps the nulls that an older one drops", () => {
    assert.deepEqual(
      withNullsOf({ a: null, b: [null, { c: null, d: 1 }], e: 1 }, { b: [{ d: 1 }], e: 2, f: 3 }),
      {
        a: null,
        b: [null, { c: null, d: 1 }],
        e: 2,
        f: 3,
      },
    );
  });
});
