import assert from "node:assert/strict";
import type { Dependents, Inventory } from "../../../model/inventory.ts";
import type { PreviousRun } from "../../../model/previous-run.ts";
import type { Problem } from "../../../model/problem.ts";
import type { Settings } from "../../../model/settings.ts";
import { preconditionProblems } from "../../../plan/preconditions.ts";
import { switchedOffProblems } from "../../../plan/removal/guard.ts";
import { emptyInventory } from "../../support/inventory.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";

const off = chartStep("install-cratedb", { component: "finops", enabled: false });
const far = chartStep("install-opa", {
  component: "finops",
  enabled: false,
  release: { name: "opa", namespace: "far" },
});
const steps = [chartStep("install-authn"), off, far];
const live = (chart: string) => ({
  chart,
  chartVersion: "1.0.0",
  revision: 1,
  status: "deployed",
  updatedAt: 0,
});
const cratedb = { cratedb: live("cratedb") };
const previous: PreviousRun = {
  clusterUid: "u",
  namespace: "krateo-system",
  releases: { authn: "authn 1.0.0", cratedb: "cratedb 1.0.0", opa: "opa 1.0.0" },
};
const nothing: Dependents = { objects: [], volumes: [] };
const notebooks = (held: string[]): Dependents => ({
  objects: [{ kind: "Notebook", crd: "notebooks.finops.krateo.io", names: ["shop/a", "far/b"], held }],
  volumes: [
    { name: "data-0", goes: false },
    { name: "pg-1", goes: true },
  ],
});

function problems(
  inventory: Partial<Inventory>,
  run: PreviousRun | undefined = previous,
  settings: Partial<Settings> = {},
): Problem[] {
  return switchedOffProblems(settingsOf(steps, settings), { ...emptyInventory, ...inventory }, run);
}
const whats = (...given: Parameters<typeof problems>): string[] => problems(...given).map(({ what }) => what);

const removes = "component finops is switched off, but installed: this would remove it";

