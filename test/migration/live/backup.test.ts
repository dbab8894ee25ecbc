import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bestBackup } from "../../../migration/live/backup.ts";
import type { BackupContents } from "../../../migration/live/backup-contents.ts";
import {
  copyObject,
  readBackupFolder,
  readBackups,
  writeBackup,
} from "../../../migration/live/backup-folder.ts";
import { type BackupIndex, covers, identities, replacedSince } from "../../../migration/live/backup-index.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { errorOf } from "../../cluster/api-server.ts";
import { helmRelease } from "../../cluster/helm-releases.ts";

const release = (name: string, given: Partial<BackupIndex["releases"][number]> = {}) => ({
  name,
  chart: name,
  chartVersion: "1.0.0",
  revision: 1,
  status: "deployed",
  deprecated: false,
  ...given,
});
const sweeper = release("sweeper", { deprecated: true });
const index = (given: Partial<BackupIndex> = {}): BackupIndex => ({
  format: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  server: "https://shop",
  clusterUid: "cluster",
  namespace: "shop",
  object: { name: "krateo", uid: "u", generation: 3 },
  installers: [{ name: "installer", replicas: 1 }],
  releases: [sweeper, release("authn")],
  volumes: [],
  secrets: ["jwt-sign-key"],
  ...given,
});
const contents = (files: Record<string, string> = {}): BackupContents => ({
  index: index(),
  files: new Map(
    Object.entries({
      "krateoplatformops.yaml": "kind: KrateoPlatformOps\n",
      "secrets/a.yaml": "hush\n",
      ...files,
    }),
  ),
  damaged: [],
});

describe("a backup on disk", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "krateo-backup-"));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const names = async (): Promise<string[]> => (await readdir(directory)).sort();

  it("is a folder with all, and the object beside it, for its owner alone", async () => {
    const { folder } = await writeBackup(directory, contents());
    assert.deepEqual(await names(), ["krateo-2.7.0-backup", "krateo-2.7.0-backup.yaml"]);
    assert.equal(await readFile(`${folder}.yaml`, "utf8"), "kind: KrateoPlatformOps\n");
    for (const file of ["secrets/a.yaml", "krateoplatformops.yaml", "backup.json"])
      assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600, file);
    assert.equal((await stat(`${folder}.yaml`)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, "secrets"))).mode & 0o777, 0o700);
    assert.deepEqual(await readBackups(directory), [{ folder, index: index() }]);
  });

  it("never takes the place of an earlier one, nor of half of one", async () => {
    await writeFile(join(directory, "krateo-2.7.0-backup.yaml"), "somebody's own\n");
    const second = await writeBackup(directory, contents());
    const third = await writeBackup(directory, contents());
    assert.ok(second.folder.endsWith("krateo-2.7.0-backup-2"));
    assert.ok(third.folder.endsWith("krateo-2.7.0-backup-3"));
    assert.equal(await readFile(join(directory, "krateo-2.7.0-backup.yaml"), "utf8"), "somebody's own\n");
  });

  it("is not counted while it is half, and what a killed run left of one goes with the next", async () => {
    await mkdir(join(directory, "krateo-2.7.0-backup"));
    await mkdir(join(directory, ".krateo-2.7.0-backup.partial-99999999"));
    assert.deepEqual(await readBackups(directory), []);
    await writeBackup(directory, contents());
    assert.deepEqual(await names(), [
      "krateo-2.7.0-backup",
      "krateo-2.7.0-backup-2",
      "krateo-2.7.0-backup-2.yaml",
    ]);
  });

  it("gets its object beside it later on, where a kill came in between", async () => {
    const { folder } = await writeBackup(directory, contents());
    await rm(`${folder}.yaml`);
    await copyObject(folder);
    assert.equal(await readFile(`${folder}.yaml`, "utf8"), "kind: KrateoPlatformOps\n");
  });

  it("that cannot be written is a mistake with a name, and leaves nothing", async () => {
    const file = join(directory, "file");
    await writeFile(file, "");
    const error = await errorOf(writeBackup(file, contents()));
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /the backup cannot be written: (that is not a folder|a file of that name)/);
    assert.match(error.message, /nothing was stopped or removed/);
    const long = await errorOf(writeBackup(directory, contents({ [`secrets/${"x".repeat(300)}`]: "" })));
    assert.match(long.message, /the backup cannot be written: ENAMETOOLONG/);
    assert.deepEqual(await names(), ["file"]);
  });

  it("is looked for in a folder that is not there without complaint", async () => {
    assert.deepEqual(await readBackups(join(directory, "none")), []);
    await writeFile(join(directory, "krateo-2.7.0-backup"), "a file, and no backup");
    assert.deepEqual(await readBackups(directory), []);
  });

  it("is never taken for none where the folder of backups cannot be read", async () => {
    const file = join(directory, "file");
    await writeFile(file, "");
    const { message } = await errorOf(readBackups(file));
    assert.match(message, /the backups cannot be read: that is not a folder\n +where: +\S+file\n/);
    assert.match(message, /next: +nothing was changed; .*KRATEO_BACKUP_DIR/);
  });

  for (const [what, damage, expected] of [
    ["is damaged", (file: string) => writeFile(file, '{"format": 1,'), "this file is damaged"],
    ["is of another version", (file: string) => writeFile(file, '{"format": 2}'), "or of another version"],
    ["cannot be read", (file: string) => mkdir(file), "a folder of that name is in the way"],
  ] as const) {
    it(`is never taken for none where it ${what}`, async () => {
      const { folder } = await writeBackup(directory, contents());
      const file = join(folder, "backup.json");
      await rm(file);
      await damage(file);
      for (const read of [() => readBackups(directory), () => readBackupFolder(folder)]) {
        const error = await errorOf(read());
        assert.ok(error instanceof ConfigurationError, error.message);
        assert.match(error.message, new RegExp(`a backup cannot be read: .*${expected}`));
        assert.equal(error.problems[0]?.file, file);
        assert.match(error.message, /move its folder away, and start again/);
      }
    });
  }
});

