import assert from "node:assert/strict";
import { chooseLegacyObject, describeContent, legacyObjectsIn } from "../../migration/legacy-objects.ts";
import { readLegacyPlatform } from "../../migration/legacy-platform.ts";
import type { Json, JsonObject } from "../../model/settings.ts";
import { type GivenObject, read, stepOf, unchanged } from "./objects.ts";

const problemsOf = (object: unknown): string[] =>
  readLegacyPlatform(object as Json, "old.yaml", "krateo-system").problems.map(
    ({ path, what, allowed }) => `${path ?? "-"}: ${what}${allowed ? ` (${allowed})` : ""}`,
  );

describe("a KrateoPlatformOps object", () => {
  it("is read with its set lists merged in", () => {
    const object = unchanged();
    stepOf(object, "install-authn").with = {
      name: "authn",
      releaseName: "authn",
      repository: "",
      url: "https://charts.example.org",
      version: "0.22.2",
      wait: "true",
      timeout: "7m",
      // What 2.7.0's installer does not read.
      values: { a: 1, b: { c: 2 } },
      set: [{ name: "b.c", value: "3" }, { name: "d", value: "x,y" }, { name: "map[]" }],
    };
    const step = read(object).steps.find(({ id }) => id === "install-authn");
    assert.deepEqual(step?.with, {
      name: "authn",
      repository: "https://charts.example.org",
      version: "0.22.2",
      wait: true,
      waitTimeout: "7m",
      values: { b: { c: 3 } },
    });
    assert.deepEqual(
      step?.dropped.map(({ entry }) => entry),
      ["set[1] d"],
    );
  });

  it("merges the set list of an object step into its root", () => {
    const object = unchanged();
    const step = stepOf(object, "create-jwt-sign-key");
    step.with = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "k" },
      set: [{ name: "type", value: "Opaque" }],
    };
    assert.equal(read(object).steps[0]?.with["type"], "Opaque");
  });

  it("takes the namespace that it is told for an object that names none", () => {
    const object = unchanged();
    object.metadata = { name: "krateo" } as GivenObject["metadata"];
    assert.equal(readLegacyPlatform(object as unknown as Json, "f", "shop").platform?.namespace, "shop");
  });

  it("names keys of a step that mean nothing", () => {
    const object = unchanged();
    Object.assign(stepOf(object, "install-opa"), { skip: true });
    const step = stepOf(object, "install-opa").with as JsonObject;
    step["values"] = { a: 1 };
    const why = "is left out: the installer of 2.7.0 does not read it, so that it had no effect.";
    assert.deepEqual(read(object).leftOut, [
      `spec.steps[24].skip ${why}`,
      `spec.steps[24].with.values ${why}`,
    ]);
  });

  it("lists every problem at once, with its place", () => {
    const object = unchanged();
    const [one, two, three, four] = object.spec.steps as unknown as [
      JsonObject,
      JsonObject,
      JsonObject,
      JsonObject,
    ];
    one["type"] = "objekt";
    two["id"] = "";
    three["with"] = "text";
    four["type"] = undefined as never;
    assert.deepEqual(problemsOf(object), [
      "spec.steps[0].type: type has a value that is not allowed (object,chart,var)",
      "spec.steps[1].id: id has a value that is not allowed (a name that no other step has)",
      "spec.steps[2].with: with has a value that is not allowed (a map)",
      "spec.steps[3].type: type is missing (chart,object,var)",
    ]);
  });

  it("lists every malformed value of its steps at once, and never shows it", () => {
    const object = unchanged();
    stepOf(object, "install-authn").with = {
      version: 1.1,
      wait: "soon",
      values: ["a"],
      set: "GOLDEN" as never,
    };
    stepOf(object, "install-snowplow").with = { set: ["GOLDEN", { name: 7 }] as never };
    stepOf(object, "extract-authn-nodeport-port").with = { value: { a: 1 } };
    stepOf(object, "create-jwt-sign-key").with = { kind: "Secret" };
    object.spec.steps.push({ id: "install-opa", type: "chart", with: {} });
    assert.doesNotMatch(JSON.stringify(readLegacyPlatform(object as unknown as Json, "f", "n")), /GOLDEN/);
    assert.deepEqual(problemsOf(object), [
      "spec.steps[0].with.apiVersion: step create-jwt-sign-key: apiVersion is missing (text)",
      "spec.steps[0].with.metadata: step create-jwt-sign-key: metadata is missing (a map)",
      "spec.steps[1].with.version: step install-authn: version has a value that is not allowed (text in quotes)",
      "spec.steps[1].with.wait: step install-authn: wait has a value that is not allowed (true or false)",
      "spec.steps[1].with.set: step install-authn: set has a value that is not allowed (a list of entries with name and value)",
      "spec.steps[2].with.name: step extract-authn-nodeport-port: name is missing (text)",
      "spec.steps[2].with.value: step extract-authn-nodeport-port: value has a value that is not allowed (text)",
      "spec.steps[3].with.set[0]: step install-snowplow: set[0] has a value that is not allowed (a map)",
      "spec.steps[3].with.set[1].name: step install-snowplow: name has a value that is not allowed (text)",
      'spec.steps[25].id: two steps have the id "install-opa"',
    ]);
  });

  const malformed: [what: string, object: Json, problem: string][] = [
    [
      "no steps",
      { ...base(), spec: { steps: [] } },
      "spec.steps: steps has a value that is not allowed (at least one step)",
    ],
    ["no spec", { ...base(), spec: null }, "spec: spec has a value that is not allowed (a map)"],
    [
      "another version of the kind",
      { ...base(), apiVersion: "krateo.io/v1" },
      "apiVersion: apiVersion has a value that is not allowed (krateo.io/v1alpha1)",
    ],
    ["text", "x", "-: the input has a value that is not allowed (a map)"],
  ];
  for (const [what, object, problem] of malformed) {
    it(`is refused with ${what}`, () => assert.deepEqual(problemsOf(object), [problem]));
  }

  function base(): JsonObject {
    return unchanged() as unknown as JsonObject;
  }
});

