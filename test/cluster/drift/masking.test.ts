import assert from "node:assert/strict";
import { masked, maskedDifference, type Secrecy, secretTexts } from "../../../cluster/drift/masking.ts";
import type { Json, Path } from "../../../model/settings.ts";

const secrecy: Secrecy = {
  isSecret: (path) => path[0] === "hidden",
  texts: ["correct horse"],
};

describe("what is shown of a comparison", () => {
  const cases: [rule: string, value: Json, shown: Json][] = [
    ["masks a value whose key names a secret", { dbPassword: "x" }, { dbPassword: "[secret]" }],
    ["masks a list of secrets", { tokens: ["x", "y"] }, { tokens: ["[secret]", "[secret]"] }],
    [
      "masks the value of a variable that names a secret",
      {
        env: [
          { name: "DB_PASS", value: "x" },
          { name: "PORT", value: "80" },
        ],
      },
      {
        env: [
          { name: "DB_PASS", value: "[secret]" },
          { name: "PORT", value: "80" },
        ],
      },
    ],
    ["masks what is known to be secret at its place", { hidden: { a: "x" } }, { hidden: { a: "[secret]" } }],
    [
      "masks a known secret wherever it stands",
      { url: "postgres://me:correct horse@db" },
      { url: "postgres://[secret]@db" },
    ],
    [
      "leaves names of Secrets, numbers and booleans",
      { existingSecret: "x", secretName: "y", maxTokens: 5, password: null },
      { existingSecret: "x", secretName: "y", maxTokens: 5, password: null },
    ],
  ];
  for (const [rule, value, shown] of cases) {
    it(rule, () => assert.deepEqual(masked(value, secrecy), shown));
  }

  const whole = {
    password: "one",
    env: [{ name: "DB_PASS", value: "one" }],
    url: "a correct horse",
    list: [],
  };
  const differences: [rule: string, path: Path, planned: Json, live: Json | undefined, shown: Json[]][] = [
    ["tells two secrets apart", ["password"], "one", "two", ["[secret]", "[another secret]"]],
    ["tells that a secret is missing", ["password"], "one", undefined, ["[secret]"]],
    [
      "knows a variable's name from beside its value",
      ["env", 0, "value"],
      "one",
      "two",
      ["[secret]", "[another secret]"],
    ],
    [
      "shows what differs around a secret",
      ["url"],
      "a correct horse",
      "the correct horse",
      ["a [secret]", "the [secret]"],
    ],
    [
      "tells secrets in a list apart",
      ["list"],
      [{ token: "1" }],
      [{ token: "2" }],
      [[{ token: "[secret]" }], [{ token: "[another secret]" }]],
    ],
  ];
  for (const [rule, path, planned, live, shown] of differences) {
    it(rule, () => {
      const found = maskedDifference({ path, planned, live }, secrecy, whole);
      assert.deepEqual(
        [found.planned, found.live].filter((value) => value !== undefined),
        shown,
      );
    });
  }
});

describe("texts that must not be shown", () => {
  it("stand under keys that name a secret and at known places, and are not too short", () => {
    const value = {
      password: "correct horse",
      pass: "short",
      token: "[secret]",
      hidden: ["also hidden"],
      env: [{ name: "API_KEY", value: "the value" }],
      image: "not secret",
    };
    assert.deepEqual(secretTexts(value, secrecy.isSecret), ["correct horse", "also hidden", "the value"]);
    assert.deepEqual(secretTexts(undefined), []);
  });
});
