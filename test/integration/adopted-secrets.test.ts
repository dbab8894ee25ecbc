import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { helm, scratch, startOver } from "../support/rehearsal.ts";
import { secretData } from "../support/rehearsed-cluster.ts";
import { smallPlatform } from "../support/small-platform.ts";
import { TestStack } from "../support/test-stack.ts";
import { formsOf, leaksBelow } from "../torture/leaks.ts";

const hush = "adopted-hush-hush";
const place = "components.backend.stepConfig.install-authn.helmValues.env.OIDC_SECRET";

describe("a secret value of a release that is taken over", () => {
  const backend = scratch("taking-over");

  async function open(name: string, env = {}): Promise<TestStack> {
    const stack = await TestStack.open(name, { type: "nodeport" }, env);
    await stack.override(smallPlatform());
    await stack.encrypt("krateo:set", { [place]: hush });
    return stack;
  }

  /** Every file of the backend that holds it, or a Secret of the platform's. */
  const leaks = async (): Promise<string[]> => leaksBelow(backend, formsOf(await secretData(), [hush]));

  it("is in no state, although the run ends between taking it over and upgrading it", async () => {
    await startOver();
    await rm(backend, { recursive: true, force: true });
    await mkdir(backend, { recursive: true });
    const former = await open("former");
    const installed = await former.pulumi("up");
    assert.equal(installed.code, 0, installed.output);
    const stack = await open("taking-over", { PULUMI_BACKEND_URL: pathToFileURL(backend).href });
    const preview = await stack.pulumi("preview");
    assert.equal(preview.code, 0, preview.output);
    assert.match(
      preview.output,
      /authn will be taken over: so that no secret gets into Pulumi's state, env\.OIDC_SECRET goes out of Helm's record of revision 1/,
    );
    await stack.killAt("up", /install-authn imported/);
    assert.deepEqual(await leaks(), []);
    const repair = await stack.krateo("repair");
    assert.equal(repair.code, 0, repair.output);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(await leaks(), []);
    const values = JSON.parse(
      (await helm("get", "values", "authn", "-n", "krateo-system", "-o", "json")).stdout,
    );
    assert.equal(values.env.OIDC_SECRET, hush);
    const diff = await stack.krateo("diff");
    assert.equal(diff.code, 0, diff.output);
    const again = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(again.code, 0, again.output);
  });
});
