import assert from "node:assert/strict";
import { helmReleases, startOver } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

describe("the login of type loadbalancer", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("login", { type: "loadbalancer", profiles: ["no-finops"] });
  });

  it("waits for the address of events-presenter, and not for its pods", async () => {
    const never = { helmValues: { nodeSelector: { nowhere: "true" } }, with: { timeout: "60s" } };
    await stack.override({
      components: { "events-stack": { stepConfig: { "install-events-presenter": never } } },
    });
    const { code, output } = await stack.pulumi("up", "--continue-on-error");
    assert.equal(code, 1, output);
    assert.match(output, /users can log in now, at http:\/\/203\.0\.113\.\d+:8080 as admin/);
    assert.match(output, /failed: +events-presenter$/m);
    const releases = await helmReleases();
    assert.match(releases["events-presenter"] ?? "", / failed$/);
    assert.match(releases["portal"] ?? "", / deployed$/);
    const { status } = (await live("Service", "events-presenter")) as {
      status: { loadBalancer: { ingress: { ip: string }[] } };
    };
    const told = JSON.stringify((await live("ConfigMap", "frontend-config-vars"))?.["data"]);
    assert.ok(told.includes(`http://${status.loadBalancer.ingress[0]?.ip}:8083`), told);
  });

  it("is as it was once that is mended: the next up upgrades events-presenter alone", async () => {
    await stack.override({});
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    const upgraded = Object.entries(await helmReleases()).filter(
      ([, text]) => !text.endsWith(" r1 deployed"),
    );
    assert.deepEqual(
      upgraded.map(([name]) => name),
      ["events-presenter"],
    );
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  });

  it("is not there, and the run ends, where what events-presenter needs has failed", async () => {
    await startOver();
    stack = await TestStack.open("login", { type: "loadbalancer", profiles: ["no-finops"] });
    const never = { helmValues: { nodeSelector: { nowhere: "true" } }, with: { timeout: "12s" } };
    await stack.override({ components: { cnpg: { stepConfig: { "install-cnpg": never } } } });
    const { code, output } = await stack.pulumi("up", "--continue-on-error");
    assert.equal(code, 1, output);
    assert.doesNotMatch(output, /users can log in now|unhandled exception|node_modules/);
    assert.match(output, /failed: +cnpg$/m);
    assert.match(output, /not started: .*\bevents-presenter\b.*\bfrontend\b/);
    const releases = await helmReleases();
    assert.match(releases["authn"] ?? "", / deployed$/);
    assert.equal(releases["frontend"], undefined);
  });
});
