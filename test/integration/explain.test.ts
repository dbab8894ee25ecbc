import assert from "node:assert/strict";
import { helmReleases, startOver, TestStack } from "../support/rehearsal.ts";

describe("a release that does not become ready", () => {
  let stack: TestStack;
  let output: string;

  before(async () => {
    await startOver();
    stack = await TestStack.open("explain", { type: "nodeport", profiles: ["no-finops"] });
    await stack.override({
      components: {
        backend: {
          stepConfig: {
            "install-authn": {
              helmValues: { jwtSignKeySecretName: "no-such-secret" },
              with: { timeout: "12s" },
            },
          },
        },
      },
    });
    const up = await stack.pulumi("up", "--continue-on-error");
    if (process.env["SHOW"]) console.log(up.output);
    assert.equal(up.code, 1, up.output);
    output = up.output;
  });

  it("is explained: which object, which container, why, and what to type to look further (finding 8)", () => {
    assert.match(output, /Helm release authn in namespace krateo-system is not ready:/);
    assert.match(output, /Deployment authn/);
    assert.match(output, /CreateContainerConfigError/);
    assert.match(output, /no-such-secret/);
    assert.match(output, /kubectl describe pod/);
  });

  it("stops what needs it, and nothing else", async () => {
    const releases = await helmReleases();
    assert.equal(releases["authn"], "authn-0.22.2 r1 failed");
    assert.equal(releases["resources-ingester"], "resources-ingester-1.1.0 r1 deployed");
    assert.equal(releases["portal"], undefined);
    assert.equal(releases["frontend"], undefined);
  });

  it("ends in words, not in a stack trace", () => {
    assert.doesNotMatch(output, /unhandled exception|node_modules/);
    assert.match(output, /What needs install-authn was not started, because install-authn failed/);
  });

  it("is listed in a summary of what is done, failed and not started", () => {
    assert.match(output, /failed: +authn\b/);
    assert.match(output, /not started: +frontend, portal\b/);
    assert.match(output, /done: .*\bresources-ingester\b/);
  });

  it("is summed up without --continue-on-error, too: as it stands when the first one fails", async () => {
    const { code, output: short } = await stack.pulumi("up");
    assert.equal(code, 1, short);
    assert.match(short, /when this failed:\s+failed: +authn\b/);
    assert.match(short, /not started: .*\bportal\b/);
    assert.match(short, /done: .*\bcnpg\b/);
  });

  it("becomes ready once its cause is mended, in the next up", async () => {
    await stack.override({});
    const { code, output: mended } = await stack.pulumi("up");
    assert.equal(code, 0, mended);
    assert.equal((await helmReleases())["authn"], "authn-0.22.2 r3 deployed");
    const verify = await stack.krateo("verify");
    assert.equal(verify.code, 0, verify.output);
  });
});
