/** A version that was added to the project: a small document of upstream's kind, with and without what we correct. */
import assert from "node:assert/strict";
import { valueAt } from "../../../model/path.ts";
import { addedVersion } from "../../support/upstream-documents.ts";
import { chartStep, type Files, load, problemsOf } from "../project.ts";

const version = "3.9.0";

/** Parts of an upstream document, in its order: authn, which is corrected, its variable, and events. */
const parts = {
  authn: `
  - id: install-authn
    type: chart
    with:
      repo: authn
      releaseName: authn
      url: https://charts.krateo.io
      version: 0.30.0
      values:
        service: { type: NodePort, nodePort: 30082, annotations: { new: "yes" } }
        env: { AUTHN_KUBECONFIG_SERVER_URL: null }`,
  port: `
  - id: extract-authn-port
    type: var
    with:
      name: AUTHN_PORT
      valueFrom: { apiVersion: v1, kind: Service, metadata: { name: authn, namespace: {{ .Namespace }} }, selector: ".spec.ports[0].nodePort" }`,
  portal: `
  - id: install-portal
    type: chart
    with: { repo: portal, releaseName: portal, url: https://marketplace.krateo.io, version: 2.0.0 }`,
};

interface Shape {
  readonly steps?: string;
  readonly backend?: string;
  readonly more?: string;
  readonly files?: Files;
  readonly keep?: readonly string[];
}

/** The project with the version in it. */
function added({
  steps = parts.authn + parts.port + parts.portal,
  backend = "install-authn, extract-authn-port",
  more = "",
  files = {},
  keep,
}: Shape = {}): Files {
  const document = `componentsDefinition:
  backend: { steps: [${backend}] }
  portal-defaults: { steps: [install-portal] }
${more}
steps:${steps}
`;
  return addedVersion(version, { "krateo.nodeport.yaml": document, ...files }, keep);
}

const config = { version, nodeAddress: "127.0.0.1" };

