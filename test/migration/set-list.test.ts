import assert from "node:assert/strict";
import { applySetList, type GivenEntry, readSetList } from "../../migration/set-list.ts";
import type { Json, JsonObject } from "../../profiles/settings.ts";

const values = (entries: GivenEntry[], below: JsonObject = {}) =>
  applySetList(below, readSetList(entries).entries);

describe("a set list", () => {
  const names: [name: string, result: JsonObject][] = [
    ["a.b.c", { a: { b: { c: "x" } } }],
    [" a . b ", { a: { b: "x" } }],
    ["a\\.b.c", { "a.b": { c: "x" } }],
    ["a\\[0\\]", { "a[0]": "x" }],
    ["a[0]", { a: ["x"] }],
    ["a[1].b", { a: [null, { b: "x" }] }],
    ["m[0][1]", { m: [[null, "x"]] }],
    ["constructor.b", { constructor: { b: "x" } }],
    ["a=b", { "a=b": "x" }],
    ["a,b", { "a,b": "x" }],
    ["podAnnotations.example\\.org/team", { podAnnotations: { "example.org/team": "x" } }],
  ];
  for (const [name, result] of names) {
    it(`reads ${name} as ${JSON.stringify(result)}`, () =>
      assert.deepEqual(values([{ name, value: "x" }]), result));
  }

  const typed: [text: Json, value: Json][] = [
    ["30080", 30080],
    ["0", 0],
    ["-1", -1],
    ["007", "007"],
    ["1.10", "1.10"],
    ["3221225472", 3221225472],
    ["9007199254740993", "9007199254740993"],
    ["True", true],
    ["FALSE", false],
    [" true", " true"],
    ["null", null],
    ["", ""],
    [null, null],
    [7, 7],
    [["a"], ["a"]],
  ];
  for (const [text, value] of typed) {
    it(`gives ${JSON.stringify(text)} the type that Helm gives it: ${JSON.stringify(value)}`, () =>
      assert.deepEqual(values([{ name: "a", value: text }]), { a: value }));
  }

  it("leaves a value as text with asString", () => {
    assert.deepEqual(values([{ name: "a", value: "30080", asString: true }]), { a: "30080" });
  });

  it("takes an absent value as null", () => assert.deepEqual(values([{ name: "a" }]), { a: null }));

  it("lets later entries win, and lays them over the step's values, lists item by item", () => {
    const below: JsonObject & { list: Json[] } = {
      a: { b: 1, c: 2 },
      list: [{ host: "one", path: "/" }, { host: "two" }],
      text: "t",
    };
    const entries = [
      { name: "a.b", value: "3" },
      { name: "a.b", value: "4" },
      { name: "list[0].host", value: "new" },
      { name: "text.below", value: "x" },
    ];
    assert.deepEqual(values(entries, below), {
      a: { b: 4, c: 2 },
      list: [{ host: "new", path: "/" }, { host: "two" }],
      text: { below: "x" },
    });
    assert.deepEqual(below.list[0], { host: "one", path: "/" });
  });

  const unreadable = "its name cannot be read: keys are joined by dots, list items are [0], [1], …";
  const dropped: [entry: GivenEntry, entryText: string, why: string][] = [
    [{ value: "x" }, "set[0]", "it has no name"],
    [{ name: "" }, "set[0]", "it has no name"],
    [{ name: null }, "set[0]", "it has no name"],
    [{ name: " " }, "set[0]  ", "it has no name"],
    [{ name: "map[]" }, "set[0] map[]", "its name is what an empty map looks like when a template prints it"],
    [{ name: "[0].x" }, "set[0] [0].x", "its name starts with a list index"],
    [{ name: "a[1000]" }, "set[0] a[1000]", "its list index is above 999"],
    [{ name: "a.__proto__.b" }, "set[0] a.__proto__.b", "its name is reserved"],
    ...["[]", "a[]", "a[x]", "a[-1]", "a[0]b", "a..b", ".a", "a.", "a\\"].map(
      (name) => [{ name }, `set[0] ${name}`, unreadable] as [GivenEntry, string, string],
    ),
  ];
  for (const [entry, text, why] of dropped) {
    it(`drops ${JSON.stringify(entry)}, and says why`, () =>
      assert.deepEqual(readSetList([entry]), { entries: [], dropped: [{ entry: text, why }] }));
  }
});
