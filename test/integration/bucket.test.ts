import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Bucket } from "../support/bucket.ts";
import { heldRun, letRunContinue } from "../support/held-run.ts";
import { helmReleases, startOver, until } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { oneChart } from "../support/small-platform.ts";
import { TestStack } from "../support/test-stack.ts";

describe("a stack whose state is in a bucket", () => {
  let bucket: Bucket;
  let stack: TestStack;

  before(async () => {
    await startOver();
    bucket = await Bucket.open();
    stack = await TestStack.open("bucket", { type: "nodeport", set: oneChart }, bucket.env);
  });
  after(() => bucket.close());

  const locks = (): string[] => [...bucket.objects.keys()].filter((key) => key.includes("/locks/"));

  it("is repaired when everything was killed in mid-up: the Lease of the run has ended", async () => {
    await stack.killAt("up", /oasgen-provider.*creating/);
    assert.equal(locks().length, 1);
    const dry = await stack.krateo("repair", "--dry-run");
    assert.equal(dry.code, 0, dry.output);
    assert.match(dry.output, /lock: would remove that of /);
    assert.equal(locks().length, 1);
    const repaired = await stack.krateo("repair");
    assert.equal(repaired.code, 0, repaired.output);
    assert.match(repaired.output, /^lock: removed that of .*its run's Lease has ended\) \(stale\)$/m);
    assert.deepEqual(locks(), []);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(Object.keys(await helmReleases()), ["oasgen-provider"]);
  });

  it("is left as it is by a repair that finds no lock", async () => {
    const before = await stack.state();
    const keys = [...bucket.objects.keys()];
    const { code, output } = await stack.krateo("repair");
    assert.equal(code, 0, output);
    assert.match(output, /^lock: stack test-bucket is not locked$/m);
    assert.equal(await stack.state(), before);
    assert.deepEqual([...bucket.objects.keys()], keys);
  });

  it("keeps the lock of a run in progress", async () => {
    await stack.override(heldRun);
    await stack.configure({ type: "nodeport", set: { ...oneChart, "components.backend.enabled": true } });
    const up = stack.start("up");
    await until(async () => (await helmReleases())["authn"] !== undefined);
    const { code, output } = await stack.krateo("repair");
    assert.equal(code, 3, output);
    assert.match(output, /^left alone: the lock of .*, which is running; /m);
    assert.match(output, /^left alone: another run is in progress on/m);
    await letRunContinue();
    const { code: ended, output: said } = await up.ended;
    assert.equal(ended, 0, said);
  });

  it("loses the lock of a pod that was made anew, and keeps that of one that nobody knows", async () => {
    const name = "runner";
    const lock = (hostname: string): string =>
      JSON.stringify({ pid: 7, username: "cloudsdk", hostname, timestamp: new Date().toISOString() });
    const key = ".pulumi/locks/organization/krateo/test-bucket/of-the-test.json";
    bucket.objects.set(key, Buffer.from(lock(name)));
    const unknown = await stack.krateo("repair");
    assert.equal(unknown.code, 1, unknown.output);
    assert.match(
      unknown.output,
      /^left alone: the lock of cloudsdk on runner, process 7, .* may run on another host/m,
    );
    // Their times have whole seconds.
    await pause(1100);
    const metadata = { name, namespace: "krateo-system" };
    await apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: { containers: [{ name: "pulumi", image: "runner" }] },
    });
    await until(async () => {
      const pod = await live("Pod", name, { namespace: metadata.namespace });
      return (pod?.["status"] as { phase?: string } | undefined)?.phase === "Running";
    });
    const { code, output } = await stack.krateo("repair");
    assert.equal(code, 0, output);
    assert.match(
      output,
      /^lock: removed that of cloudsdk on runner, process 7, .*its pod krateo-system\/runner has ended/m,
    );
    assert.deepEqual(locks(), []);
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
  });
});
