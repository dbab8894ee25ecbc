import assert from "node:assert/strict";
import { renderDocument } from "../../configuration/render.ts";
import { chartStep, inputOf, load, loadLocal, problemsOf } from "./project.ts";

const password = "hunter2-$NOT_A_VARIABLE";
const settings = (set: Record<string, unknown>) => load({}, { set }, ["set"]);

describe("a secret of the stack configuration", () => {
  const path = "components.finops.stepConfig.install-opa.helmValues.auth";

  it("reaches the chart in clear, with the paths of its leaves", async () => {
    const step = chartStep(
      await settings({ [path]: { password, ports: [1, 2], none: null } }),
      "install-opa",
    );
    assert.deepEqual(step.values["auth"], { password, ports: [1, 2], none: null });
    assert.deepEqual(step.secretPaths, [
      ["auth", "password"],
      ["auth", "ports", 0],
      ["auth", "ports", 1],
    ]);
  });

  it("is masked in the snapshot and in the rendered document", async () => {
    const loaded = await settings({ [path]: { password } });
    assert.deepEqual((inputOf(loaded, "install-opa")["values"] as { auth: unknown }).auth, {
      password: "[secret]",
    });
    assert.ok(!JSON.stringify(loaded.snapshot).includes("hunter2"));
    assert.ok(!renderDocument(loaded).includes("hunter2"));
    assert.match(renderDocument(loaded), /password: "\[secret\]"/);
  });

  it("is masked in definitions, too", async () => {
    const loaded = await settings({ "componentsDefinition.finops.helmDefaults.token": password });
    assert.deepEqual(loaded.snapshot.componentsDefinition["finops"], {
      ...(loaded.snapshot.componentsDefinition["finops"] as object),
      helmDefaults: { token: "[secret]" },
    });
  });

  it("given as a default reaches every chart of the component", async () => {
    const loaded = await settings({ "components.backend.helmDefaults.token": password });
    const marked = loaded.steps.filter((step) => step.type === "chart" && step.secretPaths.length > 0);
    assert.deepEqual(
      marked.map(({ id }) => id),
      ["install-authn", "install-snowplow"],
    );
  });

  it("that something else overrides is none any more", async () => {
    const loaded = await settings({
      "componentsDefinition.backend.stepConfig.install-authn.helmValues.image.repository": password,
    });
    assert.deepEqual(chartStep(loaded, "install-authn").secretPaths, [["image", "repository"]]);
    const overridden = await load(
      {
        "krateo-overrides.yaml":
          "components: {backend: {stepConfig: {install-authn: {helmValues: {image: {repository: x}}}}}}",
      },
      {
        set: {
          "componentsDefinition.backend.stepConfig.install-authn.helmValues.image.repository": password,
        },
      },
      ["set"],
    );
    assert.deepEqual(chartStep(overridden, "install-authn").secretPaths, []);
  });

  it("still switches components and sets a step's inputs", async () => {
    const loaded = await settings({
      "components.finops.enabled": false,
      "components.backend.stepConfig.install-authn.with.timeout": "4m",
    });
    assert.equal(loaded.components.find(({ name }) => name === "finops")?.enabled, false);
    assert.equal(chartStep(loaded, "install-authn").timeoutSeconds, 240);
  });

  it("marks an object's leaves, and is refused for a variable", async () => {
    const document =
      "componentsDefinition: {c: {steps: [o, v]}}\nsteps:\n  - {id: o, type: object, with: {apiVersion: v1, kind: ConfigMap, metadata: {name: o}}}\n  - {id: v, type: var, with: {name: A, value: x}}";
    const loaded = await loadLocal(
      document,
      undefined,
      { set: { "components.c.stepConfig.o.with.data.k": password } },
      ["set"],
    );
    const [object] = loaded.steps;
    assert.deepEqual(object?.type === "object" && object.secretPaths, [["data", "k"]]);
    const problems = await problemsOf(
      loadLocal(document, undefined, { set: { "components.c.stepConfig.v.with.value": password } }, ["set"]),
    );
    assert.deepEqual(
      problems.map(({ path: at }) => at),
      ["steps[1]"],
    );
  });

  it("never shows up in a problem", async () => {
    const problems = await problemsOf(
      settings({
        "components.backend.stepConfig.install-authn.with.timeout": "hunter2",
        "components.backend.stepConfig.install-snowplow.with.version": "hunter2",
        "components.frontend.stepConfig.install-frontend.with.wait": "hunter2",
        "components.cnpg.stepConfig.install-cnpg.with.releaseName": "Hunter2",
        "components.finops.enabled": "hunter2",
      }),
    );
    assert.equal(problems.length, 5);
    assert.ok(problems.every(({ given }) => given === "a secret value"));
    assert.ok(!/hunter2/i.test(JSON.stringify(problems)));
  });
});

describe("a secret written in clear", () => {
  const warned: [key: string, value: string][] = [
    ["password", "x"],
    ["dbPassword", "x"],
    ["DB_PASS", "x"],
    ["token", "x"],
    ["apiKey", "x"],
    ["clientSecret", "x"],
    ["JWT_SIGN_KEY", "x"],
  ];
  const silent: [key: string, value: string][] = [
    ["password", '""'],
    ["password", "${DB_PASSWORD}"],
    ["secretName", "x"],
    ["existingSecret", "x"],
    ["imagePullSecret", "x"],
    ["passwordSecretRef", "x"],
    ["secret", "{name: x}"],
    ["tokenize", "x"],
  ];
  const warnings = async (key: string, value: string) =>
    (
      await load(
        {
          "krateo.yaml": `componentsDefinition: {c: {steps: [v, s]}}\nsteps:\n  - {id: v, type: var, with: {name: DB_PASSWORD, value: x}}\n  - {id: s, type: chart, with: {url: https://charts.example.org, repo: s, version: 1.0.0}}`,
          "krateo-overrides.yaml": `components:\n  c:\n    helmDefaults:\n      ${key}: ${value}\n`,
        },
        { version: "local" },
      )
    ).warnings;

  for (const [key, value] of warned) {
    it(`is warned about: ${key}`, async () => {
      assert.deepEqual(await warnings(key, value), [
        `krateo-overrides.yaml, line 4, components.c.helmDefaults.${key}: looks like a secret in clear. It belongs in the stack's encrypted configuration: pulumi config set --secret --path, below krateo:set`,
      ]);
    });
  }
  for (const [key, value] of silent) {
    it(`is not suspected in ${key}: ${value}`, async () => assert.deepEqual(await warnings(key, value), []));
  }

  it("is warned about in a Secret's data, whatever the key, but not in its name", async () => {
    const { warnings: found } = await loadLocal(
      "componentsDefinition: {c: {steps: [o]}}\nsteps: [{id: o, type: object, with: {apiVersion: v1, kind: Secret, metadata: {name: o}, stringData: {user: x}}}]",
    );
    assert.deepEqual(
      found.map((text) => text.split(":")[0]),
      ["krateo.yaml, line 2, steps[0].with.stringData.user"],
    );
  });

  it("is nowhere in the bundled release", async () => {
    assert.deepEqual((await load({})).warnings, []);
  });
});
