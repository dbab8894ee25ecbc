import assert from "node:assert/strict";
import { leftoverLines, migrationLines } from "../../migration/migration-lines.ts";
import { legacyProblems } from "../../migration/preconditions.ts";
import type { Inventory, Legacy, LegacyPlatform } from "../../model/inventory.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

const finalizer = "finalizer.managedresource.krateo.io";
const object = (given: object = {}): LegacyPlatform["objects"][number] => ({
  name: "krateo",
  uid: "u",
  generation: 1,
  finalizers: [finalizer],
  deleting: false,
  ...given,
});
const installer = { name: "installer", chart: "installer", chartVersion: "2.7.0" };
const platform = (given: Partial<LegacyPlatform> = {}): LegacyPlatform => ({
  objects: [object()],
  elsewhere: [],
  releases: [installer],
  installers: [{ name: "installer", replicas: 1 }],
  ...given,
});
const inventory = (legacy: Partial<Legacy>, given: Partial<Inventory> = {}): Inventory => ({
  ...emptyInventory,
  ...given,
  legacy: { releases: [], volumes: [], ...legacy },
});
const problems = (given?: Partial<LegacyPlatform>): string[] =>
  legacyProblems(settingsOf([]), inventory(given ? { platform: platform(given) } : {})).map(
    ({ what }) => what,
  );

describe("a live Krateo of an earlier version", () => {
  const other = { ...installer, chartVersion: "2.6.0" };
  for (const [what, given, expected] of [
    ["nothing of it", undefined, []],
    ["2.7.0 at work", {}, []],
    ["2.7.0 stopped by a run before", { installers: [{ name: "installer", replicas: 0 }] }, []],
    ["only its Helm releases", { objects: [] }, []],
    [
      "an object that our own run lets go",
      { objects: [object({ deleting: true, finalizers: ["other"] })] },
      [],
    ],
    ["another version", { releases: [other] }, ["only Krateo 2.7.0 can be migrated"]],
    [
      "an object of no known version",
      { releases: [], installers: [] },
      [
        "the installed version of Krateo is not known: its object exists, its installer's Helm release does not",
      ],
    ],
    [
      "two objects",
      { objects: [object(), object({ name: "second" })] },
      ["there are 2 KrateoPlatformOps objects in namespace krateo-system, and only one can be the platform"],
    ],
    [
      "an object being deleted",
      { objects: [object({ deleting: true })] },
      ["KrateoPlatformOps krateo in namespace krateo-system is being deleted"],
    ],
    [
      "an object elsewhere",
      { elsewhere: ["other/krateo"] },
      [
        "another Krateo is on this cluster, and migrating this one would remove the kind of the other one's object",
      ],
    ],
    [
      "several reasons at once",
      { releases: [other], elsewhere: ["other/krateo"], objects: [object({ deleting: true })] },
      [
        "only Krateo 2.7.0 can be migrated",
        "KrateoPlatformOps krateo in namespace krateo-system is being deleted",
        "another Krateo is on this cluster, and migrating this one would remove the kind of the other one's object",
      ],
    ],
  ] as const) {
    it(`is ${expected.length > 0 ? "refused" : "migrated"} with ${what}`, () =>
      assert.deepEqual(problems(given), expected));
  }

  it("of another version is told the way to 2.7.0, the kind before the installer", () => {
    const [problem] = legacyProblems(
      settingsOf([]),
      inventory({ platform: platform({ releases: [other] }) }),
    );
    assert.match(
      problem?.next ?? "",
      /helm upgrade installer-crd .*--version 2\.7\.0.*helm upgrade installer /,
    );
  });
});

describe("the lines of a migration", () => {
  const steps = ["authn", "frontend", "cnpg"].map((name) => chartStep(`install-${name}`));
  const settings = settingsOf(steps, { platformVersion: "3.0.0" });
  const there = { status: "deployed", revision: 1, updatedAt: 0 };
  const releases = {
    authn: { ...there, chart: "authn", chartVersion: "1.0.0" },
    frontend: { ...there, chart: "frontend", chartVersion: "0.9.0" },
  };
  const legacy: Legacy = {
    releases: [{ name: "eventsse-etcd", chart: "etcd", chartVersion: "3.6.6" }],
    volumes: ["etcd-data-eventsse-etcd-0"],
    platform: platform(),
    leftovers: [{ kind: "ServiceAccount", name: "helm-runner" }],
  };
  const secret = { ours: false, uid: "u", data: { JWT_SIGN_KEY: "hush" } };

  it("name everything in its order, and no value", () => {
    const lines = migrationLines(
      settings,
      inventory(legacy, { releases, secrets: { "jwt-sign-key": secret } }),
    );
    assert.deepEqual(lines, [
      "Krateo 2.7.0 in namespace krateo-system will be migrated to 3.0.0:",
      "  back up  all Helm releases and Secrets, and the KrateoPlatformOps object",
      "  stop     Deployment installer (1 -> 0)",
      "  remove   Helm release eventsse-etcd (etcd 3.6.6)",
      "  remove   PersistentVolumeClaim etcd-data-eventsse-etcd-0",
      "  adopt    Secret jwt-sign-key, its values as they are",
      "  create   Secret krateo-db",
      "  create   Secret krateo-db-user",
      "  adopt    Helm release authn (authn 1.0.0)",
      "  upgrade  Helm release frontend (frontend 0.9.0 -> 1.0.0)",
      "  create   Helm release cnpg (cnpg 1.0.0)",
      `  retire   KrateoPlatformOps krateo, without its finalizer ${finalizer}: nothing is uninstalled by it`,
      "  retire   Helm release installer (installer 2.7.0)",
      "  retire   ServiceAccount helm-runner",
    ]);
  });

  it("name the Installation where upstream's CLI runs 2.7.0", () => {
    const { platform: _, leftovers: __, ...takenOver } = { ...legacy, takenOver: "krateoctl" };
    const lines = migrationLines(settings, inventory(takenOver, { releases }));
    assert.deepEqual(
      [lines[0], lines[1], lines.at(-1)],
      [
        "Krateo 2.7.0, run by upstream's CLI, in namespace krateo-system will be migrated to 3.0.0:",
        "  back up  all Helm releases and Secrets, and the Installation",
        "  update   Installation krateoctl, which then holds the steps of 3.0.0",
      ],
    );
  });

  it("say that storage is deleted, where the stack wants it so", () => {
    const lines = migrationLines({ ...settings, purgeVolumes: true }, inventory(legacy));
    assert.ok(
      lines.includes("  remove   PersistentVolumeClaim etcd-data-eventsse-etcd-0, and the volume behind it"),
    );
  });

  it("are none where there is no 2.7.0, but for what an earlier installer left", () => {
    const alone = inventory({
      leftovers: [{ kind: "ClusterRoleBinding", name: "uninstall-old-components" }],
    });
    assert.deepEqual(migrationLines(settings, alone), []);
    assert.deepEqual(leftoverLines(alone), [
      "ClusterRoleBinding uninstall-old-components, left by an earlier installer, will be removed",
    ]);
    assert.deepEqual(leftoverLines(inventory(legacy)), []);
  });
});
