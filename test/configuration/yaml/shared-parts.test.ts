import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { writing } from "../../../configuration/yaml/go-scalars.ts";
import { yamlWriter } from "../../../configuration/yaml/shared-parts.ts";
import type { Json } from "../../../model/settings.ts";

describe("a writer of YAML with shared parts", () => {
  const part: Json = { ports: [{ number: 1, hosts: ["a", ["b", {}]] }], none: [], empty: {} };
  const documents: Json[] = [
    { first: part, list: [part, { a: part }], y: "yes", text: "a: b # c", number: "1e3" },
    { second: { below: part }, nothing: null, flag: true, amount: 1.5, "key: with": "- x" },
    [],
    "text",
  ];

  it("writes what the library writes", () => {
    const write = yamlWriter();
    for (const document of documents) assert.equal(write(document), stringify(document, writing));
  });

  it("keeps a text of several lines", () => {
    const document = { a: { b: ["one\n  two\n", '\t"three"\n'] } };
    assert.deepEqual(parse(yamlWriter()(document)), document);
  });
});
