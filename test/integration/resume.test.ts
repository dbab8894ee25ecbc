import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { heldRun, letRunContinue } from "../support/held-run.ts";
import { helmReleases, scratch, startOver, until } from "../support/rehearsal.ts";
import { haltApiServer, live, secretData } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

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

/** Kills a command at each of these moments of its output, one run after another, with a repair after each. */
async function killedAt(stack: TestStack, command: string, moments: readonly RegExp[]): Promise<void> {
  let before = await secretData();
  for (const moment of moments) {
    await stack.killAt(command, moment);
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, `after ${moment}: ${repair.output}`);
    const now = await secretData();
    for (const [name, data] of Object.entries(before)) {
      if (command === "up") assert.deepEqual(now[name], data, `${name} has changed at ${moment}`);
    }
    before = now;
  }
}

describe("kill -9 of the engine, its plugins and the program", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("resume", { type: "nodeport" });
  });

  it("over an installation: repair and up go on, and no Secret changes", async () => {
    await killedAt(stack, "up", [
      /RandomPassword krateo-db creat/,
      /Secret krateo-db creat/,
      /Command cleanup creat/,
      /Release install-\S+ creating/,
      /Release install-\S+ (created|updated|imported)/,
      /Command database creat/,
      /Release install-deviser (creat|updat|import)/,
      /Release install-deviser (created|updated|imported)/,
    ]);
    await converged(stack, await secretData());
  });

  it("over a change of values: the same", async () => {
    const debug = { DEBUG: "true" };
    await stack.override({
      components: {
        "composable-operations": { stepConfig: { "install-core-provider": { helmValues: { env: debug } } } },
        "db-maintenance": { stepConfig: { "install-deviser": { helmValues: { config: debug } } } },
      },
    });
    await killedAt(stack, "up", [/install-core-provider updating/, /install-deviser updating/]);
    await converged(stack, await secretData());
  });

  it("over a removal: destroy goes on, and nothing of ours is left", async () => {
    // Each waits for the one before to be gone: what Pulumi prints may lag behind what it does.
    await killedAt(stack, "destroy", [
      /install-portal delet/,
      /install-pg-cluster delet/,
      /install-cnpg delet/,
    ]);
    const { code, output } = await stack.pulumi("destroy");
    assert.equal(code, 0, output);
    assert.deepEqual(await helmReleases(), {});
    assert.deepEqual(await secretData(), {});
  });
});

describe("an API server that is away for 20 s in the middle of an installation", () => {
  it("delays it at the most: at the latest the next up converges", async () => {
    await startOver();
    const stack = await TestStack.open("away", { type: "nodeport" });
    const going = stack.pulumi("up");
    await until(async () => (await helmReleases())["cnpg"] !== undefined);
    const before = await secretData();
    await haltApiServer(20);
    const { code, output } = await going;
    if (code !== 0) {
      assert.doesNotMatch(output, /unhandled exception/);
      const repair = await stack.krateo("repair");
      assert.equal(repair.code, 0, repair.output);
    }
    await converged(stack, before);
  });
});

describe("a second run at the same time", () => {
  it("from another backend stops and names the first, whose work goes on (finding 11)", async () => {
    await startOver();
    const first = await TestStack.open("first", { type: "nodeport" });
    const elsewhere = scratch("another-backend");
    await mkdir(elsewhere, { recursive: true });
    const backend = { PULUMI_BACKEND_URL: pathToFileURL(elsewhere).href };
    const second = await TestStack.open("second", { type: "nodeport" }, backend);
    await first.override(heldRun);
    const going = first.pulumi("up");
    await until(async () => (await helmReleases())["cnpg"] !== undefined);
    const stopped = await second.pulumi("up");
    assert.equal(stopped.code, 1, stopped.output);
    assert.match(
      stopped.output,
      /another run is in progress on the installation in namespace krateo-system: \S+ on \S+, process \d+/,
    );
    const preview = await second.pulumi("preview");
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, /another run is in progress/);
    const repairs = [await first.krateo("repair"), await second.krateo("repair")];
    assert.deepEqual(
      repairs.map(({ code }) => code),
      [3, 3],
    );
    assert.match(
      repairs[0]?.output ?? "",
      /^left alone: the lock of \S+ on \S+, process \d+, since \S+, which is running/m,
    );
    assert.match(repairs[1]?.output ?? "", /^lock: stack test-second is not locked$/m);
    for (const { output } of repairs) assert.match(output, /^left alone: another run is in progress on/m);
    await letRunContinue();
    const done = await going;
    assert.equal(done.code, 0, done.output);
  });

  it("gives the Lease up when it has ended", async () => {
    const lease = (await live("Lease", "krateo-installer", { apiVersion: "coordination.k8s.io/v1" })) as {
      spec: { holderIdentity: string };
    };
    assert.equal(lease.spec.holderIdentity ?? "", "");
  });
});
