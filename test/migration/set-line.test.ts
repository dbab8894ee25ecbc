import assert from "node:assert/strict";
import { laySetLine, SetLineError } from "../../migration/set-line.ts";
import type { JsonObject } from "../../model/settings.ts";

/** Read off Helm's own tests of --set, and its parser; where a row is Krateo's, its values are like those in public objects. */
const rules: [rule: string, rows: [line: string, result: JsonObject][]][] = [
  [
    "types",
    [
      ["a=30080", { a: 30080 }],
      ["a=0", { a: 0 }],
      ["a=-1", { a: -1 }],
      ["a=+5", { a: 5 }],
      ["a=-0", { a: 0 }],
      ["a=-007", { a: -7 }],
      ["a=007", { a: "007" }],
      ["a=00", { a: "00" }],
      ["a=1.10", { a: "1.10" }],
      ["a=1e3", { a: "1e3" }],
      ["a=0x1F", { a: "0x1F" }],
      ["a=3221225472", { a: 3221225472 }],
      ["a=9007199254740993", { a: "9007199254740993" }],
      ["a=True", { a: true }],
      ["a=FALSE", { a: false }],
      ["a= true", { a: " true" }],
      ["a=yes", { a: "yes" }],
      ["a=null", { a: null }],
      ["a=Null", { a: null }],
      ["a=~", { a: "~" }],
      ["a=", { a: "" }],
    ],
  ],
  [
    "keys",
    [
      ["a.b.c=x", { a: { b: { c: "x" } } }],
      [" a . b =x", { " a ": { " b ": "x" } }],
      ["a\\.b.c=x", { "a.b": { c: "x" } }],
      ["a\\[0\\]=x", { "a[0]": "x" }],
      ["a\\=b=x", { "a=b": "x" }],
      ["a\\,b=x", { "a,b": "x" }],
      ["a=b=x", { a: "b=x" }],
      ["constructor.b=x", { constructor: { b: "x" } } as unknown as JsonObject],
      ["a.b=1,a.c=2", { a: { b: 1, c: 2 } }],
      ["imagePullSecrets.0.name=regcred", { imagePullSecrets: { "0": { name: "regcred" } } }],
      ["podAnnotations.example\\.org/team=7", { podAnnotations: { "example.org/team": 7 } }],
      [
        "annotations.service\\.beta\\.kubernetes\\.io/x=y",
        { annotations: { "service.beta.kubernetes.io/x": "y" } },
      ],
    ],
  ],
  [
    "escapes and commas",
    [
      ["a=x\\,y", { a: "x,y" }],
      ["a=c:\\\\temp", { a: "c:\\temp" }],
      ["a=c:\\temp", { a: "c:temp" }],
      ["a=x\\", { a: "x" }],
      ["a=1,second.key=2", { a: 1, second: { key: 2 } }],
      ["a=1,", { a: 1 }],
      ["a=,b=2", { a: "", b: 2 }],
      ["a=1,b.", { a: 1 }],
      ["a=https://x.org/?q=1&r=2", { a: "https://x.org/?q=1&r=2" }],
      ['a={"k": 1}', { a: ['"k": 1'] }],
    ],
  ],
  [
    "lists",
    [
      ["a={x,y}", { a: ["x", "y"] }],
      ["a={1,true,null,007}", { a: [1, true, null, "007"] }],
      ["a={x\\,y,z}", { a: ["x,y", "z"] }],
      ["a={x}, b=2", { a: ["x"], " b": 2 }],
      ["a={x},b=2", { a: ["x"], b: 2 }],
      ["a={}", { a: [""] }],
      ["a=\\{x}", { a: "{x}" }],
      ["a=x{y,b=1", { a: "x{y", b: 1 }],
      ["a[0]=x", { a: ["x"] }],
      ["a[1].b=x", { a: [null, { b: "x" }] }],
      ["a[0].b=1,a[0].c=2", { a: [{ b: 1, c: 2 }] }],
      ["a[0]=x,a[3]=y", { a: ["x", null, null, "y"] }],
      ["m[0][1]=x", { m: [[null, "x"]] }],
      ["m[1][1]=1", { m: [null, [null, 1]] }],
      ["a[0]={x,y}", { a: [["x", "y"]] }],
      ["a[0]", { a: [] }],
      ["a[0]=", { a: [""] }],
      ["a[0]=text,a[0].b=1", { a: [{ b: 1 }] }],
    ],
  ],
  [
    "what has no name",
    [
      ["=x", {}],
      ["[0]=x", {}],
      [".a=x", {}],
      ["", {}],
    ],
  ],
];

const noValue = "a key has no value; a comma that belongs to a value is written \\,";
const noList = "an index is given, but there is no list";
const badIndex = "a list index is not a whole number between [ and ]";
const between = "something stands between a list index and what follows it";
const refused: [line: string, why: string][] = [
  ["a", noValue],
  ["a.b", noValue],
  ["a=1,b", noValue],
  ["a=pass,word", noValue],
  ["a,b=1", noValue],
  ["a=1,,,b=2", noValue],
  ["a\\=x", noValue],
  ["a.=x", "a key has no name behind its dot"],
  ["a..b=x", "a key has no name behind its dot"],
  ["a={x,y", "a list that begins with { does not end with }"],
  ["a={x}y", noValue],
  ["a[x]=1", badIndex],
  ["a[]=1", badIndex],
  ["a[0=1", badIndex],
  ["a[-1]=1", "a list index is below 0 or above 65536"],
  ["a[65537]=1", "a list index is below 0 or above 65536"],
  ["a[0]b=1", between],
  ["a[0]name.foo=1", between],
  ["a=1,a.b=2", "a key is given, but there is no map"],
  ["a=null,a.b=2", "a key is given, but there is no map"],
  ["a.b=1,a[0]=2", noList],
  ["a[0]=1,a[0][0]=2", noList],
  ["__proto__.b=1", "a key is called __proto__, which is reserved"],
  [`${"a.".repeat(31)}b=1`, "a key has more than 30 levels"],
];

describe("a line of Helm's --set", () => {
  for (const [rule, rows] of rules) {
    for (const [line, result] of rows) {
      it(`${rule}: ${line} is ${JSON.stringify(result)}`, () =>
        assert.deepEqual(laySetLine({}, line).values, result));
    }
  }

  for (const [line, why] of refused) {
    it(`is refused: ${line.slice(0, 20)}`, () =>
      assert.throws(() => laySetLine({}, line), new SetLineError(why)));
  }

  it("keeps text as text, in lists too, with --set-string", () => {
    const { values } = laySetLine({}, "a=1,b={true,null},c[0]=0", { asText: true });
    assert.deepEqual(values, { a: "1", b: ["true", "null"], c: ["0"] });
  });

  it("is laid over what is there, which it does not change", () => {
    const below: JsonObject & { list: JsonObject[] } = {
      a: { b: 1, c: 2 },
      list: [{ host: "one", path: "/" }, { host: "two" }],
    };
    const { values, assignments } = laySetLine(below, "a.b=3,list[0].host=new,list[1]={x}");
    assert.deepEqual(values, { a: { b: 3, c: 2 }, list: [{ host: "new", path: "/" }, ["x"]] });
    assert.deepEqual(below.list[0], { host: "one", path: "/" });
    assert.deepEqual(assignments, [
      { path: ["a", "b"], value: 3 },
      { path: ["list", 0, "host"], value: "new" },
      { path: ["list", 1], value: ["x"] },
    ]);
  });
});
