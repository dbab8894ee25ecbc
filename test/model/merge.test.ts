import assert from "node:assert/strict";
import { merge } from "../../model/merge.ts";
import type { Tree } from "../../model/secret-value.ts";
import { chartStep, load } from "../configuration/project.ts";

describe("merge", () => {
  const table: [rule: string, below: Tree, above: Tree, merged: Tree][] = [
    ["merges maps in depth", { a: { b: 1, c: 2 } }, { a: { c: 3 }, d: 4 }, { a: { b: 1, c: 3 }, d: 4 }],
    ["replaces lists as a whole", { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ["never merges list items by id", [{ id: "x", a: 1 }], [{ id: "x", b: 2 }], [{ id: "x", b: 2 }]],
    ["keeps null as a value", { a: { b: 1 } }, { a: null }, { a: null }],
    ["lets a map replace null", { a: null }, { a: { b: 1 } }, { a: { b: 1 } }],
    ["lets a scalar replace a map", { a: { b: 1 } }, { a: 2 }, { a: 2 }],
    ["lets a map replace a list", { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ["keeps what is only below", { a: 1 }, {}, { a: 1 }],
  ];
  for (const [rule, below, above, merged] of table) {
    it(rule, () => assert.deepEqual(merge(below, above), merged));
  }

  it("changes neither of its arguments", () => {
    const below = { a: { b: 1 } };
    const above = { a: { c: 2 } };
    merge(below, above);
    assert.deepEqual([below, above], [{ a: { b: 1 } }, { a: { c: 2 } }]);
  });
});

const document = `
componentsDefinition: {shop: {steps: [web]}}
steps:
  - id: web
    type: chart
    with: {url: https://charts.example.org, repo: web, version: 1.0.0, values: {size: s, hosts: [a, b], limits: {cpu: 1, mem: 2}}}
`;
const overrides = `
profile: blue
profiles:
  blue:  {components: {shop: {stepConfig: {web: {helmValues: {size: m, hosts: [c]}}}}}}
  green: {components: {shop: {stepConfig: {web: {helmValues: {size: l}}}}}}
components: {shop: {stepConfig: {web: {helmValues: {limits: {mem: null}}}}}}
`;
const green = "components: {shop: {stepConfig: {web: {helmValues: {size: xl, hosts: [d], extra: 1}}}}}";

describe("layers", () => {
  const files = {
    "krateo.yaml": document,
    "krateo-overrides.yaml": overrides,
    "krateo-overrides.green.yaml": green,
  };
  const limits = { cpu: 1, mem: null };
  const table: [profiles: unknown, values: unknown][] = [
    [undefined, { size: "m", hosts: ["c"], limits }],
    ["green", { size: "l", hosts: ["d"], extra: 1, limits }],
    ["green,blue", { size: "m", hosts: ["c"], extra: 1, limits }],
    [" blue , green ,", { size: "l", hosts: ["c"], extra: 1, limits }],
    [["blue", "green"], { size: "l", hosts: ["c"], extra: 1, limits }],
  ];
  for (const [profiles, values] of table) {
    it(`merges profiles ${JSON.stringify(profiles) ?? "of the override file"} in their order, entries over files`, async () => {
      const settings = await load(files, {
        version: "local",
        ...(profiles === undefined ? {} : { profiles }),
      });
      assert.deepEqual(chartStep(settings, "web").values, values);
    });
  }

  it("lays the rest of the override file over every profile", async () => {
    const top = `${overrides}\n`.replace("limits: {mem: null}", "limits: {mem: null}, size: top");
    const settings = await load(
      { ...files, "krateo-overrides.yaml": top },
      { version: "local", profiles: "green" },
    );
    assert.equal(chartStep(settings, "web").values["size"], "top");
  });

  it("lays set over everything", async () => {
    const settings = await load(files, {
      version: "local",
      set: { "components.shop.stepConfig.web.helmValues.size": "xxl" },
    });
    assert.equal(chartStep(settings, "web").values["size"], "xxl");
  });

  it("replaces all steps by the steps of an override file", async () => {
    const settings = await load(
      {
        "krateo.yaml": document,
        "krateo-overrides.yaml": "steps: [{id: web, type: var, with: {name: A, value: b}}]",
      },
      { version: "local" },
    );
    assert.deepEqual(
      settings.steps.map(({ id, type }) => [id, type]),
      [["web", "var"]],
    );
  });

  it("reads the override file that the stack configuration names, and profile files beside it", async () => {
    const settings = await load(
      { "krateo.yaml": document, "mine.yaml": "profile: green", "krateo-overrides.green.yaml": green },
      { version: "local", overrides: "mine.yaml" },
    );
    assert.equal(chartStep(settings, "web").values["size"], "xl");
  });

  it("adds a file of the user's to the bundled profile of the same name", async () => {
    const settings = await load(
      {
        "krateo-overrides.debug.yaml":
          "components: {backend: {stepConfig: {install-snowplow: {helmValues: {env: {MORE: x}}}}}}",
      },
      { profiles: "debug" },
    );
    assert.deepEqual(chartStep(settings, "install-snowplow").values["env"], { DEBUG: "true", MORE: "x" });
  });

  it("puts the profile of openshift: true below the named ones, once", async () => {
    const named = await load({}, { openshift: true, profiles: ["debug"] });
    assert.deepEqual([named.profiles, named.openshift], [["openshift", "debug"], true]);
    const twice = await load({}, { openshift: true, profiles: ["debug", "openshift"] });
    assert.deepEqual([twice.profiles, twice.openshift], [["debug", "openshift"], true]);
  });
});
