import assert from "node:assert/strict";
import { chartStep, inputOf, loadLocal, reportOf } from "./project.ts";

const document = `
componentsDefinition:
  shop: {steps: [web, cache], helmDefaults: {tier: std, log: info}}
  extras: {steps: [mail]}
components:
  shop:
    helmDefaults: {log: debug, with: {wait: true, timeout: 8m}}
    stepConfig:
      web: {helmValues: {log: trace, port: 81}, with: {version: 1.1.0, values: {port: 82}}}
  extras: {enabled: false}
steps:
  - {id: web, type: chart, with: {repo: web, url: https://charts.example.org, version: 1.0.0, values: {port: 80, tier: low}}}
  - {id: cache, type: chart, with: {repo: cache, url: https://charts.example.org, version: 1.0.0, timeout: 2m}}
  - {id: mail, type: chart, with: {repo: mail, url: https://charts.example.org, version: 1.0.0}}
`;
const url = "https://charts.example.org";

/** A document whose one step takes its settings from the levels given. */
function levels(given: Record<string, string>): string {
  const part = (key: string): string => given[key] ?? "{}";
  return `
componentsDefinition: {c: {steps: [s], helmDefaults: ${part("definition.helmDefaults")}, stepConfig: {s: ${part("definition.stepConfig")}}}}
components: {c: {helmDefaults: ${part("helmDefaults")}, stepConfig: {s: ${part("stepConfig")}}}}
steps: [{id: s, type: chart, with: {url: "${url}", repo: s, version: 1.0.0, values: ${part("own")}}}]
`;
}

