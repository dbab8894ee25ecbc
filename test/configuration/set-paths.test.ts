import assert from "node:assert/strict";
import { applySet, parseSetPath } from "../../configuration/set-paths.ts";
import { reveal, SecretValue, type TreeObject } from "../../model/secret-value.ts";
import type { Json, Path } from "../../model/settings.ts";
import { inputOf, load, reportOf } from "./project.ts";

describe("a path of set", () => {
  const table: [text: string, path: Path | undefined][] = [
    ["components", ["components"]],
    ["components.a.b", ["components", "a", "b"]],
    ["a.b[0].c[12][3]", ["a", "b", 0, "c", 12, 3]],
    ["a.example\\.org/team", ["a", "example.org/team"]],
    ["a.x\\[0\\]", ["a", "x[0]"]],
    ["a.back\\\\slash", ["a", "back\\slash"]],
    ["a.b=c,d e", ["a", "b=c,d e"]],
    ["a.0.b", ["a", "0", "b"]],
    ["", undefined],
    [".a", undefined],
    ["a.", undefined],
    ["a..b", undefined],
    ["a[]", undefined],
    ["a[x]", undefined],
    ["a[-1]", undefined],
    ["[0].a", undefined],
    ["a[0]b", undefined],
    ["a]", undefined],
    ["a\\", undefined],
  ];
  for (const [text, path] of table) {
    it(`${JSON.stringify(text)} is ${path === undefined ? "malformed" : JSON.stringify(path)}`, () => {
      assert.deepEqual(parseSetPath(text), path);
    });
  }
});

describe("set", () => {
  const document: TreeObject = {
    components: { a: { list: [1, { x: 2 }], text: "t", none: null, map: { k: 1 } } },
  };
  const apply = (set: Record<string, Json>) => applySet(document, set, false);
  const a = (tree: TreeObject) => (tree["components"] as TreeObject)["a"] as TreeObject;

  const table: [rule: string, path: string, value: Json, key: string, result: Json][] = [
    ["replaces a value", "text", "u", "text", "u"],
    ["keeps a number a number", "text", 80, "text", 80],
    ["keeps text text", "text", "80", "text", "80"],
    ["merges a map into a map", "map", { l: 2 }, "map", { k: 1, l: 2 }],
    ["sets null", "map.k", null, "map", { k: null }],
    ["makes the maps on its way", "new.deep.er", 1, "new", { deep: { er: 1 } }],
    ["goes through null", "none.x", 1, "none", { x: 1 }],
    ["replaces a list item", "list[0]", 9, "list", [9, { x: 2 }]],
    ["goes into a list item", "list[1].y", 3, "list", [1, { x: 2, y: 3 }]],
    ["appends to a list", "list[2]", 3, "list", [1, { x: 2 }, 3]],
    ["replaces a list by a list", "list", [7], "list", [7]],
  ];
  for (const [rule, path, value, key, result] of table) {
    it(rule, () => {
      const { document: changed, problems } = apply({ [`components.a.${path}`]: value });
      assert.deepEqual(problems, []);
      assert.deepEqual(a(changed)[key], result);
    });
  }

  it("leaves the document it is laid over alone", () => {
    const before = structuredClone(document);
    apply({ "components.a.list[0]": 9, "components.a.map.k": 2 });
    assert.deepEqual(document, before);
  });

  it("lets the longer of two overlapping paths win, in whatever order they stand", () => {
    for (const set of [
      { "components.a.map": { k: 5 }, "components.a.map.k": 6 },
      { "components.a.map.k": 6, "components.a.map": { k: 5 } },
    ]) {
      assert.deepEqual(a(apply(set).document)["map"], { k: 6 });
    }
  });

  const faults: [path: string, what: string][] = [
    ["components..a", "a path that cannot be read"],
    ["compnents.a.b", 'a path that starts outside the document: "compnents"'],
    ["components.a.list[3]", "index 3 of a list of 2"],
    ["components.a.map[0]", "an index into a list that is not there"],
    ["components.a.unheard[0]", "an index into a list that is not there"],
    ["components.a.list.x", '"x" leads into a list'],
    ["components.a.text.x", '"x" leads below a value that is not a map'],
    ["steps.install-authn.with", "steps is a list and has no names"],
  ];
  for (const [path, what] of faults) {
    it(`refuses ${path}`, () => {
      const { problems } = apply({ [path]: 1 });
      assert.deepEqual(
        problems.map((problem) => [problem.what, problem.file, problem.path]),
        [[what, "stack configuration", `krateo:set ${path}`]],
      );
    });
  }

  it("hides every leaf of a secret, but not null", () => {
    const { document: changed } = applySet({}, { "components.a": { p: "x", q: [1], n: null } }, true);
    const hidden = a(changed);
    assert.ok(hidden["p"] instanceof SecretValue);
    assert.ok((hidden["q"] as unknown[])[0] instanceof SecretValue);
    assert.equal(hidden["n"], null);
    assert.deepEqual(reveal(hidden), { p: "x", q: [1], n: null });
    assert.equal(JSON.stringify(hidden), '{"p":"[secret]","q":["[secret]"],"n":null}');
  });

  it("reaches steps, components and definitions of the bundled release", async () => {
    const settings = await load(
      {},
      {
        set: {
          "components.finops.enabled": false,
          "components.backend.stepConfig.install-authn.helmValues.service.nodePort": 31082,
          "components.backend.stepConfig.install-authn.with.timeout": "3m",
          "components.backend.stepConfig.install-authn.helmValues.podAnnotations.example\\.org/team": "web",
          "componentsDefinition.frontend.description": "mine",
        },
      },
    );
    const authn = inputOf(settings, "install-authn");
    assert.deepEqual((authn["values"] as TreeObject)["service"], { type: "NodePort", nodePort: 31082 });
    assert.deepEqual((authn["values"] as TreeObject)["podAnnotations"], { "example.org/team": "web" });
    assert.equal(authn["timeout"], "3m");
    assert.equal(settings.components.find(({ name }) => name === "finops")?.enabled, false);
    assert.equal(settings.components.find(({ name }) => name === "frontend")?.description, "mine");
  });

  it("is held against the same rules as a document", async () => {
    assert.deepEqual(
      await reportOf(
        load(
          {},
          {
            set: {
              "components.finops.enable": false,
              "components.backnd.enabled": true,
              "components.backend.stepConfig.install-auth.helmValues.a": 1,
              "components.backend.stepConfig.install-authn.with.wait": "yes",
            },
          },
        ),
      ),
      [
        'stack configuration:- krateo:set components.finops.enable: unknown key "enable"',
        'stack configuration:- krateo:set components.backnd.enabled: there is no component "backnd"',
        'stack configuration:- krateo:set components.backend.stepConfig.install-auth.helmValues.a: settings for a step "install-auth" that does not exist',
        "stack configuration:- krateo:set components.backend.stepConfig.install-authn.with.wait: step install-authn: wait has a value that is not allowed",
      ],
    );
  });
});
