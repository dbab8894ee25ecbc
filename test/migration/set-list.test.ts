import assert from "node:assert/strict";
import { type GivenEntry, laySetList } from "../../migration/set-list.ts";
import type { Json, JsonObject } from "../../model/settings.ts";

const values = (entries: GivenEntry[], below: JsonObject = {}) => laySetList(below, entries).values;

describe("a set list", () => {
  it("lets later entries win, and lays them over the step's values", () => {
    const entries = [
      { name: "a.b", value: "3" },
      { name: "a.b", value: "4" },
      { name: "list[0].host", value: "new" },
    ];
    assert.deepEqual(values(entries, { a: { b: 1, c: 2 }, list: [{ host: "one", path: "/" }] }), {
      a: { b: 4, c: 2 },
      list: [{ host: "new", path: "/" }],
    });
  });

  it("leaves a value as text with asString", () => {
    assert.deepEqual(values([{ name: "a", value: "30080", asString: true }]), { a: "30080" });
  });

  it("lays text over all else in a chart's step, and in its place in an object's", () => {
    const entries = [
      { name: "a", value: "1", asString: true },
      { name: "a", value: "2" },
    ];
    assert.deepEqual(laySetList({}, entries, { textLast: true }).values, { a: "1" });
    assert.deepEqual(laySetList({}, entries).values, { a: 2 });
  });

  for (const value of [undefined, null, ""]) {
    it(`sets nothing by an entry whose value is ${JSON.stringify(value)}, whatever its name`, () => {
      const entries: GivenEntry[] = ["a", "map[]", "", "a[x]"].map((name) => ({ name, value }));
      assert.deepEqual(laySetList({ a: 1 }, entries), { values: { a: 1 }, entries: [], dropped: [] });
    });
  }

  it("takes what is not text as it is meant: a file may hold it, though no installer took it", () => {
    const list: Json = [{ name: "regcred" }];
    const given = [
      { name: "a.b[1]", value: 7 },
      { name: "c", value: list },
    ];
    assert.deepEqual(values(given), { a: { b: [null, 7] }, c: list });
  });

  it("names each value that an entry sets, and says which stand in the object as they are", () => {
    const entries = [
      { name: "a", value: "1,b.c=x\\,y" },
      { name: "plain", value: "text" },
      { name: "escaped", value: "c:\\\\temp" },
    ];
    assert.deepEqual(
      laySetList({}, entries).entries.map(({ name, path, value, isPlain }) => [
        name,
        path.join("."),
        value,
        isPlain,
      ]),
      [
        ["a", "a", 1, false],
        ["a", "b.c", "x,y", false],
        ["plain", "plain", "text", true],
        ["escaped", "escaped", "c:\\temp", false],
      ],
    );
  });

  const stops = "; the installer of 2.7.0 stops at it";
  const dropped: [entry: GivenEntry, entryText: string, why: string][] = [
    [{ value: "x" }, "set[0]", "it has no name"],
    [{ name: null, value: "x" }, "set[0]", "it has no name"],
    [{ name: "[0].x", value: "x" }, "set[0] [0].x", "it has no name"],
    [
      { name: "p", value: "pass,word" },
      "set[0] p",
      `a key has no value; a comma that belongs to a value is written \\,${stops}`,
    ],
    [
      { name: "a[x]", value: "x" },
      "set[0] a[x]",
      `a list index is not a whole number between [ and ]${stops}`,
    ],
  ];
  for (const [entry, text, why] of dropped) {
    it(`drops ${JSON.stringify(entry)}, and says why`, () =>
      assert.deepEqual(laySetList({}, [entry]), {
        values: {},
        entries: [],
        dropped: [{ entry: text, why }],
      }));
  }
});
