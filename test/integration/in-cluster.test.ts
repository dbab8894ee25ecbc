import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { noMounts, PodLikePlace } from "../support/pod.ts";
import { helmReleases, startOver, until } from "../support/rehearsal.ts";
import { apply, deleteObject, live, put, secretData } from "../support/rehearsed-cluster.ts";
import { descendants, TestStack } from "../support/test-stack.ts";

const account = { namespace: "ci", name: "runner" };

describe("a run in a pod", () => {
  let stack: TestStack;
  let pod: PodLikePlace;
  let place: string[];
  let secrets: Record<string, unknown>;

  before(async function () {
    const reason = noMounts();
    if (reason !== undefined) {
      console.log(`    skipped, because nothing can be mounted here: ${reason}`);
      this.skip();
    }
    await startOver();
    stack = await TestStack.open("in-cluster", { type: "nodeport" });
    place = ["--stack", stack.name, "--config-file", stack.configFile];
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: account.namespace } });
    await apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    const roles = await stack.krateo("rbac", "--service-account", "ci/runner", "-o", "json");
    for (const object of JSON.parse(roles.stdout).items as JsonObject[]) await put(object);
    await apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: account,
      spec: { containers: [{ name: "pulumi", image: "runner" }] },
    });
    await until(async () => {
      const { phase } = ((await live("Pod", account.name, { namespace: account.namespace }))?.["status"] ??
        {}) as { phase?: string };
      return phase === "Running";
    });
    const env = { KRATEO_CONFIG_FILE: stack.configFile };
    pod = await PodLikePlace.open(account.name, account, env);
  });

  const up = () => pod.pulumi(["up", "--yes", "--skip-preview", "--non-interactive", ...place]);
  const values = (value: string): JsonObject => ({
    type: "nodeport",
    set: {
      "components.backend.stepConfig.install-authn.helmValues.podLabels.run": value,
      "components.backend.stepConfig.install-snowplow.helmValues.podLabels.run": value,
    },
  });
  const statuses = async (): Promise<string> => Object.values(await helmReleases()).join();
  const holder = async (): Promise<unknown> => {
    const lease = await live("Lease", "krateo-installer", { apiVersion: "coordination.k8s.io/v1" });
    return (lease?.["spec"] as { holderIdentity?: string }).holderIdentity;
  };

  it("installs and verifies with its account alone, without a kubeconfig and a home to write to", async () => {
    const { code, output } = await up().ended;
    assert.equal(code, 0, output);
    const verified = await pod.krateo(["verify", ...place]);
    assert.equal(verified.code, 0, verified.output);
    assert.match(verified.output, /^OK: 0 errors/m);
    secrets = await secretData();
  });

  it("ends soon after SIGTERM, leaves nothing unfinished, and gives the Lease up", async () => {
    await stack.configure(values("one"));
    const { child, ended } = up();
    await until(async () => /pending-upgrade/.test(await statuses()));
    const begin = performance.now();
    child.kill("SIGTERM");
    const { code, output } = await ended;
    const seconds = (performance.now() - begin) / 1000;
    assert.equal(code, 1, output);
    assert.match(output, /SIGTERM received; cancelling/);
    assert.ok(seconds < 30, `it took ${seconds} s`);
    assert.doesNotMatch(await statuses(), /pending/);
    await until(async () => (await holder()) === "", 10);
    const again = await up().ended;
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(await secretData(), secrets);
  });

  it("leaves a lock and a Lease when its pod dies, which repair clears at once, without --force", async () => {
    await stack.configure(values("two"));
    const { child, ended } = up();
    await until(async () => /pending-upgrade/.test(await statuses()));
    for (const pid of descendants(child.pid as number)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself in the meantime.
      }
    }
    await ended;
    await deleteObject("Pod", account.name, account.namespace);
    await until(async () => !(await live("Pod", account.name, { namespace: account.namespace })));
    const begin = performance.now();
    const { code, output } = await stack.krateo("repair");
    assert.equal(code, 0, output);
    assert.match(output, /lock: removed that of .* on runner, .*its run's Lease has ended/);
    assert.ok(performance.now() - begin < 25_000, "it waited for the Lease to expire");
    const next = await stack.pulumi("up");
    assert.equal(next.code, 0, next.output);
    assert.deepEqual(await secretData(), secrets);
  });
});
