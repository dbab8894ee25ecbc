import assert from "node:assert/strict";
import type { PlanNode } from "../../plan/plan.ts";
import { planLines } from "./plan-lines.ts";

const node = (kind: PlanNode["kind"], id: string, ...needs: [why: string, ...on: string[]][]): PlanNode => ({
  kind,
  id,
  needs: needs.flatMap(([why, ...ons]) => ons.map((on) => ({ on, why }))),
  ...(kind === "release" ? { component: "shop" } : {}),
});
const begin = [node("namespace", "namespace"), node("secret", "key", ["it lives there", "namespace"])];
const releases = [node("release", "web", ["a", "key"]), node("release", "mail", ["a", "key"])];
const last = (plan: readonly PlanNode[]) => planLines(plan).at(-1);

describe("the lines of a plan", () => {
  it("say kind and component of a node, what it waits for, and why", () => {
    assert.deepEqual(planLines([...begin, node("release", "web", ["it reads the key", "key"])]), [
      "namespace after nothing",
      "secret key after namespace, because it lives there",
      "release shop/web after key, because it reads the key",
    ]);
  });

  it("join needs of the same reason that follow each other, and keep their order", () => {
    const plan = [
      ...begin,
      ...releases,
      node("restart", "restart", ["a", "web", "key"], ["b", "mail"], ["a", "x"]),
    ];
    assert.deepEqual(planLines(plan).slice(4), [
      "restart after web, key, because a",
      "restart after mail, because b",
      "restart after x, because a",
    ]);
  });

  it("say everything before it, in whatever order, if that is true", () => {
    const plan = [...begin, ...releases];
    const all = ["mail", "namespace", "key", "web"];
    assert.equal(
      last([...plan, node("retire", "retire", ["a", ...all])]),
      "retire after everything before it, because a",
    );
    for (const missing of all) {
      const others = all.filter((id) => id !== missing);
      assert.equal(
        last([...plan, node("retire", "retire", ["a", ...others])]),
        `retire after ${others.join(", ")}, because a`,
      );
    }
    assert.equal(
      last([...plan, node("retire", "retire", ["a", ...all.slice(1), "later"])]),
      "retire after namespace, key, web, later, because a",
    );
  });

  it("say every release before it, if that is true", () => {
    const plan = [...begin, ...releases];
    assert.equal(
      last([...plan, node("restart", "restart", ["a", "web", "mail"])]),
      "restart after every release before it, because a",
    );
    assert.equal(
      last([
        ...plan,
        node("release", "other", ["a", "key"]),
        node("restart", "restart", ["a", "web", "mail"]),
      ]),
      "restart after web, mail, because a",
    );
  });

  it("say whose beginning is enough", () => {
    const needs = [
      { on: "web", why: "a", begun: true as const },
      { on: "mail", why: "a" },
    ];
    assert.deepEqual(planLines([...begin, ...releases, { kind: "variable", id: "port", needs }]).slice(-2), [
      "variable port after the beginning of web, because a",
      "variable port after mail, because a",
    ]);
  });

  it("name a single one", () => {
    assert.equal(last(begin), "secret key after namespace, because it lives there");
  });
});
