import assert from "node:assert/strict";
import { expandVariables } from "../../../configuration/variables.ts";
import { load, loadLocal, problemsOf, reportOf } from "../project.ts";

const chart = (id: string, value: string): string =>
  `  - {id: ${id}, type: chart, with: {url: https://charts.example.org, repo: ${id}, version: 1.0.0, values: {v: '${value}'}}}`;
const variable = (id: string, name: string, value = "x"): string =>
  `  - {id: ${id}, type: var, with: {name: ${name}, value: '${value}'}}`;
const document = (...steps: string[]): string =>
  [
    `componentsDefinition: {c: {steps: [${steps.map((step) => /id: (\w+)/.exec(step)?.[1]).join(", ")}]}}`,
    "steps:",
    ...steps,
  ].join("\n");

describe("the use of variables", () => {
  const sound: [rule: string, steps: string[]][] = [
    ["a variable set before", [variable("a", "A"), chart("b", "${A} $A")]],
    ["the address of a node, which nobody sets", [chart("b", "http://${NODE_ADDRESS}:1")]],
    [
      "a variable of that name that the document sets",
      [variable("a", "NODE_ADDRESS"), chart("b", "${NODE_ADDRESS}")],
    ],
    ["a variable in a variable", [variable("a", "A"), variable("b", "B", "${A}")]],
    ["plain dollars", [chart("b", "$5 $$ $(x) $remote_addr a$")]],
    ["dollars in front of names", [chart("b", "${}HOME ${}{HOME} ${}")]],
  ];
  for (const [rule, steps] of sound)
    it(`may be ${rule}`, async () => void (await loadLocal(document(...steps))));

  const faults: [rule: string, steps: string[], report: string[]][] = [
    [
      "of a variable that nothing sets",
      [chart("b", "${A}")],
      ["krateo.yaml:3 steps[0].with.values.v: step b uses a variable that no step sets: A"],
    ],
    [
      "of one without braces that nothing sets",
      [chart("b", "$MISSING")],
      ["krateo.yaml:3 steps[0].with.values.v: step b uses a variable that no step sets: MISSING"],
    ],
    [
      "of shell operators",
      [variable("a", "A"), chart("b", "${A:-b}")],
      ["krateo.yaml:4 steps[1].with.values.v: step b uses a variable that no step sets: A:-b"],
    ],
    [
      "of no name",
      [chart("b", "${")],
      ["krateo.yaml:3 steps[0].with.values.v: step b: a variable without a name"],
    ],
    [
      "before it is set",
      [chart("b", "${A}"), variable("a", "A")],
      ["krateo.yaml:3 steps[0].with.values.v: step b uses variable A before step a sets it"],
    ],
    [
      "by its own step",
      [variable("a", "A", "${A}")],
      ["krateo.yaml:3 steps[0].with.value: step a uses variable A before step a sets it"],
    ],
    [
      "of a name set twice",
      [variable("a", "A"), variable("b", "A")],
      ["krateo.yaml:4 steps[1].with.name: variable A is set by two steps: a and b"],
    ],
    [
      "of a lower-case name without braces",
      [variable("a", "port"), chart("b", "$port")],
      ["krateo.yaml:4 steps[1].with.values.v: step b: $port stays text, though there is a variable port"],
    ],
  ];
  for (const [rule, steps, report] of faults) {
    it(`is refused: ${rule}`, async () =>
      assert.deepEqual(await reportOf(loadLocal(document(...steps))), report));
  }

  it("is refused at its place in an override, with the nearest name", async () => {
    const [problem, ...rest] = await problemsOf(
      load({
        "krateo-overrides.yaml":
          "components:\n  frontend:\n    helmDefaults:\n      config:\n        X: http://${AUTHN_PROT}\n",
      }),
    );
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [problem?.file, problem?.line, problem?.path, problem?.allowed?.[0]],
      ["krateo-overrides.yaml", 5, "components.frontend.helmDefaults.config.X", "AUTHN_PORT"],
    );
  });

  it("says how a dollar sign is written that is meant as one", async () => {
    for (const [text, literal] of [
      ["$HOME", "${}HOME"],
      ["${HOME}", "${}{HOME}"],
    ] as const) {
      const [problem] = await problemsOf(loadLocal(document(chart("b", text))));
      assert.equal(problem?.next, `if a dollar sign is meant, write \${} for it: ${literal}`);
    }
  });

  it("writes a dollar sign in the same way in each layer, and keeps it as it is in the snapshot", async () => {
    const { steps, snapshot } = await loadLocal(
      document(chart("b", "${}A")),
      "components: {c: {helmDefaults: {d: '${}B'}, stepConfig: {b: {helmValues: {h: '${}C'}, with: {values: {w: '${}D'}}}}}}",
      { set: { "components.c.stepConfig.b.helmValues.s": "${}E {{ .Namespace }}" } },
    );
    const stored = { v: "${}A", d: "${}B", h: "${}C", w: "${}D", s: "${}E {{ .Namespace }}" };
    const step = steps.find(({ id }) => id === "b");
    assert.deepEqual(step?.type === "chart" && step.values, stored);
    assert.deepEqual(snapshot.steps[0]?.["with"], {
      url: "https://charts.example.org",
      repo: "b",
      version: "1.0.0",
      values: stored,
    });
    assert.deepEqual(expandVariables(stored, {}), {
      v: "$A",
      d: "$B",
      h: "$C",
      w: "$D",
      s: "$E {{ .Namespace }}",
    });
  });

  it("is not looked for in keys, nor in what is not expanded", async () => {
    const { steps } = await loadLocal(
      "componentsDefinition: {c: {steps: [s]}}\nsteps: [{id: s, type: chart, with: {url: 'https://charts.example.org/${A}', repo: web, version: 1.0.0, values: {'${B}': 1}}}]",
    );
    const [step] = steps;
    assert.deepEqual(step?.type === "chart" && [step.chart.url, step.values], [
      "https://charts.example.org/${A}",
      { "${B}": 1 },
    ]);
  });

  it("of a variable whose component is off is refused, once for each component", async () => {
    assert.deepEqual(await reportOf(load({}, { set: { "components.events-stack.enabled": false } })), [
      "bundled release (profiles/3.0.0/base.yaml and profiles/3.0.0/nodeport.yaml):- steps[13].with.values.config.EVENTS_PUSH_API_BASE_URL: component frontend needs events-stack, which is switched off: step install-frontend uses variable EVENTS_PRESENTER_PORT, which step extract-events-presenter-port sets",
    ]);
  });

  it("of a variable whose component is off is fine in a component that is off too", async () => {
    const { steps } = await load(
      {},
      {
        set: {
          "components.events-stack.enabled": false,
          "components.frontend.enabled": false,
          "components.portal-defaults.enabled": false,
        },
      },
    );
    const [setter, user] = ["extract-events-presenter-port", "install-frontend"].map((id) =>
      steps.find((step) => step.id === id),
    );
    assert.deepEqual([setter?.enabled, user?.enabled], [false, false]);
  });
});
