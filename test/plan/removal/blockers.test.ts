import assert from "node:assert/strict";
import type { Problem } from "../../../model/problem.ts";
import { confirmationProblems, heldProblems, placeProblems } from "../../../plan/removal/blockers.ts";
import type { LiveObject } from "../../../plan/removal/objects.ts";
import { removalPlan } from "../../../plan/removal/removal-plan.ts";
import { object, release, survey } from "../../support/removal.ts";

const crd = object("CustomResourceDefinition compositiondefinitions.core.krateo.io");

function held(given: Partial<LiveObject>, available: boolean | undefined): Problem[] {
  const found = survey({
    releases: [release("core-provider", [crd, object("Deployment shop/core-provider")], { available })],
    objects: [crd, object("CompositionDefinition far/shop", { finalizers: ["hold"], ...given })],
  });
  return heldProblems(found, removalPlan(found, { purgeData: false }));
}

describe("an object that a finalizer holds", () => {
  const at = (seconds: number): number => survey().readAt - seconds * 1000;

  it("is no reason to stop while who clears it runs", () => {
    assert.deepEqual(held({}, true), []);
    assert.deepEqual(held({}, undefined), []);
    assert.deepEqual(held({ deletedAt: at(59) }, true), []);
    assert.deepEqual(held({ finalizers: [] }, false), []);
  });

  it("is one when who clears it does not run", () => {
    assert.deepEqual(held({}, false), [
      {
        what: "1 CompositionDefinition (far/shop) can only go while core-provider runs, and it does not",
        given: "far/shop held by hold",
        next: "make it run first: kubectl describe deployment/core-provider -n shop",
      },
    ]);
  });

  it("is one when it should have gone a minute ago, with the way to clear it by hand", () => {
    assert.deepEqual(held({ deletedAt: at(61) }, true), [
      {
        what: "1 CompositionDefinition: in deletion for 61 s and more, and its finalizer is not cleared",
        given: "far/shop held by hold",
        next:
          "find out why its finalizer is not cleared; if nobody ever will, clear it: kubectl patch " +
          'compositiondefinitions.core.krateo.io shop -n far --type=merge -p \'{"metadata":{"finalizers":null}}\'',
      },
    ]);
  });

  it("counts when it is a chart's own, of a kind that another release brings and looks after", () => {
    const own = object("Cluster shop/pg-cluster", { finalizers: ["hold"] });
    const kind = object("CustomResourceDefinition clusters.postgresql.cnpg.io");
    const found = survey({
      releases: [
        release("cnpg", [], { kept: [kind], available: false }),
        release("pg-cluster", [own], { chart: "cluster" }),
      ],
      objects: [own, kind],
    });
    assert.deepEqual(
      heldProblems(found, removalPlan(found, { purgeData: false })).map(({ what }) => what),
      ["1 Cluster (shop/pg-cluster) can only go while cnpg runs, and it does not"],
    );
  });

  it("counts when its kind is out of a crds folder", () => {
    const found = survey({
      releases: [release("finops-operator-focus", [], { available: false })],
      objects: [
        object("CustomResourceDefinition focusconfigs.finops.krateo.io"),
        object("FocusConfig far/mine", { finalizers: ["hold"] }),
      ],
    });
    assert.equal(heldProblems(found, removalPlan(found, { purgeData: false })).length, 1);
  });
});

describe("the number of user objects", () => {
  const found = survey({
    releases: [release("core-provider", [crd])],
    objects: [crd, object("CompositionDefinition far/shop"), object("CompositionDefinition far/mart")],
  });
  const plan = removalPlan(found, { purgeData: false });
  const none = removalPlan(survey(), { purgeData: false });

  for (const [what, confirmed, given, expected] of [
    ["need not be confirmed when it is 0", undefined, none, undefined],
    ["is confirmed by the same number", 2, plan, undefined],
    ["must be confirmed", undefined, plan, "2 user objects would go too, and nobody has confirmed that"],
    ["must be the live one: fewer", 1, plan, "--confirm-user-objects says 1, but 2 would go"],
    ["must be the live one: more", 3, plan, "--confirm-user-objects says 3, but 2 would go"],
    ["must be the live one: none", 2, none, "--confirm-user-objects says 2, but 0 would go"],
  ] as const) {
    it(what, () => assert.equal(confirmationProblems(given, confirmed)[0]?.what, expected));
  }

  it("comes with names and the option to add", () => {
    const [problem] = confirmationProblems(plan, undefined);
    assert.equal(problem?.given, "2 CompositionDefinition (far/mart, far/shop)");
    assert.equal(problem.next, "back up what is needed, then add --confirm-user-objects 2");
  });
});

describe("the place of a removal", () => {
  const live = { clusterUid: "u", namespace: "shop", server: "https://h" };
  const record = { ...survey().stack, clusterUid: "u", namespace: "shop" };

  for (const [what, given, expected] of [
    ["is right when the state says the same", record, []],
    ["is right when the state says nothing", survey().stack, []],
    [
      "is wrong on another cluster",
      { ...record, clusterUid: "other" },
      ["the cluster at https://h is not the one that this stack was installed on"],
    ],
    [
      "is wrong in another namespace",
      { ...record, namespace: "other" },
      ["the stack is installed in another namespace than the configuration names"],
    ],
    ["does not matter to an empty state", { ...record, filled: false, clusterUid: "other" }, []],
  ] as const) {
    it(what, () =>
      assert.deepEqual(
        placeProblems(given, live).map((problem) => problem.what),
        expected,
      ),
    );
  }
});
