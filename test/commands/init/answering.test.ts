import assert from "node:assert/strict";
import { answeredKeys } from "../../../commands/init/answering.ts";
import type { Answers } from "../../../commands/init/answers.ts";
import type { Question } from "../../../commands/init/questions.ts";
import { withProject } from "../session.ts";
import { featuresOf } from "./features.ts";

/** The questions that are asked, each answered with its proposal. */
async function asked(given: Answers, files: Readonly<Record<string, string>> = {}): Promise<Question[]> {
  const { directory, remove } = withProject(files);
  const questions: Question[] = [];
  try {
    await answeredKeys({ directory, features: featuresOf(), place: {}, given }, async (question) => {
      questions.push(question);
      return question.proposal?.value ?? "a.example.org";
    });
  } finally {
    remove();
  }
  return questions;
}

const names = (questions: readonly Question[]): string[] => questions.map(({ name }) => name);

describe("the questions", () => {
  it("depend on the answers before them, and leave out what is answered", async () => {
    assert.deepEqual(names(await asked({})), ["type", "nodeAddress", "size", "profiles"]);
    assert.deepEqual(names(await asked({ type: "loadbalancer", size: "small" })), ["profiles"]);
    assert.deepEqual(names(await asked({ type: "ingress" })), ["domain", "tls", "size", "profiles"]);
    assert.deepEqual(names(await asked({ type: "routes" })), ["domain", "size", "profiles"]);
    assert.deepEqual(names(await asked({ type: "gateway", domain: "a.example.org", size: "small" })), [
      "gateway",
      "tls",
      "profiles",
    ]);
  });

  it("take a Secret or an issuer for the word on where certificates come from", async () => {
    const rest = ["domain", "size", "profiles"];
    assert.deepEqual(names(await asked({ type: "ingress", tlsSecret: "a" })), rest);
    assert.deepEqual(names(await asked({ type: "ingress", clusterIssuer: "a" })), rest);
    assert.deepEqual(names(await asked({ type: "ingress", tls: "secret" })), [
      "domain",
      "tlsSecret",
      ...rest.slice(1),
    ]);
    assert.deepEqual(names(await asked({ type: "ingress", tls: "issuer" })), [
      "domain",
      "clusterIssuer",
      ...rest.slice(1),
    ]);
  });

  it("offer the profiles that go with the answers and need no further keys, the user's own among them", async () => {
    const own = { "krateo-overrides.night.yaml": "components:\n  finops:\n    enabled: false\n" };
    const profiles = async (given: Answers) =>
      (await asked(given, own)).find(({ name }) => name === "profiles")?.choices?.map(({ value }) => value);
    const offered = ["debug", "monitoring", "no-finops", "night"];
    assert.deepEqual(await profiles({ type: "nodeport", size: "standard" }), offered);
    assert.deepEqual(await profiles({ type: "nodeport", size: "small" }), offered);
  });
});
