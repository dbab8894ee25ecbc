import assert from "node:assert/strict";
import { stringify } from "yaml";
import { goNumber, writing } from "../../../configuration/yaml/go-scalars.ts";
import { acceptedObjects, parseObjects } from "../../../configuration/yaml/object-file.ts";

/** Each as gopkg.in/yaml.v3 3.0.1 (upstream's CLI) and sigs.k8s.io/yaml 1.6.0 (Helm, kubectl) were seen to read it. */
const numbers: [text: string, value: number | undefined][] = [
  ["0644", 420],
  ["0o17", 15],
  ["0O17", 15],
  ["0x1F", 31],
  ["0X1F", 31],
  ["-0x1f", -31],
  ["0b11", 3],
  ["0B11", 3],
  ["-0b11", -3],
  ["00", 0],
  ["0_7", 7],
  ["1_000", 1000],
  ["1__0", 10],
  ["1_0.5", 10.5],
  ["08", 8],
  ["0123456789", 123456789],
  ["+49123", 49123],
  [".5", 0.5],
  ["-.5", -0.5],
  ["+.5", 0.5],
  ["5.", 5],
  ["1e3", 1000],
  ["1.e3", 1000],
  ["8e1", 80],
  [".inf", Infinity],
  ["-.Inf", -Infinity],
  ["18446744073709551616", 18446744073709552000],
  ["e5", undefined],
  ["e12345", undefined],
  [".", undefined],
  ["._5", undefined],
  ["0o8", undefined],
  ["0x", undefined],
  ["0b2", undefined],
  ["0xFFFFFFFFFFFFFFFFF", undefined],
  ["1e400", undefined],
  ["1:30", undefined],
  ["0.22.2", undefined],
  ["-", undefined],
];

describe("an unquoted scalar is a number where it is one to Go", () => {
  for (const [text, value] of numbers) {
    it(`${text} is ${value ?? "text"}`, () => {
      const number = goNumber(text);
      assert.equal(typeof number === "bigint" ? Number(number) : number, value);
    });
  }
  it(".NaN is no number that equals another", () => assert.ok(Number.isNaN(goNumber(".NaN"))));
});

describe("an object file", () => {
  const scalars: [text: string, value: unknown][] = [
    ["on", true],
    ["Off", false],
    ["y", true],
    ["N", false],
    ["yes", true],
    ["TRUE", true],
    ["tRUE", "tRUE"],
    ["Null", null],
    ["12:30:45", "12:30:45"],
    ["2024-1-2", "2024-1-2"],
    ['"0644"', "0644"],
    ["!!str 5", "5"],
    ['!!int "5"', 5],
    ["!!float 3", 3],
  ];
  for (const [text, value] of scalars) {
    it(`has ${JSON.stringify(value)} for ${text}`, () => {
      assert.deepEqual(parseObjects(`a: ${text}`, "f").documents, [{ a: value }]);
    });
  }
});

describe("a text that Helm has accepted", () => {
  it("is taken as Helm takes it, tags without a meaning included, which a user's file must not have", () => {
    assert.deepEqual(acceptedObjects("a: !env HOME"), [{ a: "HOME" }]);
    const { documents, problems } = parseObjects("a: !env HOME", "f");
    assert.deepEqual([documents, problems.map(({ line }) => line)], [[], [1]]);
  });
});

describe("what is written for Go to read", () => {
  it("comes back as it was: texts that it would take for something else are in quotes", () => {
    const texts = [...numbers.map(([text]) => text), "on", "No", "y", "null", "~", "true", "2024-01-02", ""];
    assert.deepEqual(parseObjects(stringify(texts, writing), "f").documents, [texts]);
  });
});