describe("an earlier backup", () => {
  for (const [what, now, expected] of [
    ["nothing has changed", {}, true],
    ["some has been removed since", { releases: [release("authn", { revision: 2 })] }, true],
    ["the object has gone since", { object: undefined }, true],
    ["the object was edited since", { object: { name: "krateo", uid: "u", generation: 4 } }, false],
    ["a release to be removed was upgraded since", { releases: [{ ...sweeper, revision: 2 }] }, false],
    ["it is another cluster", { clusterUid: "other" }, false],
    ["it is another namespace", { namespace: "other" }, false],
  ] as const) {
    it(`is ${expected ? "" : "not "}enough when ${what}`, () =>
      assert.equal(covers(index(), index(now as Partial<BackupIndex>)), expected));
  }

  it("is chosen for a restoration by how much it holds, then by its age", () => {
    const backup = (folder: string, given: Partial<BackupIndex> = {}) => ({ folder, index: index(given) });
    const backups = [
      backup("1"),
      backup("2"),
      backup("3", { releases: [] }),
      backup("4", { clusterUid: "x" }),
    ];
    assert.equal(bestBackup(backups, index())?.folder, "2");
    assert.equal(bestBackup(backups, index({ namespace: "other" })), undefined);
  });
});

describe("the way back", () => {
  const live = (...releases: [string, string, number][]) =>
    identities(
      new Map(
        releases.map(([name, version, revision]) => [
          name,
          helmRelease(name, { chart: `${name} ${version}`, version: revision }),
        ]),
      ),
    );
  for (const [what, releases, reasons] of [
    ["as it was", [["authn", "1.0.0", 1]], []],
    [
      "with something new",
      [
        ["authn", "1.0.0", 1],
        ["cnpg", "0.1.0", 1],
      ],
      [],
    ],
    ["upgraded", [["authn", "2.0.0", 2]], ["Helm release authn is of version 2.0.0, and was of 1.0.0"]],
    ["upgraded in place", [["authn", "1.0.0", 2]], ["Helm release authn is at revision 2, and was at 1"]],
    ["gone", [], ["Helm release authn is gone"]],
  ] as const) {
    it(`is ${reasons.length > 0 ? "closed" : "open"} when what stays is ${what}`, () =>
      assert.deepEqual(
        replacedSince(index(), live(...(releases as unknown as [string, string, number][]))),
        reasons,
      ));
  }
});
