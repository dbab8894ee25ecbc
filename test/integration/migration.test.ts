import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  backups,
  comeBackTo,
  helm,
  helmReleases,
  keep,
  run,
  scratch,
  seedLegacy,
  tinyChart,
} from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";
import {
  binding,
  carryOver,
  installer,
  migrated,
  platform,
  secretData,
  unchanged,
} from "./migrated-platform.ts";

describe("the migration of a live Krateo 2.7.0, type nodeport", () => {
  let stack: TestStack;
  let secretsBefore: Record<string, unknown>;
  const open = async (): Promise<void> => {
    stack = await TestStack.open("migrate", { type: "nodeport" });
    await carryOver(stack);
  };

  before(async () => {
    await seedLegacy("nodeport");
    // Somebody else's release under the name of one that 3.0.0 has no place for.
    assert.equal((await helm("uninstall", "eventrouter", "-n", "krateo-system")).code, 0);
    const broom = await tinyChart("broom");
    assert.equal((await helm("install", "eventrouter", broom, "-n", "krateo-system")).code, 0);
    secretsBefore = await secretData();
    await keep("krateo-2.7.0");
    await open();
  });

  it("is shown line by line by preview, which touches nothing", async () => {
    const { code, output } = await stack.pulumi("preview", "--diff");
    assert.equal(code, 0, output);
    for (const line of [
      "stop     Deployment installer (1 -> 0)",
      "remove   Helm release eventsse (eventsse 0.5.9)",
      "remove   PersistentVolumeClaim etcd-data-eventsse-etcd-0",
      "adopt    Secret jwt-sign-key, its values as they are",
      "upgrade  Helm release frontend (frontend 1.0.5 -> 1.0.23)",
      "create   Helm release cnpg (cloudnative-pg 0.27.1)",
      "retire   Helm release installer (installer 2.7.0)",
      "retire   ClusterRoleBinding helm-runner-cluster-admin",
    ])
      assert.ok(output.includes(line), `${line} is missing in:\n${output}`);
    assert.match(output, /KRATEO_FOUND\s*: "object krateo, release installer \(chart installer 2\.7\.0\)/);
    assert.doesNotMatch(output, /remove +Helm release eventrouter/);
    assert.equal(await installer(), 1);
  });

  it("stops at a full disk before anything is stopped or removed", async function () {
    const small = scratch("small-disk");
    mkdirSync(small, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", small], { stdio: "pipe" });
    } catch (error) {
      console.log(`      skipped: a small file system cannot be mounted here: ${(error as Error).message}`);
      return this.skip();
    }
    try {
      const releases = await helmReleases();
      const place = ["--stack", stack.name, "--config-file", stack.configFile];
      const { code, output } = await run("node", ["commands/krateo.ts", "cleanup", ...place], {
        KRATEO_BACKUP_DIR: small,
      });
      assert.equal(code, 1, output);
      assert.match(output, /the backup cannot be written: no space is left on the disk/);
      assert.deepEqual(await helmReleases(), releases);
      assert.equal(await installer(), 1);
      assert.deepEqual(readdirSync(small), []);
    } finally {
      execFileSync("umount", [small]);
    }
  });

  it("can be gone back on while no release of 2.7.0 has been upgraded (finding 2)", async () => {
    const releases = await helmReleases();
    const cleanup = await stack.krateo("cleanup");
    assert.equal(cleanup.code, 0, cleanup.output);
    assert.match(
      cleanup.output,
      /eventrouter is of chart broom, which is not the deprecated one: left alone/,
    );
    assert.equal(await installer(), 0);
    assert.equal(await live("Service", "eventsse-external"), undefined);
    assert.ok(await platform(), "the installer would uninstall all with its object");
    assert.equal(statSync(join(backups, "krateo-2.7.0-backup.yaml")).mode & 0o777, 0o600);
    assert.match(readFileSync(join(backups, "krateo-2.7.0-backup.yaml"), "utf8"), /kind: KrateoPlatformOps/);

    const dry = await stack.krateo("restore", "--dry-run");
    assert.equal(dry.code, 0, dry.output);
    assert.match(dry.output, /Helm release eventsse \(eventsse 0\.5\.9\) would be put back/);
    assert.equal(await installer(), 0);
    const restore = await stack.krateo("restore");
    assert.equal(restore.code, 0, restore.output);
    assert.match(
      restore.output,
      /cannot be undone: the data of PersistentVolumeClaim etcd-data-eventsse-etcd-0/,
    );
    assert.deepEqual(await helmReleases(), releases);
    assert.equal(await installer(), 1);
    const service = (await live("Service", "eventsse-external")) as {
      spec: { ports: { nodePort: number }[] };
    };
    assert.equal(service.spec.ports[0]?.nodePort, 30083);
    const upgrade = ["upgrade", "eventsse", scratch("../legacy-charts/eventsse"), "--reuse-values"];
    const helms = await helm(...upgrade, "-n", "krateo-system");
    assert.equal(helms.code, 0, `Helm does not know what was put back: ${helms.output}`);
  });

  it("says where it stands when a release fails on the way, and retires nothing", async () => {
    await comeBackTo("krateo-2.7.0");
    await open();
    // What a dry run cannot tell: a pod for which there is no node.
    const step = "components.composable-operations.stepConfig.install-core-provider";
    const set = { [`${step}.helmValues.nodeSelector.disk`]: "nowhere", [`${step}.with.timeout`]: "12s" };
    await stack.configure({ type: "nodeport", set });
    const { code, output } = await stack.pulumi("up", "--continue-on-error");
    assert.equal(code, 1, output);
    assert.match(output, /The migration from Krateo 2\.7\.0 is not finished\./);
    assert.match(output, /stands at: +installer of 2\.7\.0 stopped; 5 of 5 deprecated Helm releases gone;/);
    assert.match(output, /serves: +frontend \S+, authn 0\.22\.2, snowplow/);
    assert.match(output, /continue: +remove the cause and run pulumi up again/);
    // At first, and in the end, when what was in progress has come further.
    const waysBack = [...output.matchAll(/go back: +(.*)/g)].map(([, way]) => way);
    assert.match(waysBack[0] ?? "", /npx krateo restore puts 2\.7\.0 back as long as|not possible any more/);
    assert.match(waysBack.at(-1) ?? "", /not possible any more: Helm release \S+ is/);
    assert.ok(waysBack.length >= 2, output);
    assert.ok(await platform(), "the object was retired although a release has failed");
    assert.equal(await installer(), 0);
    unchanged(secretsBefore, await secretData(), "in a run that failed");
  });

  it("converges after a kill -9 at any point, with Secrets and user values kept (finding 1)", async () => {
    await comeBackTo("krateo-2.7.0");
    rmSync(backups, { recursive: true, force: true });
    await open();
    let secrets = secretsBefore;
    // A kill comes a little after its moment, so that a later moment may have passed by then: then the next thing counts.
    const orLater = "|nothing of an earlier platform|Release install-\\S+ (importing|updating|creating)";
    const orRetired =
      "|KrateoPlatformOps krateo removed|Helm release installer\\S* removed|Installation snapshot creating";
    for (const moment of [
      /backup: \S+ written/,
      new RegExp(`Helm release \\S+ .*removing${orLater}`),
      new RegExp(`Helm release eventsse\\S* removed${orLater}`),
      new RegExp(`node port 30083 is free${orLater}`),
      /Release install-\S+ importing/,
      /Release install-\S+ (updating|creating)/,
      /Release install-\S+ (updated|created)/,
      /Command database creating/,
      /Release install-frontend (importing|updating|creating)/,
      /Command retire creating/,
      new RegExp(`finalizer finalizer\\.managedresource\\.krateo\\.io removed${orRetired}`),
      new RegExp(`Command retire creating${orRetired}`),
    ]) {
      await stack.killAt("up", moment);
      const repair = await stack.krateo("repair");
      assert.equal(repair.code, 0, `after ${moment}: ${repair.output}`);
      const now = await secretData();
      unchanged(secrets, now, `at ${moment}`);
      secrets = now;
    }
    const up = await stack.pulumi("up");
    assert.equal(up.code, 0, up.output);
    unchanged(secrets, await secretData(), "in the end");
    await migrated(stack, ["eventrouter"]);
    assert.deepEqual(
      readdirSync(backups).sort(),
      ["krateo-2.7.0-backup", "krateo-2.7.0-backup.yaml"],
      "runs that go on need no second backup",
    );
    assert.equal((await helmReleases())["eventrouter"], "broom-1.0.0 r1 deployed");
    const values = async (release: string): Promise<string> =>
      (await helm("get", "values", release, "-n", "krateo-system")).stdout;
    assert.match(await values("authn"), /memory: 384Mi/);
    assert.match(await values("core-provider"), /example\.org\/team: platform/);
    assert.match(await values("frontend"), /TITLE: Our platform/);
  });

  it("cannot be gone back on any more then, and restore says why and touches nothing", async () => {
    const releases = await helmReleases();
    const { code, output } = await stack.krateo("restore");
    assert.equal(code, 1, output);
    assert.match(output, /there is no way back to Krateo 2\.7\.0 any more; nothing was touched/);
    assert.match(output, /Helm release frontend is of version 1\.0\.23, and was of 1\.0\.5/);
    assert.deepEqual(await helmReleases(), releases);
  });

  it("leaves nothing that verify would not find", async () => {
    await apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "uninstall-old-components" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: "uninstall-old-components", namespace: "krateo-system" }],
    });
    const { output } = await stack.krateo("verify");
    assert.match(output, /WARNING +legacy +ClusterRoleBinding uninstall-old-components/);
    assert.match(output, /WARNING +migration +Krateo 2\.7\.0 +1 old account or binding left/);
    const retire = await stack.krateo("retire");
    assert.equal(retire.code, 0, retire.output);
    assert.equal(await binding("uninstall-old-components"), undefined);
  });
});
