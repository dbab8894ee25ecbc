import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { patch, pathOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { helm, helmReleases, mirror, paths, rehearsal, until } from "../support/rehearsal.ts";
import { secretData } from "../support/rehearsed-cluster.ts";
import { openInstalled, TestStack } from "../support/test-stack.ts";

const namespace = "krateo-system";

async function statusOf(release: string): Promise<string | undefined> {
  return (await helmReleases())[release]?.split(" ").slice(1).join(" ");
}

/** Starts helm and kills it, kill -9, as soon as the release has this status. */
async function killHelmAt(release: string, status: string, ...args: string[]): Promise<void> {
  const { helm: program, env } = await rehearsal();
  const child = spawn(program, [...args, "--namespace", namespace], { env, stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    await until(async () => (await statusOf(release))?.endsWith(status) ?? false);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

const upgrade = (release: string, chart: string, value: string): string[] => [
  "upgrade",
  release,
  join(mirror, chart),
  "--reuse-values",
  "--set",
  value,
];

/** Gives a ConfigMap a finalizer, or takes it off, so that a removal that waits for it waits for ever. */
async function hold(name: string, finalizers: string[] | null): Promise<void> {
  const path = pathOf("v1", "configmaps", namespace, name);
  const merge = "application/merge-patch+json";
  await patch(connect({ kubeconfig: paths.kubeconfig }), path, merge, { metadata: { finalizers } });
}

describe("operations that somebody's helm did not end", () => {
  let stack: TestStack;
  let secretsBefore: Record<string, unknown>;
  /** Releases that somebody's helm may be changing, with what their status is called. */
  const young = {
    authn: "pending-upgrade",
    snowplow: "pending-rollback",
    "core-provider": "uninstalling",
  };

  before(async () => {
    stack = await openInstalled();
    secretsBefore = await secretData();
    // What is begun in the same seconds as the last run's end counts as that run's.
    await pause(6000);
    const broken = "jwtSignKeySecretName=no-such-secret";
    await killHelmAt("authn", "pending-upgrade", ...upgrade("authn", "authn-0.22.2.tgz", broken), "--wait");
    for (const value of [broken, "jwtSignKeySecretName=jwt-sign-key"]) {
      const words = upgrade("snowplow", "snowplow-0.20.6.tgz", value);
      const { code, output } = await helm(...words, "-n", namespace);
      assert.equal(code, 0, output);
    }
    await killHelmAt("snowplow", "pending-rollback", "rollback", "snowplow", "2", "--wait");
    await hold("core-provider", ["example.org/held"]);
    await killHelmAt("core-provider", "uninstalling", "uninstall", "core-provider", "--wait");
    await hold("core-provider", null);
    const gone = await helm("uninstall", "resources-presenter", "--keep-history", "-n", namespace);
    assert.equal(gone.code, 0, gone.output);
  });

  const unfinished = async (): Promise<Record<string, string | undefined>> => ({
    authn: await statusOf("authn"),
    snowplow: await statusOf("snowplow"),
    "core-provider": await statusOf("core-provider"),
    "resources-presenter": await statusOf("resources-presenter"),
  });
  const left = {
    authn: "r2 pending-upgrade",
    snowplow: "r4 pending-rollback",
    "core-provider": "r1 uninstalling",
    "resources-presenter": "r1 uninstalled",
  };

  it("are named by preview: what will be repaired, and what may be in progress", async () => {
    assert.deepEqual(await unfinished(), left);
    const { code, output } = await stack.pulumi("preview");
    assert.equal(code, 0, output);
    assert.match(
      output,
      /resources-presenter is uninstalled \(revision 1\) and its removal has ended: it will be marked as failed, then upgraded/,
    );
    for (const [name, status] of Object.entries(young))
      assert.match(output, new RegExp(`release ${name} in .* is ${status}: somebody may be changing it`));
  });

  it("stop up, all named at once, with what to type", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 1, output);
    for (const [name, status] of Object.entries(young))
      assert.match(output, new RegExp(`release ${name} in .* is ${status}: somebody may be changing it`));
    assert.match(output, /counts as interrupted in \d+ \w+, or at once with: npx krateo repair --force/);
    assert.deepEqual(await unfinished(), left);
  });

  it("are left alone by repair where they may be in progress; what was interrupted is repaired", async () => {
    const dry = await stack.krateo("repair", "--dry-run");
    assert.equal(dry.code, 3, dry.output);
    assert.match(dry.output, /^would repair: resources-presenter is uninstalled/m);
    assert.deepEqual(await unfinished(), left);
    const { code, output } = await stack.krateo("repair");
    assert.equal(code, 3, output);
    assert.equal(output.match(/^left alone: the Helm release /gm)?.length, 3);
    assert.deepEqual(await unfinished(), { ...left, "resources-presenter": "r1 failed" });
  });

  it("are mended by repair --force, which says what it would do first", async () => {
    const loud = await TestStack.open("nodeport", { type: "nodeport" }, { KRATEO_DEBUG: "1" });
    const dry = await loud.krateo("repair", "--dry-run", "--force");
    assert.equal(dry.code, 0, dry.output);
    assert.equal(dry.output.match(/^would repair: /gm)?.length, 3);
    assert.match(dry.output, /^debug: runs pulumi whoami --verbose --json --non-interactive$/m);
    assert.match(dry.output, /^debug: found Helm release authn: .*, revision 2, pending-upgrade$/m);
    assert.equal((await unfinished())["authn"], left.authn);
    const { code, output } = await stack.krateo("repair", "--force");
    assert.equal(code, 0, output);
    assert.match(
      output,
      /^authn: revision 2 was pending-upgrade, marked as failed so that it can be upgraded/m,
    );
    assert.deepEqual(await unfinished(), {
      authn: "r2 failed",
      snowplow: "r4 failed",
      "core-provider": "r1 failed",
      "resources-presenter": "r1 failed",
    });
  });

  it("are gone after the next up: all deployed, Secrets equal, the next preview empty", async () => {
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 0, output);
    assert.deepEqual(await unfinished(), {
      authn: "r3 deployed",
      snowplow: "r5 deployed",
      "core-provider": "r2 deployed",
      "resources-presenter": "r2 deployed",
    });
    assert.deepEqual(await secretData(), secretsBefore);
    const verify = await stack.krateo("verify");
    assert.equal(verify.code, 0, verify.output);
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  });
});
