import assert from "node:assert/strict";
import { explainPath } from "../../configuration/explain.ts";
import { loadConfiguration } from "../../configuration/load.ts";
import type { JsonObject, Settings } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { chartStep, inProject, load, problemsOf, reportOf } from "./project.ts";

const on = ({ steps }: Settings) => steps.filter(({ enabled }) => enabled).map(({ id }) => id);

describe("steps that an override lists", () => {
  it("leave one out, as upstream documents it, and keep all others", async () => {
    const [all, some] = await Promise.all([
      load({}),
      load(
        {
          "krateo-overrides.yaml":
            "steps:\n  - id: install-finops-cratedb\n    skip: true\n  - {id: install-portal, skip: true}\n",
        },
        { profiles: "no-finops" },
      ),
    ]);
    const finops = (id: string) => /finops|opa/.test(id);
    assert.deepEqual(
      on(some),
      on(all).filter((id) => !finops(id) && id !== "install-portal"),
    );
  });

  it("leave out what another step needs, which is refused as a component that is off is", async () => {
    const problems = await problemsOf(
      load({ "krateo-overrides.yaml": "\nsteps: [{id: install-deviser, skip: true}]" }),
    );
    const [first] = problems;
    assert.match(
      first?.what ?? "",
      /^step install-resources-ingester needs install-deviser, which is skipped: /,
    );
    assert.deepEqual([first?.file, first?.line, first?.path], ["krateo-overrides.yaml", 2, "steps[0]"]);
  });

  it("change one, below what its component says", async () => {
    const overrides =
      "steps: [{id: install-authn, with: {version: 0.22.9, values: {env: {A: a, B: a}}}}]\n" +
      "components: {backend: {stepConfig: {install-authn: {helmValues: {env: {B: b}}}}}}";
    const { chart, values } = chartStep(await load({ "krateo-overrides.yaml": overrides }), "install-authn");
    assert.equal(chart.version, "0.22.9");
    const { A, B, AUTHN_DEBUG } = values["env"] as JsonObject;
    assert.deepEqual([A, B, AUTHN_DEBUG], ["a", "b", "false"]);
  });

  it("add a chart and a component of the user's own, after all others", async () => {
    const chart = "{repo: web, url: https://charts.example.org, version: 1.0.0}";
    const overrides =
      "componentsDefinition: {mine: {steps: [install-web, web-config]}}\n" +
      `steps:\n  - {id: install-web, type: chart, with: ${chart}}\n` +
      "  - {id: web-config, type: object, with: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}}\n" +
      "components: {mine: {stepConfig: {install-web: {helmValues: {replicas: 2}}}}}";
    const settings = await load({ "krateo-overrides.yaml": overrides });
    assert.deepEqual(on(settings).slice(-2), ["install-web", "web-config"]);
    assert.deepEqual(on(settings).slice(0, -2), on(await load({})));
    assert.deepEqual(chartStep(settings, "install-web").values, { replicas: 2 });
    const needs =
      planOf(settings)
        .find(({ id }) => id === "install-web")
        ?.needs.map(({ on }) => on) ?? [];
    assert.ok(needs.includes("install-portal") && needs.includes("install-opa"), needs.join());
  });

  it("lie above each other: the profile's, then the file's own", async () => {
    const overrides =
      "profile: own\nprofiles: {own: {steps: [{id: install-portal, skip: true}]}}\nsteps: [{id: install-portal, skip: false}]";
    assert.ok(on(await load({ "krateo-overrides.yaml": overrides })).includes("install-portal"));
  });

  const refused: [what: string, overrides: string, report: string[]][] = [
    [
      "a name that is not known",
      "\nsteps: [{id: install-autn, skip: true}]",
      ['krateo-overrides.yaml:2 steps[0].id: there is no step "install-autn"'],
    ],
    [
      "a name that is not known in a profile",
      "profile: own\nprofiles:\n  own:\n    steps:\n      - {id: install-autn, skip: true}",
      ['krateo-overrides.yaml:5 profiles.own.steps[0].id: there is no step "install-autn"'],
    ],
    [
      "a step that no component lists",
      "steps: [{id: d, type: var, with: {name: D, value: x}}]",
      ['krateo-overrides.yaml:1 steps[0].id: step "d" belongs to no component'],
    ],
    [
      "a wrong type in a list of changes",
      "steps:\n  - {id: install-portal, skip: true}\n  - {id: install-authn, with: {version: 1}}",
      [
        "krateo-overrides.yaml:3 steps[1].with.version: step install-authn: version has a value that is not allowed",
      ],
    ],
    [
      "an empty list",
      "steps: []",
      ["krateo-overrides.yaml:1 steps: steps in an override is empty, which leaves nothing to install"],
    ],
    [
      "null",
      "steps: null",
      ["krateo-overrides.yaml:1 steps: steps in an override is empty, which leaves nothing to install"],
    ],
  ];
  for (const [what, overrides, report] of refused) {
    it(`are refused with ${what}`, async () => {
      assert.deepEqual(await reportOf(load({ "krateo-overrides.yaml": overrides })), report);
    });
  }

  it("are explained with the file and line that say it", async () => {
    const overrides =
      "\nsteps:\n  - {id: install-portal, skip: true}\n  - {id: install-authn, with: {values: {env: {A: a}}}}";
    const explained = await inProject({ "krateo-overrides.yaml": overrides }, async (directory) =>
      explainPath(await loadConfiguration({ values: {}, secretKeys: [] }, directory), "authn.env.A"),
    );
    assert.deepEqual(
      explained.settings.map(({ file, line, path }) => [file, line, path]),
      [["krateo-overrides.yaml", 4, "steps[1].with.values.env.A"]],
    );
  });

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
