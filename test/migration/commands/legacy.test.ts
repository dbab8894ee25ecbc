import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeRelease } from "../../../cluster/client/helm-release.ts";
import { holding, withApiServer } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";
import { krateo, type Run, withProject } from "../../commands/session.ts";

const namespace = { "/api/v1/namespaces/shop": { metadata: { name: "shop", uid: "s" } } };
const kubeSystem = {
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "cluster" } },
};
const sweeper = {
  type: "helm.sh/release.v1",
  metadata: {
    name: "sh.helm.release.v1.sweeper.v1",
    uid: "r",
    labels: { owner: "helm", name: "sweeper", version: "1", status: "deployed" },
  },
  data: { release: encodeRelease(helmRelease("sweeper", { namespace: "shop" })) },
};
const legacy = { ...namespace, ...kubeSystem, "/api/v1/namespaces/shop/secrets": { items: [sweeper] } };
const another = {
  ...legacy,
  "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", uid: "b" } },
};

describe("krateo backup, restore, cleanup and retire", () => {
  let directory: string;
  let remove: () => void;
  const environment = ["PULUMI_STACK", "KRATEO_CONFIG_FILE", "KRATEO_CLUSTER_UID", "KRATEO_BACKUP_DIR"];
  const before = environment.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    for (const name of environment) delete process.env[name];
    ({ directory, remove } = withProject({}));
  });

  afterEach(() => {
    remove();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  /** Runs a command against a cluster that holds these objects, and has it change none of them. */
  async function on(objects: Record<string, unknown>, ...words: string[]): Promise<Run> {
    let result: Run | undefined;
    await withApiServer(holding(objects), async ({ kubeconfig }, requests) => {
      result = await krateo(directory, ...words, "--namespace", "shop", "--kubeconfig", kubeconfig);
      assert.deepEqual(
        requests.filter((request) => !request.startsWith("GET ")),
        [],
      );
    });
    assert.ok(result);
    return result;
  }

  async function refused(
    pattern: RegExp,
    objects: Record<string, unknown>,
    ...words: string[]
  ): Promise<void> {
    const files = readdirSync(directory);
    const { code, printed, noted } = await on(objects, ...words);
    assert.deepEqual([code, printed], [1, ""], noted);
    assert.match(noted, pattern);
    assert.doesNotMatch(noted, /\n {4}at /);
    assert.deepEqual(readdirSync(directory), files);
  }

  it("write one for their owner alone, and number the next", async () => {
    for (const name of ["krateo-2.7.0-backup", "krateo-2.7.0-backup-2"]) {
      const { code, printed, noted } = await on(legacy, "backup");
      assert.equal(code, 0, noted);
      assert.match(printed, new RegExp(`backup: \\S*${name} written: 1 Helm release, 0 Secrets`));
      const index = join(directory, name, "backup.json");
      assert.equal(statSync(index).mode & 0o777, 0o600);
      assert.equal(JSON.parse(readFileSync(index, "utf8")).clusterUid, "cluster");
    }
  });

  it("say that there is no Krateo 2.7.0", () =>
    refused(
      /there is no Krateo 2\.7\.0 in namespace shop at http/,
      { ...namespace, ...kubeSystem },
      "backup",
    ));

  for (const command of ["backup", "cleanup", "retire"]) {
    it(`stop at a namespace that does not exist: ${command}`, () =>
      refused(/namespace shop does not exist in the cluster at http/, kubeSystem, command));
  }

  it("name a folder that cannot be written", async () => {
    writeFileSync(join(directory, "file"), "");
    await refused(
      /the backups cannot be read: that is not a folder\n +where: +\S+\/file\/below\n/,
      legacy,
      "backup",
      "--directory",
      "file/below",
    );
    assert.ok(!existsSync(join(directory, "file/below")));
  });

  it("say that there is no backup, and where it was looked for", async () => {
    await refused(
      /there is no backup of namespace shop at \S+\n +where: +\S+\n +next: +name its folder with --from/,
      legacy,
      "restore",
    );
    await refused(/there is no backup of namespace shop/, legacy, "restore", "--from", "nowhere");
  });

  it("take no other cluster's backup", async () => {
    assert.equal((await on(legacy, "backup")).code, 0);
    await refused(/there is no backup of namespace shop/, another, "restore");
    await refused(/that backup is of another platform/, another, "restore", "--from", "krateo-2.7.0-backup");
  });

  it("name a backup that cannot be read, and do not look past it", async () => {
    mkdirSync(join(directory, "krateo-2.7.0-backup"));
    writeFileSync(join(directory, "krateo-2.7.0-backup/backup.json"), "{");
    for (const command of ["backup", "restore"])
      await refused(/a backup cannot be read: this file is damaged/, legacy, command);
  });
});