describe("switching an installed component off", () => {
  it("is refused, naming everything that would be lost", () => {
    const releases = { ...cratedb, "far/opa": live("opa") };
    const dependents = { cratedb: notebooks([]), "far/opa": nothing };
    assert.deepEqual(problems({ releases, dependents }), [
      {
        what: removes,
        path: "components.finops.enabled",
        given:
          "would be lost: 2 Helm releases: cratedb (cratedb 1.0.0), far/opa (opa 1.0.0); " +
          "2 user objects: 2 Notebook (shop/a, far/b); volumes: pg-1; the users of these volumes, which stay: data-0",
        next: "switch it on again, or agree to the loss: pulumi config set krateo:allowRemoval finops",
      },
    ]);
  });

  it("is told from skipping one of its steps, which is refused and allowed in the same way", () => {
    const components = [{ name: "finops", enabled: true, steps: ["install-cratedb", "install-opa"] }];
    const [problem] = problems({ releases: cratedb }, previous, { components });
    assert.deepEqual(
      [problem?.what, problem?.path, problem?.next],
      [
        "of component finops, install-cratedb is skipped, but installed: this would remove it",
        "steps",
        "install it again, or agree to the loss: pulumi config set krateo:allowRemoval finops",
      ],
    );
    assert.deepEqual(problems({ releases: cratedb }, previous, { components, allowRemoval: ["finops"] }), []);
  });

  it("is allowed by name; other names that were agreed to are kept in the advice", () => {
    assert.deepEqual(problems({ releases: cratedb }, previous, { allowRemoval: ["finops"] }), []);
    const [problem] = problems({ releases: cratedb }, previous, { allowRemoval: ["cnpg"] });
    assert.match(problem?.next ?? "", /krateo:allowRemoval cnpg,finops$/);
    assert.match(problem?.given ?? "", /; no user objects$/);
  });

  it("is refused even then, while objects are held that only it could let go of", () => {
    const dependents = { cratedb: notebooks(["shop/a", "far/b"]) };
    assert.deepEqual(problems({ releases: cratedb, dependents }, previous, { allowRemoval: ["finops"] }), [
      {
        what: "component finops cannot be removed yet: a finalizer that only the component itself clears holds objects of users",
        path: "krateo:allowRemoval",
        given: "2 Notebook (shop/a, far/b)",
        next:
          "delete them while it runs: kubectl delete notebooks.finops.krateo.io -n shop a && " +
          "kubectl delete notebooks.finops.krateo.io -n far b",
      },
    ]);
  });

  for (const [what, given, expected] of [
    ["nothing of it is installed", () => whats({}), []],
    [
      "the last run did not install its release, which is somebody's own",
      () => whats({ releases: cratedb }, { ...previous, releases: { authn: "authn 1.0.0" } }),
      [],
    ],
    [
      "its release's name is taken by another chart",
      () => whats({ releases: { cratedb: live("redis") } }),
      [],
    ],
    [
      "no run has succeeded, and nothing here is of this program's making",
      () => switchedOffProblems(settingsOf(steps), { ...emptyInventory, releases: cratedb }, undefined),
      [],
    ],
  ] as const) {
    it(`is fine when ${what}`, () => assert.deepEqual(given(), expected));
  }

  it("is refused with a condition when a run has begun but none has succeeded", () => {
    const namespace = { ours: true, uid: "u" };
    const found = switchedOffProblems(
      settingsOf(steps),
      { ...emptyInventory, namespace, releases: cratedb },
      undefined,
    );
    assert.deepEqual(
      found.map(({ what }) => what),
      [
        "component finops is switched off, but its releases exist; if an earlier run of this stack installed them, this would remove them",
      ],
    );
  });

  it("is refused with a condition when the last run did not record its releases", () => {
    const { releases: _, ...old } = previous;
    assert.match(
      whats({ releases: cratedb }, old)[0] ?? "",
      /if an earlier run of this stack installed them/,
    );
  });

  it("is found before anything is touched, in preview and up alike", () => {
    for (const preview of [true, false]) {
      const inventory = { ...emptyInventory, clusterUid: previous.clusterUid, releases: cratedb };
      const [found, ...more] = preconditionProblems(settingsOf(steps), inventory, {
        previous,
        preview,
        migration: [],
      });
      assert.match(found?.what ?? "", /component finops is switched off, but installed/);
      assert.deepEqual(more, []);
    }
  });

  it("is no removal when another step installs the same release", () => {
    const twin = chartStep("install-other", { release: { name: "cratedb", namespace: "krateo-system" } });
    const settings = settingsOf([...steps, { ...twin, chart: { ...twin.chart, name: "cratedb" } }]);
    assert.deepEqual(switchedOffProblems(settings, { ...emptyInventory, releases: cratedb }, previous), []);
  });
});

describe("an installed release that no step installs any more", () => {
  const releases = { old: live("authn") };
  const run = { ...previous, releases: { old: "authn 1.0.0", gone: "gone 1.0.0" } };

  it("is refused when it was renamed, unless its component may be removed", () => {
    const [problem, ...others] = problems({ releases }, run);
    assert.deepEqual(others, []);
    assert.equal(
      problem?.what,
      "the Helm release old is installed, but no step installs it any more: this would remove it",
    );
    assert.equal(problem.given, "authn 1.0.0, now to be installed as authn");
    assert.deepEqual(problems({ releases }, run, { allowRemoval: ["shop"] }), []);
  });

  it("is refused when its step has left the document", () => {
    const vanished = { ...previous, releases: { old: "redis 1.0.0" } };
    const next = (platformVersion: string) =>
      problems({ releases: { old: live("redis") } }, vanished, { platformVersion })[0]?.next ?? "";
    assert.match(next("local"), /^put the step back into the release document/);
    assert.match(next("3.1.0"), /^set krateo:version back to one that has it/);
  });
});