describe("a platform version that was added", () => {
  it("has what upstream changes, and our corrections", async () => {
    const settings = await load(added(), config);
    const authn = chartStep(settings, "install-authn");
    assert.equal(settings.platformVersion, version);
    assert.equal(authn.chart.version, "0.30.0");
    assert.deepEqual(authn.values, {
      service: { type: "NodePort", nodePort: 30082, annotations: { new: "yes" } },
      env: {
        AUTHN_KUBECONFIG_SERVER_URL: "",
        AUTHN_DEBUG: "false",
        AUTHN_DUMP_ENV: "false",
        URL_SNOWPLOW: "http://snowplow.krateo-system.svc.cluster.local:8081",
      },
    });
  });

  it("has our exposure where upstream has no document for the type", async () => {
    const settings = await load(added(), {
      version,
      type: "gateway",
      domain: "d.example.org",
      gatewayClass: "envoy",
    });
    assert.deepEqual(chartStep(settings, "install-authn").values["service"], {
      type: "ClusterIP",
      annotations: { new: "yes" },
    });
    const enabled = settings.steps.filter((step) => step.enabled).map(({ id }) => id);
    assert.ok(enabled.includes("attach-authn"), enabled.join());
    assert.ok(!enabled.includes("extract-authn-port"));
    // Its Service is gone with its chart.
    assert.ok(!enabled.includes("attach-snowplow"));
  });

  it("takes keys for exposure like the bundled one", async () => {
    const settings = await load(added(), { ...config, nodePorts: { authn: 31082 } });
    assert.deepEqual(chartStep(settings, "install-authn").values["service"], {
      type: "NodePort",
      nodePort: 31082,
      annotations: { new: "yes" },
    });
  });

  it("keeps what it has no more as skipped steps, so that a removal is guarded", async () => {
    const settings = await load(added(), config);
    const skipped = settings.steps.filter(({ enabled }) => !enabled).map(({ id }) => id);
    assert.ok(
      skipped.includes("install-snowplow") && skipped.includes("extract-snowplow-port"),
      skipped.join(),
    );
    assert.deepEqual(
      settings.steps.filter(({ enabled }) => enabled).map(({ id }) => id),
      ["install-authn", "extract-authn-port", "install-portal"],
    );
    assert.ok(
      settings.snapshot.steps.some((step) => step["id"] === "install-snowplow" && step["skip"] === true),
    );
  });

  it("warns once of charts that are not known", async () => {
    const steps = `${parts.authn}${parts.port}
  - { id: install-one, type: chart, with: { repo: one, url: https://charts.krateo.io, version: 1.0.0 } }
  - { id: install-two, type: chart, with: { repo: two, url: https://charts.krateo.io, version: 1.0.0 } }${parts.portal}`;
    const more = "  new: { steps: [install-one, install-two] }";
    const { warnings } = await load(added({ steps, more }), config);
    assert.deepEqual(
      warnings.filter((warning) => warning.includes("does not know")),
      [
        "version 3.9.0 installs charts that this program does not know: install-one, install-two; each is installed after all that stands before it in the document",
      ],
    );
  });

  const refused: [what: string, shape: Shape, expected: RegExp[]][] = [
    [
      "an unknown kind of step",
      {
        steps: `${parts.authn}${parts.port}${parts.portal}\n  - { id: x, type: script }`,
        more: "  x: { steps: [x] }",
      },
      [/^versions\/3\.9\.0\/krateo\.nodeport\.yaml.*steps\[3\]\.type/],
    ],
    [
      "a key of a newer document",
      { more: "  new: { steps: [], runs: daily }" },
      [/componentsDefinition\.new\.runs: unknown key "runs"/],
    ],
    [
      "a value that is corrected and has changed",
      {
        steps: (parts.authn + parts.port + parts.portal).replace(
          "AUTHN_KUBECONFIG_SERVER_URL: null",
          "AUTHN_DEBUG: maybe",
        ),
      },
      [
        /steps\[0\]\.with\.values\.env\.AUTHN_KUBECONFIG_SERVER_URL: .*given nothing/,
        /AUTHN_DEBUG: .*given "maybe".*--keep-upstream install-authn\.values\.env\.AUTHN_DEBUG/,
      ],
    ],
    [
      "a manifest that nobody knows",
      { files: { "post-upgrade.yaml": "kind: Job" } },
      [/^versions\/3\.9\.0\/post-upgrade\.yaml.*--keep-upstream post-upgrade\.yaml/],
    ],
    [
      "a profile that is not valid",
      { files: { "krateo-overrides.new.yaml": "components: []" } },
      [/krateo-overrides\.new\.yaml/],
    ],
  ];
  for (const [what, shape, expected] of refused) {
    it(`is refused with ${what}`, async () => {
      const problems = await problemsOf(
        load(added(shape), { ...config, ...(what.includes("profile") && { profiles: "new" }) }),
      );
      const lines = problems.map(
        ({ file, path, what, given, next }) => `${file} ${path}: ${what}, given ${given}, next ${next}`,
      );
      for (const one of expected)
        assert.ok(
          lines.some((line) => one.test(line)),
          `${one}\n${lines.join("\n")}`,
        );
    });
  }

  it("is refused without a document for the type", async () => {
    const [problem] = await problemsOf(load(added(), { version, type: "ingress", domain: "d.example.org" }));
    assert.equal(problem?.what, "version 3.9.0 has no release document for type ingress");
  });

  it("brings profiles of its own, whose values lie below the user's", async () => {
    const profile = "components: {backend: {stepConfig: {install-authn: {with: {values: {a: 1, b: 1}}}}}}";
    const own = "components: {backend: {stepConfig: {install-authn: {helmValues: {b: 2}}}}}";
    const files = {
      ...added({ files: { "krateo-overrides.new.yaml": profile } }),
      "krateo-overrides.yaml": own,
    };
    const { values } = chartStep(await load(files, { ...config, profiles: "new" }), "install-authn");
    assert.deepEqual([values["a"], values["b"]], [1, 2]);
  });

  it("keeps upstream's value where the user said so, and goes on", async () => {
    const steps = (parts.authn + parts.port + parts.portal).replace("env: {", "env: { AUTHN_DEBUG: maybe,");
    const files = { "post-upgrade.yaml": "kind: Job" };
    const keep = ["install-authn.values.env.AUTHN_DEBUG", "post-upgrade.yaml"];
    const { values } = chartStep(await load(added({ steps, files, keep }), config), "install-authn");
    assert.equal(valueAt(values, ["env", "AUTHN_DEBUG"]), "maybe");
    assert.equal(valueAt(values, ["env", "AUTHN_DUMP_ENV"]), "false");
  });

  const name = `versions/${version}/krateo.nodeport.yaml`;
  for (const [what, change, file, next] of [
    ["changed", { [name]: "steps: []" }, name, /npx krateo versions add 3\.9\.0/],
    [
      "put in",
      { [`versions/${version}/krateo-overrides.x.yaml`]: "" },
      `versions/${version}/krateo-overrides.x.yaml`,
      /^remove it: /,
    ],
  ] as const) {
    it(`is refused when a document was ${what} since it was added`, async () => {
      const problems = await problemsOf(load({ ...added(), ...change }, config));
      assert.deepEqual(
        problems.map((problem) => [problem.what, problem.file]),
        [["a document of version 3.9.0 is not the one that krateo.lock records", file]],
      );
      assert.match(problems[0]?.next ?? "", next);
    });
  }

  it("is refused when a document was taken away, or krateo.lock does not know it", async () => {
    const { [name]: _, ...rest } = added({ files: { "krateo.yaml": "" } });
    const [gone] = await problemsOf(load(rest, config));
    assert.deepEqual([gone?.file, gone?.given], [name, "no file"]);
    const { "krateo.lock": __, ...unlocked } = added();
    const [unknown, ...more] = await problemsOf(load(unlocked, config));
    assert.deepEqual(more, []);
    assert.equal(
      unknown?.what,
      "krateo.lock knows nothing of version 3.9.0, whose documents are in the project",
    );
  });
});
