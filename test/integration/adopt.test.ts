import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { helm, helmReleases, mirror, startOver, tinyChart } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

const secret = (name: string, stringData: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "krateo-system" },
  stringData,
});

async function secretValue(name: string, key: string): Promise<string> {
  const { data } = (await live("Secret", name)) as { data: Record<string, string> };
  return Buffer.from(data[key] as string, "base64").toString();
}

describe("what is there already", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    await apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "krateo-system", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    });
    // By hand, as upstream's guide says, with one of the two database Secrets missing.
    await apply(secret("jwt-sign-key", { JWT_SIGN_KEY: "their-own-signing-key" }));
    await apply(secret("krateo-db", { DB_USER: "krateo-db-user", DB_PASS: "their-own-password" }));
    // By plain helm, with the values that the profile has.
    const authn = [`${mirror}/authn-0.22.2.tgz`, "--set", "service.type=NodePort,service.nodePort=30082"];
    assert.equal((await helm("install", "authn", ...authn, "-n", "krateo-system")).code, 0);
    // What 2.7.0 left, and a namesake that is somebody else's.
    assert.equal(
      (await helm("install", "eventsse", await tinyChart("eventsse"), "-n", "krateo-system")).code,
      0,
    );
    assert.equal((await helm("install", "sweeper", await tinyChart("broom"), "-n", "krateo-system")).code, 0);
    stack = await TestStack.open("adopt", { type: "nodeport", profiles: ["no-finops"] });
  });

  it("is announced by preview: the legacy release that goes, by name", async () => {
    const { code, output } = await stack.pulumi("preview", "--diff");
    assert.equal(code, 0, output);
    assert.match(output, /KRATEO_FOUND\s*: "release eventsse \(chart eventsse 1\.0\.0\)"/);
    assert.ok((await helmReleases())["eventsse"], "a preview removed it");
  });

  it("comes under the stack in one up; Secrets keep their values, and the missing one agrees", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.equal(await secretValue("jwt-sign-key", "JWT_SIGN_KEY"), "their-own-signing-key");
    assert.equal(await secretValue("krateo-db", "DB_PASS"), "their-own-password");
    assert.equal(await secretValue("krateo-db-user", "password"), "their-own-password");
    assert.equal((await helmReleases())["authn"], "authn-0.22.2 r2 deployed");
    const state = await stack.state();
    for (const value of ["their-own-signing-key", "their-own-password"]) {
      assert.ok(!state.includes(value), `${value} is in clear in the state`);
      assert.ok(!state.includes(Buffer.from(value).toString("base64")), `${value} is encoded in the state`);
    }
  });

  it("that 3.0.0 has no place for is gone, and a namesake of another chart is not", async () => {
    const releases = await helmReleases();
    assert.equal(releases["eventsse"], undefined);
    assert.equal(releases["sweeper"], "broom-1.0.0 r1 deployed");
  });

  it("is no reason for a change the second time", async () => {
    const { code, output } = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(code, 0, output);
  });

  it("survives destroy where it was not ours", async () => {
    const { code, output } = await stack.pulumi("destroy");
    assert.equal(code, 0, output);
    assert.equal(await secretValue("jwt-sign-key", "JWT_SIGN_KEY"), "their-own-signing-key");
    assert.equal(await secretValue("krateo-db", "DB_PASS"), "their-own-password");
    assert.equal(await live("Secret", "krateo-db-user"), undefined);
    assert.deepEqual(await helmReleases(), { sweeper: "broom-1.0.0 r1 deployed" });
    const namespace = (await live("Namespace", "krateo-system", { namespace: "" })) as {
      metadata: { labels: Record<string, string> };
    };
    assert.equal(namespace.metadata.labels["pod-security.kubernetes.io/enforce"], "privileged");
  });
});
