import assert from "node:assert/strict";
import { differenceOf, oddCharacter, secretContent, unusableKeys } from "../../model/secret-content.ts";

describe("what a Secret holds", () => {
  const cases: [string, number[], string | undefined][] = [
    ["text", [0x68, 0xc3, 0xa9], "hé"],
    ["text with a line end", [0x68, 0x0a], "h\n"],
    ["a byte order mark, which is a part of it", [0xef, 0xbb, 0xbf, 0x68], "\ufeffh"],
    ["nothing", [], ""],
    ["no UTF-8", [0x68, 0xff], undefined],
    ["half a character", [0xc3], undefined],
    ["a NUL, which ends a variable of the environment", [0x68, 0x00, 0x69], undefined],
  ];
  for (const [name, bytes, text] of cases) {
    it(`is ${text === undefined ? "no text" : "taken as it is"}: ${name}`, () => {
      const encoded = Buffer.from(bytes).toString("base64");
      const content = secretContent({ key: encoded });
      assert.deepEqual(content, text === undefined ? { data: {}, binary: ["key"] } : { data: { key: text } });
      if (text !== undefined) assert.equal(Buffer.from(text).toString("base64"), encoded);
    });
  }

  it("is said to be of no use by the names of its keys alone", () => {
    const content = { data: { a: "", b: "hush" }, binary: ["c", "d"] };
    assert.deepEqual(unusableKeys(content, ["a", "b", "c", "d", "e"]), [
      "e is missing",
      "a is empty",
      "c and d hold bytes that are not text",
    ]);
    assert.deepEqual(unusableKeys(content, ["b"]), []);
  });

  it("is compared character by character, and a line end more is said to be that", () => {
    assert.equal(differenceOf("a", "a"), undefined);
    assert.equal(differenceOf("a\n", "a"), "they differ by a line end at the end");
    assert.equal(differenceOf("a\r\n", "a\n"), "they differ by a line end at the end");
    assert.equal(differenceOf("a", "b"), "");
    assert.equal(differenceOf("a", undefined), "");
  });

  it("is odd with a line end or another character that nobody types", () => {
    assert.deepEqual(
      ["plain ä €", "a\n", "a\r", "a\nb", "\x1b[A", "\x7f"].map((text) => oddCharacter(text)),
      [
        undefined,
        "ends with a line end",
        "ends with a line end",
        ...Array(3).fill("holds a control character"),
      ],
    );
  });
});
