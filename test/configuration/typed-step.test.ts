import assert from "node:assert/strict";
import { chartStep, load, loadLocal, reportOf } from "./project.ts";

const oneStep = (type: string, input: string): string =>
  `componentsDefinition: {c: {steps: [s]}}\nsteps: [{id: s, type: ${type}, with: ${input}}]`;
const chart = (more: string): string =>
  oneStep("chart", `{url: https://charts.example.org, repo: web, version: 1.2.3, ${more}}`);

describe("a chart step", () => {
  it("gets a release, a wait, a time-out and a history by default", async () => {
    assert.deepEqual(chartStep(await loadLocal(chart("")), "s"), {
      id: "s",
      component: "c",
      enabled: true,
      type: "chart",
      release: { name: "web", namespace: "krateo-system" },
      chart: { name: "web", version: "1.2.3", kind: "repository", url: "https://charts.example.org" },
      wait: true,
      timeoutSeconds: 900,
      maxHistory: 10,
      values: {},
      secretPaths: [],
    });
  });

  it("takes what the document says", async () => {
    const step = chartStep(
      await loadLocal(
        chart(
          "releaseName: shop, namespace: other, wait: false, timeout: 90s, maxHistory: 3, values: {a: null, b: {}}, insecureSkipTLSVerify: false",
        ),
      ),
      "s",
    );
    assert.deepEqual(
      [step.release, step.wait, step.timeoutSeconds, step.maxHistory, step.values],
      [{ name: "shop", namespace: "other" }, false, 90, 3, { a: null, b: {} }],
    );
  });

  it("takes the former name of timeout, with a warning, when the present one is absent", async () => {
    const former = await loadLocal(chart("waitTimeout: 2m"));
    assert.equal(chartStep(former, "s").timeoutSeconds, 120);
    assert.deepEqual(former.warnings, ["step s: waitTimeout is deprecated; its new name is timeout"]);
    const both = await loadLocal(chart("waitTimeout: 2m, timeout: 3m"));
    assert.equal(chartStep(both, "s").timeoutSeconds, 180);
  });

  it("of finops-notebooks is not waited for, in documents that say nothing of it too", async () => {
    const document = (more: string): string =>
      oneStep("chart", `{url: https://charts.example.org, repo: finops-notebooks, version: 0.1.1${more}}`);
    assert.equal(chartStep(await loadLocal(document("")), "s").wait, false);
    assert.equal(chartStep(await loadLocal(document(", wait: true")), "s").wait, true);
    assert.equal(chartStep(await load({}), "install-finops-notebooks").wait, false);
  });

  const wrong: [rule: string, more: string, report: string][] = [
    [
      "a time-out without a unit",
      'timeout: "300"',
      "with.timeout: step s: a time-out that is not a duration",
    ],
    [
      "a time-out that is a number",
      "timeout: 300",
      "with.timeout: step s: timeout has a value that is not allowed",
    ],
    [
      "a null as the item of a list, which no chart's default can be removed with",
      "values: {args: [a, {b: [null]}]}",
      "with.values.args[1].b[0]: step s: a list has an item that is null",
    ],
    ["a wait in quotes", 'wait: "true"', "with.wait: step s: wait has a value that is not allowed"],
    ["a wait of YAML 1.1", "wait: yes", "with.wait: step s: wait has a value that is not allowed"],
    ["no history", "maxHistory: 0", "with.maxHistory: step s: maxHistory has a value that is not allowed"],
    ["set", "set: []", 'with.set: step s: unknown key "set"'],
    ["another letter case", "releasename: x", 'with.releasename: step s: unknown key "releasename"'],
    [
      "a release name that Helm refuses",
      "releaseName: My_Shop",
      "with.releaseName: step s: a name that Helm does not accept for a release",
    ],
    [
      "unverified TLS",
      "insecureSkipTLSVerify: true",
      "with.insecureSkipTLSVerify: step s: insecureSkipTLSVerify has a value that is not allowed",
    ],
  ];
  for (const [rule, more, report] of wrong) {
    it(`refuses ${rule}`, async () => {
      assert.deepEqual(await reportOf(loadLocal(chart(more))), [`krateo.yaml:2 steps[0].${report}`]);
    });
  }

  it("refuses a version that is a number, and an inexact one", async () => {
    const version = (text: string) =>
      reportOf(loadLocal(oneStep("chart", `{url: https://charts.example.org, repo: web, version: ${text}}`)));
    assert.deepEqual(await version("1.10"), [
      "krateo.yaml:2 steps[0].with.version: step s: version has a value that is not allowed",
    ]);
    assert.deepEqual(await version('">=1"'), [
      "krateo.yaml:2 steps[0].with.version: step s: a chart version that is not an exact one",
    ]);
  });

  it("names the place of a missing key by its step", async () => {
    assert.deepEqual(
      await reportOf(loadLocal(oneStep("chart", "{url: https://charts.example.org, repo: web}"))),
      ["krateo.yaml:2 steps[0] (s: with.version): step s: a chart without a version"],
    );
  });

  it("refuses a fault in an override at its place in the override", async () => {
    assert.deepEqual(
      await reportOf(
        loadLocal(chart(""), "components:\n  c:\n    stepConfig:\n      s: {with: {timeout: 5}}\n"),
      ),
      [
        "krateo-overrides.yaml:4 components.c.stepConfig.s.with.timeout: step s: timeout has a value that is not allowed",
      ],
    );
  });

  it("refuses to share its Helm release with another step", async () => {
    const input = "{url: https://charts.example.org, repo: web, version: 1.2.3}";
    assert.deepEqual(
      await reportOf(
        loadLocal(
          `componentsDefinition: {c: {steps: [a, b]}}\nsteps:\n  - {id: a, type: chart, with: ${input}}\n  - {id: b, type: chart, with: ${input}}\n`,
        ),
      ),
      [
        "krateo.yaml:4 steps[1] (b: with.releaseName): steps a and b install the same Helm release, krateo-system/web",
      ],
    );
  });

  for (const name of ["eventrouter", "eventsse", "sweeper", "finops-composition-definition-parser"]) {
    it(`refuses ${name}, which 3.0.0 has no place for, by its chart's name`, async () => {
      const document = oneStep(
        "chart",
        `{url: https://charts.example.org, repo: ${name}, version: 1.2.3, releaseName: other}`,
      );
      assert.deepEqual(await reportOf(loadLocal(document)), [
        `krateo.yaml:2 steps[0]: step s installs ${name}, which Krateo 3.0.0 does not have`,
      ]);
    });
  }

  it("refuses eventsse-etcd by its release name, and no other release of the chart etcd", async () => {
    const etcd = (name: string): string =>
      oneStep("chart", `{url: https://charts.example.org, repo: etcd, version: 1.2.3, releaseName: ${name}}`);
    assert.equal((await reportOf(loadLocal(etcd("eventsse-etcd")))).length, 1);
    assert.equal(chartStep(await loadLocal(etcd("mine")), "s").release.name, "mine");
  });
});