describe("settings of components", () => {
  it("reach their steps, defaults below the step's own settings", async () => {
    const settings = await loadLocal(document);
    assert.deepEqual(inputOf(settings, "web"), {
      repo: "web",
      url,
      version: "1.1.0",
      wait: true,
      timeout: "8m",
      values: { log: "trace", port: 82, tier: "std" },
    });
    assert.deepEqual(inputOf(settings, "cache"), {
      repo: "cache",
      url,
      version: "1.0.0",
      wait: true,
      timeout: "8m",
      values: { log: "debug", tier: "std" },
    });
    assert.deepEqual(inputOf(settings, "mail"), { repo: "mail", url, version: "1.0.0" });
  });

  it("keep the steps of a component that is off, as not enabled", async () => {
    const settings = await loadLocal(document);
    assert.deepEqual(
      settings.steps.map(({ id, component, enabled }) => [id, component, enabled]),
      [
        ["web", "shop", true],
        ["cache", "shop", true],
        ["mail", "extras", false],
      ],
    );
    assert.deepEqual(
      settings.components.map(({ name, enabled }) => [name, enabled]),
      [
        ["shop", true],
        ["extras", false],
      ],
    );
  });

  const rising: [level: string, text: string][] = [
    ["own", "{v: own}"],
    ["definition.helmDefaults", "{v: definition.helmDefaults}"],
    ["helmDefaults", "{v: helmDefaults}"],
    ["definition.stepConfig", "{helmValues: {v: definition.stepConfig}}"],
    ["stepConfig", "{helmValues: {v: stepConfig}}"],
    ["helmDefaults", "{with: {values: {v: helmDefaults}}}"],
    ["definition.stepConfig", "{with: {values: {v: definition.stepConfig}}}"],
    ["stepConfig", "{with: {values: {v: stepConfig}}}"],
  ];
  for (const [index, [level, text]] of rising.entries()) {
    const lower = rising[index - 1];
    if (lower === undefined || lower[0] === level) continue;
    it(`let ${level} ${text} win over ${lower[0]} ${lower[1]}`, async () => {
      const settings = await loadLocal(levels({ [lower[0]]: lower[1], [level]: text }));
      assert.deepEqual(chartStep(settings, "s").values, { v: level });
    });
  }

  it("merge a definition's stepConfig with its override instead of losing it", async () => {
    const settings = await loadLocal(
      levels({
        "definition.stepConfig": "{helmValues: {a: 1, m: {x: 1}}}",
        stepConfig: "{helmValues: {b: 2, m: {y: 2}}}",
      }),
    );
    assert.deepEqual(chartStep(settings, "s").values, { a: 1, b: 2, m: { x: 1, y: 2 } });
  });

  it("of one step never show up in another of the component", async () => {
    const settings = await loadLocal(`
componentsDefinition: {c: {steps: [one, two], helmDefaults: {shared: {a: 1}}, stepConfig: {one: {helmValues: {shared: {b: 2}}}}}}
steps:
  - {id: one, type: chart, with: {url: "${url}", repo: one, version: 1.0.0}}
  - {id: two, type: chart, with: {url: "${url}", repo: two, version: 1.0.0}}
`);
    assert.deepEqual(chartStep(settings, "one").values, { shared: { a: 1, b: 2 } });
    assert.deepEqual(chartStep(settings, "two").values, { shared: { a: 1 } });
    assert.deepEqual(settings.snapshot.componentsDefinition["c"], {
      steps: ["one", "two"],
      helmDefaults: { shared: { a: 1 } },
      stepConfig: { one: { helmValues: { shared: { b: 2 } } } },
    });
  });

  it("add nothing to object and var steps, whose own `with` they still change", async () => {
    const settings = await loadLocal(`
componentsDefinition: {c: {steps: [v, o], helmDefaults: {log: x, with: {wait: true}}, stepConfig: {v: {with: {value: b}}, o: {with: {data: {k: w}}}}}}
steps:
  - {id: v, type: var, with: {name: A, value: a}}
  - {id: o, type: object, with: {apiVersion: v1, kind: ConfigMap, metadata: {name: o}, data: {k: v}}}
`);
    assert.deepEqual(inputOf(settings, "v"), { name: "A", value: "b" });
    assert.deepEqual(inputOf(settings, "o"), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "o" },
      data: { k: "w" },
    });
  });

  it("may be defined in components alone, which then is the definition too", async () => {
    const settings = await loadLocal(`
components: {c: {description: all in one, steps: [v], enabled: no}}
steps: [{id: v, type: var, with: {name: A, value: a}}]
`);
    assert.deepEqual(settings.components, [
      { name: "c", description: "all in one", enabled: false, steps: ["v"] },
    ]);
  });

  it("warn where they have no effect", async () => {
    const settings = await loadLocal(
      "componentsDefinition: {c: {steps: [v]}}\nsteps: [{id: v, type: var, with: {name: A, value: a}}]",
      "components: {c: {description: mine, steps: [v]}}",
    );
    assert.deepEqual(settings.warnings, [
      "components.c.steps has no effect; it counts in componentsDefinition.c only",
      "components.c.description has no effect; it counts in componentsDefinition.c only",
    ]);
  });

  const ignored: [rule: string, given: Record<string, string>][] = [
    ["a null for the inputs of helmDefaults", { helmDefaults: "{with: null}" }],
    ["a null for a step", { stepConfig: "null" }],
    ["a null for helmDefaults", { helmDefaults: "null" }],
  ];
  for (const [rule, given] of ignored) {
    it(`ignore ${rule}`, async () => {
      assert.deepEqual(chartStep(await loadLocal(levels(given)), "s").values, {});
    });
  }

  const wrong: [rule: string, given: Record<string, string>, report: string][] = [
    [
      "helmValues: null",
      { stepConfig: "{helmValues: null}" },
      "components.c.stepConfig.s.helmValues: helmValues",
    ],
    ["with: null", { stepConfig: "{with: null}" }, "components.c.stepConfig.s.with: with"],
    [
      "helmValues: [1]",
      { stepConfig: "{helmValues: [1]}" },
      "components.c.stepConfig.s.helmValues: helmValues",
    ],
    ["helmDefaults: {with: 3}", { helmDefaults: "{with: 3}" }, "components.c.helmDefaults.with: with"],
    ["values that are no map", { own: "text" }, "steps[0].with.values: step s: values"],
    [
      "values that are no map below settings",
      { own: "text", stepConfig: "{helmValues: {a: 1}}" },
      "steps[0].with.values: step s: values",
    ],
  ];
  for (const [rule, given, report] of wrong) {
    it(`refuse ${rule}`, async () => {
      const [first, ...rest] = await reportOf(loadLocal(levels(given)));
      assert.deepEqual(rest, []);
      assert.equal(first?.replace(/^krateo.yaml:\d+ /, ""), `${report} has a value that is not allowed`);
    });
  }
});
