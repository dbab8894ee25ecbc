import assert from "node:assert/strict";
import { get } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { helmReleases, kubeconfig, seedLegacy, startOver, tools } from "../support/rehearsal.ts";
import { secretData as platformSecrets } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import { carryOver, migrated, secretData, unchanged } from "./migrated-platform.ts";

/** `npm run matrix` names one after another; the other tests run on the version that a rehearsal has by default. */
const isAsked = process.env["KRATEO_TEST_KUBERNETES"] !== undefined;

async function succeeds(stack: TestStack, command: string, ...args: string[]): Promise<void> {
  const { code, output } = await stack.pulumi(command, ...args);
  assert.equal(code, 0, output);
}

(isAsked ? describe : describe.skip)(`a platform on Kubernetes ${tools.kubernetes}`, () => {
  let stack: TestStack;

  it("is installed and verified", async () => {
    await startOver();
    const version = await get<{ gitVersion: string }>(connect({ kubeconfig }), "/version");
    assert.equal(version?.gitVersion, `v${tools.kubernetes}`);
    stack = await TestStack.open("kubernetes", { type: "nodeport" });
    await succeeds(stack, "up");
    const verify = await stack.krateo("verify");
    assert.equal(verify.code, 0, verify.output);
    await succeeds(stack, "preview", "--expect-no-changes");
  });

  it("is changed, with equal Secrets and no difference afterwards", async () => {
    const before = await platformSecrets();
    const debug = { "install-core-provider": { helmValues: { env: { CORE_PROVIDER_DEBUG: "true" } } } };
    await stack.override({ components: { "composable-operations": { stepConfig: debug } } });
    await succeeds(stack, "up");
    assert.equal((await helmReleases())["core-provider"], "core-provider-1.0.0 r2 deployed");
    assert.deepEqual(await platformSecrets(), before);
    const diff = await stack.krateo("diff");
    assert.equal(diff.code, 0, diff.output);
    await succeeds(stack, "preview", "--expect-no-changes");
  });

  it("is removed", async () => {
    await succeeds(stack, "destroy");
    assert.deepEqual(await helmReleases(), {});
    assert.deepEqual(await platformSecrets(), {});
  });

  it("is migrated from 2.7.0", async () => {
    await seedLegacy("nodeport");
    const before = await secretData();
    stack = await TestStack.open("kubernetes", { type: "nodeport" });
    await carryOver(stack);
    await succeeds(stack, "up");
    unchanged(before, await secretData(), "in a migration");
    await migrated(stack);
  });
});
