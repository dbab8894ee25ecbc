import assert from "node:assert/strict";
import { load, problemsOf, reportOf } from "./project.ts";

const whole = "steps in an override replaces the whole list: it cannot change or skip single steps";

describe("steps that an override lists", () => {
  const cases: [what: string, overrides: string, path: string, next: string][] = [
    [
      "to skip one, as upstream documents it",
      "steps:\n  - id: install-portal\n    skip: true\n",
      "steps",
      "write components.portal-defaults.enabled: false",
    ],
    [
      "to skip one of several of a component",
      "steps: [{id: install-cnpg, type: chart, skip: true}]",
      "steps",
      "write components.cnpg.enabled: false, which switches off install-cnpg, install-pg-cluster",
    ],
    [
      "to change one",
      "steps: [{id: install-authn, with: {version: 1.0.0}}]",
      "steps",
      "write components.backend.stepConfig.install-authn",
    ],
    [
      "under a name that is not known",
      "steps: [{id: install-autn, skip: true}]",
      "steps",
      "there is no step install-autn, the nearest is install-authn",
    ],
    [
      "in a profile",
      "profiles: {own: {steps: [{id: install-portal, skip: true}]}}",
      "profiles.own.steps",
      "write components.portal-defaults.enabled: false",
    ],
  ];
  for (const [what, overrides, path, next] of cases) {
    it(`${what} are one problem, with what to write instead`, async () => {
      const problems = await problemsOf(load({ "krateo-overrides.yaml": overrides }));
      assert.deepEqual(
        problems.map((problem) => [problem.what, problem.file, problem.line, problem.path, problem.next]),
        [[whole, "krateo-overrides.yaml", 1, path, next]],
      );
    });
  }

  it("do not hide what else is wrong", async () => {
    const overrides = "steps: [{id: install-portal, skip: true}]\ncomponents: {backnd: {}}\n";
    assert.deepEqual(await reportOf(load({ "krateo-overrides.yaml": overrides })), [
      `krateo-overrides.yaml:1 steps: ${whole}`,
      'krateo-overrides.yaml:2 components.backnd: there is no component "backnd"',
    ]);
  });

  for (const [what, list, given] of [
    ["a list of one's own", "[{id: d, type: var, with: {name: D, value: x}}]", "d"],
    ["an empty list", "[]", "an empty list"],
    ["null", "null", "an empty list"],
  ] as const) {
    it(`name the replaced list once: ${what}`, async () => {
      const definition = "componentsDefinition: {mine: {steps: [d]}}\n";
      const overrides = `${given === "d" ? definition : ""}steps: ${list}\n`;
      const problems = await problemsOf(load({ "krateo-overrides.yaml": overrides }));
      assert.deepEqual(
        problems.map((problem) => [problem.what, problem.path, problem.given]),
        [
          [
            "steps in an override replaces the whole list, and this one lacks 26 that components name",
            "steps",
            given,
          ],
        ],
      );
      assert.match(problems[0]?.next ?? "", /missing are install-authn, .* and 23 more$/);
    });
  }

  it("may be the whole list", async () => {
    const steps =
      "[{id: a, type: var, with: {name: A, value: '2'}}, {id: b, type: var, with: {name: B, value: x}}]";
    const settings = await load(
      {
        "krateo.yaml":
          "componentsDefinition: {c: {steps: [a, b]}}\nsteps: [{id: a, type: var, with: {name: A, value: '1'}}, {id: b, type: var, with: {name: B, value: x}}]",
        "krateo-overrides.yaml": `steps: ${steps}`,
      },
      { version: "local" },
    );
    assert.deepEqual(
      settings.steps.map((step) => step.type === "var" && step.value),
      ["2", "x"],
    );
  });
});

describe("one mistake with many consequences is one problem:", () => {
  const cases: [
    what: string,
    files: Record<string, string>,
    config: Record<string, unknown>,
    report: string[],
  ][] = [
    [
      "a profile of the user's own for another type",
      {
        "krateo-overrides.lb-hostname.yaml":
          "components: {backend: {stepConfig: {extract-authn-lb-ip: {with: {value: x}}, extract-snowplow-lb-ip: {with: {value: x}}}}}",
      },
      { profiles: "lb-hostname" },
      ["stack configuration:- krateo:profiles: profile lb-hostname is not made for type nodeport"],
    ],
    [
      "an override file that is not there, which may hold the profiles",
      {},
      { overrides: "gone.yaml", profiles: "mine,yours" },
      ["stack configuration:- krateo:overrides: the override file does not exist"],
    ],
    [
      "an override file that cannot be read",
      { "krateo-overrides.yaml": "profiles: {mine: {}\n" },
      { profiles: "mine" },
      ["krateo-overrides.yaml:2 -: this is not valid YAML"],
    ],
    [
      "a faulty key openshift, with type routes",
      {},
      { type: "routes", openshift: "yes" },
      ["stack configuration:- krateo:openshift: openshift has a value that is not allowed"],
    ],
  ];
  for (const [what, files, config, report] of cases)
    it(what, async () => assert.deepEqual(await reportOf(load(files, config)), report));
});

describe("a chart's value beside the place for values", () => {
  const next = async (component: string): Promise<string | undefined> => {
    const overrides = { "krateo-overrides.yaml": `components: {backend: ${component}}` };
    const [problem, ...more] = await problemsOf(load(overrides));
    assert.deepEqual(more, []);
    return problem?.next;
  };

  it("gets a hint where it belongs", async () => {
    assert.deepEqual(
      [
        await next("{stepConfig: {install-authn: {service: {type: a}}}}"),
        await next("{service: {type: a}}"),
        await next("{stepConfig: {install-authn: {with: {service: {type: a}, values: {}}}}}"),
        await next("{stepConfig: {install-authn: {helmValue: {type: a}}}}"),
      ],
      [
        "if it is a value of the chart, write components.backend.stepConfig.install-authn.helmValues.service",
        "if it is a value of all charts of the component, write components.backend.helmDefaults.service; of one chart, components.backend.stepConfig.STEP.helmValues.service",
        "if it is a value of the chart, write it below values: values.service",
        "did you mean helmValues?",
      ],
    );
  });
});
