import assert from "node:assert/strict";
import { bundledCharts } from "../../../configuration/bundle.ts";
import { goText } from "../../../configuration/rules/text-values.ts";
import { load, loadLocal, problemsOf } from "../project.ts";

/** As text/template of Go was seen to print a float64. */
const printed: [value: number, text: string][] = [
  [8080, "8080"],
  [999999, "999999"],
  [1000000, "1e+06"],
  [1234567, "1.234567e+06"],
  [10737418240, "1.073741824e+10"],
  [20261115, "2.0261115e+07"],
  [-1000000, "-1e+06"],
  [0.21, "0.21"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [1e21, "1e+21"],
  [100000.5, "100000.5"],
  [0, "0"],
];

describe("a number in a template", () => {
  for (const [value, text] of printed) it(`${value} is ${text}`, () => assert.equal(goText(value), text));
});

/** Values of a step, in krateo-overrides.yaml. */
const overrides = (component: string, step: string, values: string): string =>
  `components:\n  ${component}:\n    stepConfig:\n      ${step}:\n        helmValues: ${values}\n`;

describe("a value of a chart of the release", () => {
  const [authn, deviser, frontend] = [
    ["backend", "install-authn"],
    ["db-maintenance", "install-deviser"],
    ["frontend", "install-frontend"],
  ] as const;
  const [cluster, cnpg, opa, cratedb] = [
    ["cnpg", "install-pg-cluster"],
    ["cnpg", "install-cnpg"],
    ["finops", "install-opa"],
    ["finops", "install-finops-cratedb"],
  ] as const;
  const refused: [step: readonly [string, string], values: string, given: string, quoted: string][] = [
    [
      authn,
      "{env: {A: 10737418240}}",
      "10737418240, which the chart would write as 1.073741824e+10",
      "10737418240",
    ],
    [authn, "{env: {A: 1000000}}", "1000000, which the chart would write as 1e+06", "1000000"],
    [authn, "{env: {A: 0.00001}}", "0.00001, which the chart would write as 1e-05", "0.00001"],
    [authn, "{image: {tag: 20261115}}", "20261115, a number", "20261115"],
    [authn, "{image: {tag: 0.21}}", "0.21, a number", "0.21"],
    [authn, "{image: {tag: 1.10}}", "1.10, a number", "1.10"],
    [
      authn,
      "{env: {A: 0123456789}}",
      "0123456789, which the chart would write as 1.23456789e+08",
      "0123456789",
    ],
    [authn, "{podAnnotations: {a: 1}}", "1, a number", "1"],
    [authn, "{podLabels: {a: true}}", "true, a boolean", "true"],
    [authn, "{service: {annotations: {a: 60}}}", "60, a number", "60"],
    [authn, "{nodeSelector: {ssd: true}}", "true, a boolean", "true"],
    [
      deviser,
      "{config: {PM_MAX_PARTITIONS_SIZE: 10737418240}}",
      "10737418240, which the chart would write as 1.073741824e+10",
      "10737418240",
    ],
    [opa, "{mgmt: {env: [{name: A, value: 1}]}}", "1, a number", "1"],
    [cluster, "{cluster: {storage: {size: 10737418240}}}", "10737418240, a number", "10737418240"],
    [cluster, "{cluster: {postgresql: {parameters: {max_connections: 200}}}}", "200, a number", "200"],
    [cnpg, "{config: {data: {A: 1}}}", "1, a number", "1"],
    [
      cratedb,
      "{crate: {heapsize: 2000000000}}",
      "2000000000, which the chart would write as 2e+09",
      "2000000000",
    ],
  ];
  for (const [[component, step], values, given, quoted] of refused) {
    it(`is refused, with the quoted form to write: ${step} ${values}`, async () => {
      const text = overrides(component, step, values);
      const [problem, ...more] = await problemsOf(load({ "krateo-overrides.yaml": text }));
      assert.deepEqual(more, []);
      assert.deepEqual(
        [problem?.file, problem?.line, problem?.given, problem?.next],
        ["krateo-overrides.yaml", 5, given, `put it in quotes: "${quoted}"`],
      );
      await load({ "krateo-overrides.yaml": text.replace(`: ${quoted}}`, `: "${quoted}"}`) });
    });
  }

  const accepted: [step: readonly [string, string], values: string][] = [
    [authn, "{env: {A: 8080, B: true, C: 999999, D: 1.5}}"],
    [authn, "{podSecurityContext: {fsGroup: 1000660000}, securityContext: {runAsUser: 1000660000}}"],
    [authn, "{resources: {limits: {memory: 10737418240, cpu: 1.5}}}"],
    [authn, "{service: {port: 8082}, replicaCount: 2}"],
    [frontend, "{config: {SIZE: 10737418240}}"],
    [cluster, "{cluster: {instances: 1, resources: {limits: {memory: 10737418240}}}}"],
  ];
  for (const [[component, step], values] of accepted) {
    it(`is accepted where numbers stay numbers: ${step} ${values}`, async () => {
      const { warnings } = await load({ "krateo-overrides.yaml": overrides(component, step, values) });
      assert.deepEqual(warnings, []);
    });
  }

  it("is refused from the stack configuration, too, and a secret is not shown", async () => {
    const path = "components.backend.stepConfig.install-authn.helmValues.env.SIZE";
    const [plain] = await problemsOf(load({}, { set: { [path]: 10737418240 } }));
    assert.deepEqual([plain?.path, plain?.next], [`krateo:set ${path}`, 'put it in quotes: "10737418240"']);
    const [secret] = await problemsOf(load({}, { set: { [path]: 10737418240 } }, ["set"]));
    assert.deepEqual([secret?.given, secret?.next], ["a secret value", "put it in quotes"]);
  });

  it("is not shown under a key that names a secret", async () => {
    const text = overrides("backend", "install-authn", "{env: {DB_PASSWORD: 20261115}}");
    const [problem] = await problemsOf(load({ "krateo-overrides.yaml": text }));
    assert.deepEqual([problem?.given, problem?.next], ["a secret value", "put it in quotes"]);
  });

  it("knows the charts of the release", () => {
    assert.equal(bundledCharts.length, 21);
    assert.ok(bundledCharts.includes("cloudnative-pg"));
  });
});

describe("a value of another chart", () => {
  it("is only warned of: nobody knows what its templates do with it", async () => {
    const { warnings } = await loadLocal(
      [
        "componentsDefinition: {shop: {steps: [web]}}",
        "steps:",
        "- id: web",
        "  type: chart",
        "  with:",
        "    url: https://charts.example.org",
        "    repo: web",
        "    version: 1.0.0",
        "    values:",
        "      size: 10737418240",
        "      port: 8080",
        "      securityContext: {runAsUser: 1000660000}",
      ].join("\n"),
    );
    assert.deepEqual(warnings, [
      'step web: a number where text is needed (krateo.yaml, line 10, steps[0].with.values.size): 10737418240, which the chart would write as 1.073741824e+10; if the chart writes it as text, put it in quotes: "10737418240"',
    ]);
  });
});

describe("an object of a step", () => {
  const document = (object: string): string =>
    `componentsDefinition: {shop: {steps: [note]}}\nsteps:\n- {id: note, type: object, with: ${object}}\n`;
  const refused: [object: string, path: string][] = [
    ["{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {port: 80}}", "steps[0].with.data.port"],
    [
      "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {on: true}}",
      "steps[0].with.stringData.on",
    ],
    ["{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {a: 1}}}", "steps[0].with.metadata.labels.a"],
  ];
  for (const [object, path] of refused) {
    it(`takes only text there: ${path}`, async () => {
      const problems = await problemsOf(loadLocal(document(object)));
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      );
    });
  }
  it("takes numbers elsewhere", async () => {
    const { steps } = await loadLocal(
      document("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {port: 80}}"),
    );
    const [step] = steps;
    assert.deepEqual(step?.type === "object" && step.manifest["spec"], { port: 80 });
  });
});
