import assert from "node:assert/strict";
import { pathOf, remove } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { badNetworks } from "../support/bad-networks.ts";
import { calm, converges, inNetwork, isWell, silenceLimit } from "../support/network-outcome.ts";
import { helmReleases, kubeconfig, startOver } from "../support/rehearsal.ts";
import { apply, secretData } from "../support/rehearsed-cluster.ts";
import { silentWebhook } from "../support/silent-webhook.ts";
import { smallPlatform, smallReleases } from "../support/small-platform.ts";
import { TestStack } from "../support/test-stack.ts";

async function deployed(): Promise<void> {
  const releases = await helmReleases();
  assert.deepEqual(Object.keys(releases).toSorted(), smallReleases);
  for (const text of Object.values(releases)) assert.match(text, / deployed$/);
}

describe("a network", () => {
  before(startOver);

  for (const one of badNetworks) {
    const test = one.long && process.env["KRATEO_TEST_NETWORKS"] !== "all" ? it.skip : it;
    test(`${one.title}: install, change, verify, diff and destroy end well or say why not`, async () => {
      await inNetwork(one, async (network) => {
        const stack = await TestStack.open("network", { type: "nodeport", kubeconfig: network.kubeconfig });
        await stack.override(smallPlatform());
        await converges(stack, "up", network, one);
        await deployed();
        const secrets = await secretData();
        const debug = { "install-core-provider": { helmValues: { env: { CORE_PROVIDER_DEBUG: "true" } } } };
        await stack.override(smallPlatform({ "composable-operations": { stepConfig: debug } }));
        await converges(stack, "up", network, one);
        await deployed();
        for (const command of ["verify", "diff"]) isWell(await stack.krateo(command), one);
        await calm(network);
        for (const command of ["verify", "diff"]) {
          const { code, output } = await stack.krateo(command);
          assert.equal(code, 0, output);
        }
        const preview = await stack.pulumi("preview", "--expect-no-changes");
        assert.equal(preview.code, 0, preview.output);
        assert.deepEqual(await secretData(), secrets);
        network.faulty = true;
        await converges(stack, "destroy", network, one);
        assert.deepEqual(await helmReleases(), {});
      });
    });
  }
});

describe("an admission webhook that must be asked and does not answer", () => {
  const name = "silent.example.org";

  it("is named by the run that meets it; without it repair and up converge", async () => {
    await startOver();
    const stack = await TestStack.open("webhook", { type: "nodeport" });
    await stack.override(smallPlatform());
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "krateo-system" } });
    const close = await silentWebhook(name);
    const { code, output, silentSeconds } = await stack.pulumi("up");
    close();
    assert.equal(code, 1, output);
    assert.match(
      output,
      /the cluster's admission webhook silent\.example\.org does not answer, so the API server/,
    );
    assert.doesNotMatch(output, /unhandled exception|node_modules/);
    assert.ok(silentSeconds <= silenceLimit, String(silentSeconds));
    const plural = "validatingwebhookconfigurations";
    const path = pathOf("admissionregistration.k8s.io/v1", plural, undefined, name);
    await remove(connect({ kubeconfig }), path);
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    await deployed();
  });
});