describe("choosing among KrateoPlatformOps objects", () => {
  const one = unchanged("nodeport", "one") as unknown as JsonObject;
  const two = unchanged("nodeport", "two") as unknown as JsonObject;

  it("finds them in a list as kubectl prints it", () => {
    assert.deepEqual(legacyObjectsIn([{ kind: "List", items: [one, { kind: "ConfigMap" }, "x", two] }]), [
      one,
      two,
    ]);
    assert.deepEqual(legacyObjectsIn([null]), []);
  });

  it("takes the only one", () => assert.deepEqual(chooseLegacyObject([one], {}, "f"), { object: one }));

  it("takes the one of the namespace", () =>
    assert.deepEqual(chooseLegacyObject([one, two], { namespace: "two" }, "f"), { object: two }));

  it("lists two with their namespaces", () =>
    assert.deepEqual(chooseLegacyObject([one, two], { name: "krateo" }, "f"), {
      problem: {
        what: "there are 2 installations of Krateo 2.7.0",
        file: "f",
        given: "one/krateo, two/krateo",
        next: "choose one with --namespace and --name",
      },
    }));

  it("names those that there are when the wanted one is not", () =>
    assert.deepEqual(chooseLegacyObject([one, two], { namespace: "tow" }, "f"), {
      problem: {
        what: "there is no installation of Krateo 2.7.0 called tow: no KrateoPlatformOps object, and no Installation by which upstream's CLI runs one",
        file: "f",
        allowed: ["one/krateo", "two/krateo"],
        next: "name it with --namespace and --name",
      },
    }));

  it("says what to do when there is none at all", () =>
    assert.deepEqual(chooseLegacyObject([], {}, "f"), {
      problem: {
        what: "there is no installation of Krateo 2.7.0: no KrateoPlatformOps object, and no Installation by which upstream's CLI runs one",
        file: "f",
        next: "an installation from scratch needs no migration: npx pulumi up",
      },
    }));
});

describe("a file in which there is no platform", () => {
  const contents: [documents: Json[], content: string][] = [
    [[], "nothing"],
    [[null], "nothing"],
    [
      ["error: the server doesn't have a resource type"],
      "text that is not a Kubernetes object: the output of a command that failed, or a table",
    ],
    [[{ kind: "List", items: [] }], "a list without items"],
    [
      [{ kind: "ConfigMap" }, { kind: "Secret", data: {} }, { kind: "Secret" }],
      "objects of kind ConfigMap, Secret",
    ],
    [[{ kind: "List", items: [{ kind: "Deployment" }] }], "objects of kind Deployment"],
    [[{ password: "GOLDEN", user: "x" }], "no object of Kubernetes: a map with the keys password, user"],
  ];
  for (const [documents, content] of contents) {
    it(`is said to hold ${content}`, () => {
      assert.deepEqual(legacyObjectsIn(documents), []);
      assert.equal(describeContent(documents), content);
    });
  }
});
