import assert from "node:assert/strict";
import { load, loadLocal, problemsOf, reportOf } from "./project.ts";

const variable = (id: string, more = ""): string =>
  `{id: ${id}, type: var, with: {name: ${id.toUpperCase()}, value: x}${more}}`;

/** How to get the report on a document of three steps in two components, with one thing changed. */
function report(
  definition: string,
  more = "",
  steps = [variable("web"), variable("mail"), variable("cache")],
) {
  return () =>
    reportOf(loadLocal(`componentsDefinition: ${definition}\nsteps: [${steps.join(", ")}]\n${more}`));
}

const sound = "{shop: {steps: [web, cache]}, bar: {steps: [mail]}}";

describe("references", () => {
  it("are all sound in the document that the table starts from", async () => {
    const { components } = await loadLocal(
      `componentsDefinition: ${sound}\nsteps: [${["web", "mail", "cache"].map((id) => variable(id)).join(", ")}]`,
    );
    assert.deepEqual(
      components.map(({ name, steps }) => [name, ...steps]),
      [
        ["shop", "web", "cache"],
        ["bar", "mail"],
      ],
    );
  });

  const table: [rule: string, found: () => Promise<string[]>, expected: string[]][] = [
    [
      "to a step that does not exist",
      report("{shop: {steps: [web, cache, wep]}, bar: {steps: [mail]}}"),
      [
        'krateo.yaml:1 componentsDefinition.shop.steps[2]: component shop lists a step "wep" that does not exist',
      ],
    ],
    [
      "to a component that is not defined",
      report(sound, "components: {shp: {enabled: false}}"),
      ['krateo.yaml:3 components.shp: there is no component "shp"'],
    ],
    [
      "to settings of another component's step, and of none",
      report(sound, "components: {shop: {stepConfig: {mail: {}, nope: {}}}}"),
      [
        'krateo.yaml:3 components.shop.stepConfig.mail: step "mail" is not one of component shop',
        'krateo.yaml:3 components.shop.stepConfig.nope: settings for a step "nope" that does not exist',
      ],
    ],
    [
      "to settings inside a definition",
      report("{shop: {steps: [web, cache], stepConfig: {mail: {}}}, bar: {steps: [mail]}}"),
      ['krateo.yaml:1 componentsDefinition.shop.stepConfig.mail: step "mail" is not one of component shop'],
    ],
    [
      "of a step to no component",
      report("{shop: {steps: [web, cache]}}"),
      ['krateo.yaml:2 steps[1].id: step "mail" belongs to no component'],
    ],
    [
      "of a step to two components",
      report("{shop: {steps: [web, cache]}, bar: {steps: [mail, web]}}"),
      ['krateo.yaml:1 componentsDefinition.bar.steps[1]: step "web" is in two components: shop and bar'],
    ],
    [
      "of a step to one component twice",
      report("{shop: {steps: [web, cache, web]}, bar: {steps: [mail]}}"),
      ['krateo.yaml:1 componentsDefinition.shop.steps[2]: component shop lists step "web" twice'],
    ],
    [
      "to an id that two steps have",
      report(sound, "", [
        variable("web"),
        variable("mail"),
        variable("cache"),
        "{id: web, type: var, with: {name: B, value: x}}",
      ]),
      ['krateo.yaml:2 steps[3].id: two steps have the id "web"'],
    ],
    [
      "to chart values of a step without a chart",
      report(sound, "components: {shop: {stepConfig: {web: {helmValues: {a: 1}}}}}"),
      [
        'krateo.yaml:3 components.shop.stepConfig.web.helmValues: helmValues for a step that installs no chart: "web" is of type var',
      ],
    ],
    [
      "to keys that are not known, at any level",
      () =>
        reportOf(
          loadLocal(
            `componentsDefinition:\n  shop: {steps: [web], enable: true}\nsteps:\n  - {id: web, type: var, if: x, with: {name: A, value: x}}\ncomponents:\n  shop: {stepConfig: {web: {helmvalues: {}}}}\nmodules: {m: {chart: {url: x, path: y}}}\nprofile: a`,
          ),
        ),
      [
        'krateo.yaml:2 componentsDefinition.shop.enable: unknown key "enable"',
        'krateo.yaml:6 components.shop.stepConfig.web.helmvalues: unknown key "helmvalues"',
        'krateo.yaml:4 steps[0].if: unknown key "if"',
        'krateo.yaml:7 modules.m.chart.path: unknown key "path"',
        'krateo.yaml:8 profile: unknown key "profile"',
      ],
    ],
    [
      "to values of the wrong type",
      () =>
        reportOf(
          loadLocal(
            'componentsDefinition:\n  shop: {steps: web}\nsteps:\n  - {id: web, type: chrt}\n  - {type: var, with: []}\ncomponents:\n  shop: {enabled: "false"}\nmodules: {m: {chart: {repository: x}}}',
          ),
        ),
      [
        "krateo.yaml:2 componentsDefinition.shop.steps: steps has a value that is not allowed",
        "krateo.yaml:7 components.shop.enabled: enabled has a value that is not allowed",
        "krateo.yaml:4 steps[0].type: type has a value that is not allowed",
        "krateo.yaml:5 steps[1].id: id is missing",
        "krateo.yaml:5 steps[1].with: with has a value that is not allowed",
        "krateo.yaml:8 modules.m.chart: chart has a value that is not allowed",
      ],
    ],
  ];
  for (const [rule, found, expected] of table) {
    it(`are refused: ${rule}`, async () => assert.deepEqual(await found(), expected));
  }

  it("name what is allowed, the nearest first, and what to do", async () => {
    const problems = await problemsOf(
      load({
        "krateo-overrides.yaml":
          "components:\n  frontned: {}\n  backend: {enabeld: false, stepConfig: {install-frontend: {}, instal-authn: {}}}\n",
      }),
    );
    assert.deepEqual(
      problems.map(({ what, line, allowed, next }) => ({ what, line, allowed, next })),
      [
        {
          what: 'unknown key "enabeld"',
          line: 3,
          allowed: ["enabled", "description", "steps", "helmDefaults", "stepConfig"],
          next: "did you mean enabled?",
        },
        {
          what: 'there is no component "frontned"',
          line: 2,
          allowed: [
            "frontend",
            "backend",
            "cnpg",
            "db-maintenance",
            "resources-stack",
            "events-stack",
            "portal-defaults",
            "composable-operations",
            "operator-generator",
            "finops",
          ],
          next: undefined,
        },
        {
          what: 'step "install-frontend" is not one of component backend',
          line: 3,
          allowed: ["install-authn", "extract-authn-port", "install-snowplow", "extract-snowplow-port"],
          next: "move it to components.frontend.stepConfig.install-frontend",
        },
        {
          what: 'settings for a step "instal-authn" that does not exist',
          line: 3,
          allowed: ["install-authn", "extract-authn-port", "install-snowplow", "extract-snowplow-port"],
          next: undefined,
        },
      ],
    );
  });

  it("to definitions that no one has heard of are fine: they install generically", async () => {
    const settings = await loadLocal(
      "componentsDefinition: {brand-new: {steps: [a]}}\nsteps: [{id: a, type: chart, with: {url: https://charts.example.org, repo: newthing, version: 9.0.0}}]",
    );
    assert.deepEqual(
      settings.steps.map(({ id, component }) => [id, component]),
      [["a", "brand-new"]],
    );
  });

  it("are reported from every layer at once, each with its own file and line", async () => {
    assert.deepEqual(
      await reportOf(
        load(
          {
            "krateo-overrides.yaml": "components:\n  finops: {enabled: maybe}\n",
            "krateo-overrides.mine.yaml": "\n\ncomponent: {}\n",
            "krateo-overrides.broken.yaml": "a: [",
          },
          { namepsace: "x", profiles: "mine,broken,none", set: { "components.nope.enabled": false } },
        ),
      ),
      [
        'stack configuration:- krateo:namepsace: unknown key "namepsace"',
        "krateo-overrides.yaml:2 components.finops.enabled: enabled has a value that is not allowed",
        'krateo-overrides.mine.yaml:3 component: unknown key "component"',
        "krateo-overrides.broken.yaml:1 -: this is not valid YAML",
        'stack configuration:- krateo:profiles: there is no profile "none"',
        'stack configuration:- krateo:set components.nope.enabled: there is no component "nope"',
      ],
    );
  });
});
