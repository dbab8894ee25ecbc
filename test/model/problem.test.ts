import assert from "node:assert/strict";
import { ConfigurationError, sentenceOf } from "../../model/problem.ts";

describe("a configuration error", () => {
  it("lists every problem with where it is, what was given, what is allowed and what to do", () => {
    const error = new ConfigurationError([
      {
        what: 'unknown key "enabeld"',
        file: "krateo-overrides.yaml",
        line: 3,
        path: "components.finops.enabeld",
        given: "true",
        allowed: ["enabled", "steps"],
        next: "did you mean enabled?",
      },
      { what: "there is no cluster", allowed: "one that answers" },
    ]);
    assert.equal(
      error.message,
      [
        "2 problems:",
        '1. unknown key "enabeld"',
        "   where:   krateo-overrides.yaml, line 3, components.finops.enabeld",
        "   given:   true",
        "   allowed: enabled, steps",
        "   next:    did you mean enabled?",
        "2. there is no cluster",
        "   allowed: one that answers",
      ].join("\n"),
    );
    assert.equal(error.problems.length, 2);
  });

  it("counts a single problem as one", () => {
    assert.equal(new ConfigurationError([{ what: "no" }]).message, "1 problem:\n1. no");
  });
});

describe("a problem in one sentence", () => {
  const login = "https://ada:hunter2@charts.example.org";

  for (const [problem, expected] of [
    [{ what: "no answer" }, "no answer"],
    [{ what: "no answer", next: "" }, "no answer"],
    [{ what: "no answer", next: "wait" }, "no answer; wait"],
    [
      { what: `${login} gives no answer`, next: `ask ${login}` },
      "https://[secret]@charts.example.org gives no answer; ask https://[secret]@charts.example.org",
    ],
  ] as const) {
    it(`is ${expected}`, () => assert.equal(sentenceOf(problem), expected));
  }
});
