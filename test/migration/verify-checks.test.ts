import assert from "node:assert/strict";
import { migrationChecks } from "../../migration/verify-checks.ts";

describe("verify of what Krateo 2.7.0 left", () => {
  const sweeper = { name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" };
  const platform = {
    objects: [{ name: "krateo", uid: "u", generation: 1, finalizers: [], deleting: false }],
    elsewhere: [],
    releases: [{ name: "installer", chart: "installer", chartVersion: "2.7.0" }],
    installers: [],
  };
  const binding = { kind: "ClusterRoleBinding", name: "uninstall-old-components" } as const;

  it("reports what earlier versions left: releases, volumes and the object as errors, rights as warnings", () => {
    const legacy = {
      releases: [sweeper],
      volumes: ["etcd-data-eventsse-etcd-0"],
      platform,
      leftovers: [binding],
    };
    assert.deepEqual(
      migrationChecks(legacy)
        .filter(({ check }) => check === "legacy")
        .map(({ subject, status, next }) => [subject, status, next]),
      [
        ["Helm release sweeper", "ERROR", "npx krateo cleanup"],
        ["PersistentVolumeClaim etcd-data-eventsse-etcd-0", "ERROR", "npx krateo cleanup"],
        ["KrateoPlatformOps krateo", "ERROR", "npx pulumi up"],
        ["Helm release installer", "ERROR", "npx pulumi up"],
        ["ClusterRoleBinding uninstall-old-components", "WARNING", "npx pulumi up"],
      ],
    );
  });

  for (const [what, legacy, status, found] of [
    [
      "the old object and its releases are there",
      { releases: [sweeper], volumes: ["v"], platform },
      "ERROR",
      "KrateoPlatformOps krateo still there, 2 old Helm releases left, 1 old volume left",
    ],
    [
      "only rights are left",
      { releases: [], volumes: [], leftovers: [binding] },
      "WARNING",
      "1 old account or binding left",
    ],
  ] as const) {
    it(`says in one line that the migration is not done when ${what}`, () => {
      const verdict = migrationChecks(legacy).find(({ check }) => check === "migration");
      assert.deepEqual([verdict?.status, verdict?.found], [status, found]);
    });
  }

  it("says in one line that nothing is left", () => {
    assert.deepEqual(migrationChecks({ releases: [], volumes: [] }), [
      {
        check: "legacy",
        subject: "Krateo 2.7.0",
        expected: "nothing of it is left",
        status: "OK",
        found: "nothing of it is left",
        next: "",
      },
    ]);
  });
});
