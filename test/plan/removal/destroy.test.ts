import assert from "node:assert/strict";
import { destroyedBy, destroyProblems } from "../../../plan/removal/destroy.ts";
import { objectText } from "../../../plan/removal/objects.ts";
import { object, release, survey } from "../../support/removal.ts";

const definitions = object("CustomResourceDefinition compositiondefinitions.core.krateo.io");
const shops = object("CustomResourceDefinition shops.composition.krateo.io");
const focus = object("CustomResourceDefinition focusconfigs.finops.krateo.io");
const demo = object("Namespace demo-system");

const found = survey({
  releases: [
    release("core-provider", [definitions], { available: true }),
    release("portal", [demo]),
    release("finops-operator-focus"),
  ],
  generated: { "core-provider": ["shops.composition.krateo.io"] },
  objects: [
    ...[definitions, shops, focus, demo],
    object("CompositionDefinition far/shop", { finalizers: ["hold"] }),
    object("Shop far/corner"),
    object("FocusConfig far/mine"),
    object("ConfigMap demo-system/notes"),
    object("ConfigMap demo-system/kube-root-ca.crt"),
  ],
});

describe("a plain destroy", () => {
  it("takes users' objects of definitions and namespaces that go with a release, not of those that Helm leaves", () => {
    const { userObjects, waves } = destroyedBy(found);
    assert.deepEqual(userObjects.map(objectText), [
      "CompositionDefinition far/shop",
      "ConfigMap demo-system/notes",
      "Shop far/corner",
    ]);
    assert.deepEqual(
      waves.map((wave) => wave.map(objectText)),
      [["Shop far/corner"], ["CompositionDefinition far/shop"]],
    );
  });

  it("takes none that the stack made itself", () => {
    const own = object("CompositionDefinition shop/own");
    const stack = {
      ...found.stack,
      objects: [
        { apiVersion: own.apiVersion, kind: own.kind, namespace: "shop", name: "own", retained: false },
      ],
    };
    const { userObjects } = destroyedBy({ ...found, stack, objects: [definitions, own] });
    assert.deepEqual(userObjects, []);
  });

  it("is stopped unless as many are confirmed, with their list and the command to type", () => {
    const problems = destroyProblems(found, destroyedBy(found), 2, "dev");
    assert.deepEqual(problems, [
      {
        what: "3 user objects would go with the installation, and nobody has confirmed that; nothing has been removed",
        given: "1 CompositionDefinition (far/shop), 1 ConfigMap (demo-system/notes), 1 Shop (far/corner)",
        next:
          "npx krateo uninstall --dry-run --stack dev lists all that goes, and without --dry-run removes it in order; " +
          "or back up what is needed and run pulumi destroy with KRATEO_CONFIRM_USER_OBJECTS=3: they are deleted first, while their controllers run",
      },
    ]);
  });

  it("goes on when as many or more are confirmed, or there are none", () => {
    for (const confirmed of [3, 4]) {
      assert.deepEqual(destroyProblems(found, destroyedBy(found), confirmed, "dev"), []);
    }
    assert.deepEqual(destroyProblems(survey(), destroyedBy(survey()), 0, "dev"), []);
  });

  it("is stopped, confirmed or not, by what nobody would let go of", () => {
    const halted = survey({
      ...found,
      releases: [release("core-provider", [definitions], { available: false })],
    });
    assert.deepEqual(
      destroyProblems(halted, destroyedBy(halted), 9, "dev").map(({ what }) => what),
      ["1 CompositionDefinition (far/shop) can only go while core-provider runs, and it does not"],
    );
  });
});
