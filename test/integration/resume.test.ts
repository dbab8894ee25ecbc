import assert from "node:assert/strict";
import { helmReleases, live, startOver, TestStack } from "../support/rehearsal.ts";

const secrets = ["jwt-sign-key", "krateo-db", "krateo-db-user"];

/** Contents of the Secrets that exist. */
async function secretData(): Promise<Record<string, unknown>> {
  const found = await Promise.all(
    secrets.map(async (name) => [name, (await live("Secret", name))?.["data"]]),
  );
  return Object.fromEntries(found.filter(([, data]) => data !== undefined));
}

/** The same as for a run that nothing disturbed. */
async function converged(stack: TestStack, before: Record<string, unknown>): Promise<void> {
  const up = await stack.pulumi("up");
  assert.equal(up.code, 0, up.output);
  const after = await secretData();
  for (const [name, data] of Object.entries(before))
    assert.deepEqual(after[name], data, `${name} has changed`);
  const statuses = Object.values(await helmReleases()).map((text) => text.split(" ")[2]);
  assert.deepEqual([...new Set(statuses)], ["deployed"]);
  assert.equal(statuses.length, 21);
  const preview = await stack.pulumi("preview", "--expect-no-changes");
  assert.equal(preview.code, 0, preview.output);
}

describe("an installation that was killed", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("resume", { type: "nodeport" });
  });

  it("goes on after kill -9 of everything in the middle: repair, up", async () => {
    await stack.killAt("up", /Release install-\S+ created/);
    const halfDone = Object.values(await helmReleases());
    assert.ok(
      halfDone.some((text) => text.includes("pending-install")),
      halfDone.join("\n"),
    );
    const before = await secretData();
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    await converged(stack, before);
  });
});