describe("an object step", () => {
  it("keeps all of its manifest and gets the namespace", async () => {
    const settings = await loadLocal(
      oneStep(
        "object",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: note, labels: {a: b}}, data: {k: v}, immutable: false}",
      ),
      undefined,
      { namespace: "demo" },
    );
    assert.deepEqual(settings.steps, [
      {
        id: "s",
        component: "c",
        enabled: true,
        type: "object",
        manifest: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "note", namespace: "demo", labels: { a: "b" } },
          data: { k: "v" },
          immutable: false,
        },
      },
    ]);
  });

  it("gets no namespace when its kind has none, and keeps its own", async () => {
    const metadata = async (kind: string, given: string) => {
      const [step] = (
        await loadLocal(oneStep("object", `{apiVersion: v1, kind: ${kind}, metadata: ${given}}`))
      ).steps;
      return step?.type === "object" ? step.manifest.metadata : undefined;
    };
    assert.deepEqual(await metadata("Namespace", "{name: n}"), { name: "n" });
    assert.deepEqual(await metadata("ConfigMap", "{name: n, namespace: own}"), {
      name: "n",
      namespace: "own",
    });
  });

  it("needs kind, apiVersion and a name", async () => {
    assert.deepEqual(await reportOf(loadLocal(oneStep("object", "{kind: ConfigMap, metadata: {}}"))), [
      "krateo.yaml:2 steps[0] (s: with.apiVersion): step s: apiVersion is missing",
      "krateo.yaml:2 steps[0] (s: with.metadata.name): step s: name is missing",
    ]);
  });
});

describe("a var step", () => {
  it("reads an object of the install namespace, or of its own", async () => {
    const from = async (metadata: string) => {
      const input = `{name: P, valueFrom: {apiVersion: v1, kind: Service, metadata: ${metadata}, selector: ".spec.ports[0].port"}}`;
      const [step] = (await loadLocal(oneStep("var", input))).steps;
      return step?.type === "var" ? step.valueFrom : undefined;
    };
    assert.deepEqual(await from("{name: web}"), {
      apiVersion: "v1",
      kind: "Service",
      name: "web",
      namespace: "krateo-system",
      selector: ".spec.ports[0].port",
    });
    assert.equal((await from("{name: web, namespace: own}"))?.namespace, "own");
  });

  const wrong: [rule: string, input: string, report: string][] = [
    [
      "a number as its value",
      "{name: A, value: 5}",
      "[0].with.value: step s: value has a value that is not allowed",
    ],
    ["neither value nor valueFrom", "{name: A}", "[0]: step s: the input has a value that is not allowed"],
    [
      "a name that cannot be referred to",
      "{name: a-b, value: x}",
      "[0].with.name: step s: name has a value that is not allowed",
    ],
    [
      "a valueFrom without a selector",
      "{name: A, valueFrom: {apiVersion: v1, kind: Service, metadata: {name: x}}}",
      "[0] (s: with.valueFrom.selector): step s: selector is missing",
    ],
  ];
  for (const [rule, input, report] of wrong) {
    it(`refuses ${rule}`, async () => {
      assert.deepEqual(await reportOf(loadLocal(oneStep("var", input))), [`krateo.yaml:2 steps${report}`]);
    });
  }
});
