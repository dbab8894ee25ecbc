import assert from "node:assert/strict";
import { load, problemsOf, reportOf } from "./project.ts";

const step = (value: string): string =>
  `componentsDefinition: {c: {steps: [v]}}\nsteps: [{id: v, type: var, with: {name: A, value: ${value}}}]`;

describe("the release document", () => {
  const chosen: [type: string, files: string[], taken: string][] = [
    ["nodeport", ["krateo.yaml", "krateo.nodeport.yaml", "krateo.kind.yaml"], "krateo.kind.yaml"],
    ["nodeport", ["krateo.yaml", "krateo.nodeport.yaml"], "krateo.nodeport.yaml"],
    ["nodeport", ["krateo.yaml", "krateo.ingress.yaml"], "krateo.yaml"],
    ["loadbalancer", ["krateo.yaml", "krateo.loadbalancer.yaml"], "krateo.loadbalancer.yaml"],
    ["ingress", ["krateo.yaml", "krateo.ingress.yaml"], "krateo.ingress.yaml"],
  ];
  for (const [type, files, taken] of chosen) {
    it(`is ${taken} for type ${type} among ${files.join(", ")}`, async () => {
      const settings = await load(Object.fromEntries(files.map((file) => [file, step(file)])), {
        version: "local",
        type,
      });
      assert.equal(settings.steps[0]?.type === "var" && settings.steps[0].value, taken);
      assert.equal(settings.platformVersion, "local");
      assert.equal(settings.snapshot.installationVersion, "local");
    });
  }

  it("is not another file because the type's own is broken (finding 7)", async () => {
    assert.deepEqual(
      await reportOf(
        load({ "krateo.yaml": step("x"), "krateo.nodeport.yaml": "a: [" }, { version: "local" }),
      ),
      ["krateo.nodeport.yaml:1 -: this is not valid YAML"],
    );
  });

  const empty: [what: string, document: string, overrides: string][] = [
    ["empty", "", "components: {}"],
    ["a comment", "# later\n", ""],
    ["without steps", "componentsDefinition: {}", ""],
    ["with an empty list of steps", "steps: []", ""],
    ["emptied by the override file", step("x"), "componentsDefinition: null\nsteps: []"],
  ];
  for (const [what, document, overrides] of empty) {
    it(`installs nothing, and is refused, when it is ${what}`, async () => {
      const files = { "krateo.yaml": document, "krateo-overrides.yaml": overrides };
      assert.deepEqual(await problemsOf(load(files, { version: "local" })), [
        {
          what: "the release document has no steps: there is nothing to install",
          file: "krateo.yaml",
          allowed:
            "componentsDefinition, with the steps of each component, and steps, each with id, type (chart, var or object) and with",
          next: "fill it in, or set krateo:version to 3.0.0: npx krateo render then prints the bundled one to begin with",
        },
      ]);
    });
  }

  it("may have its steps from the override file", async () => {
    const files = { "krateo.yaml": "", "krateo-overrides.yaml": step("x") };
    assert.equal((await load(files, { version: "local" })).steps.length, 1);
  });

  it("has to be there", async () => {
    const [problem] = await problemsOf(load({}, { version: "local", type: "ingress" }));
    assert.deepEqual(problem?.allowed, ["krateo.ingress.yaml", "krateo.yaml"]);
  });

  it("is the bundled one unless version says otherwise, with a warning about a file that is not used", async () => {
    const settings = await load({ "krateo.yaml": step("x") });
    assert.equal(settings.platformVersion, "3.0.0");
    assert.equal(settings.steps.length, 26);
    assert.deepEqual(settings.warnings, [
      "krateo.yaml is not used: krateo:version is 3.0.0, the bundled release. Set it to local to use the file.",
    ]);
  });

  it("is of no version that was not added", async () => {
    const [problem, ...rest] = await problemsOf(load({}, { version: "3.1.0" }));
    assert.deepEqual(rest, []);
    assert.deepEqual([problem?.given, problem?.allowed], ["3.1.0", ["3.0.0", "local"]]);
    assert.equal(problem?.next, "add it to the project: npx krateo versions add 3.1.0");
  });

  for (const [version, nearest, next] of [
    ["v3.0.0", "3.0.0", "pulumi config set krateo:version 3.0.0"],
    ["3", "3.0.0", "pulumi config set krateo:version 3.0.0; without quotes, YAML reads 3.0 as the number 3"],
    ["locale", "local", "did you mean local?"],
  ] as const) {
    it(`says what may be meant by ${version}`, async () => {
      const [problem] = await problemsOf(load({}, { version }));
      assert.deepEqual([problem?.allowed?.[0], problem?.next], [nearest, next]);
    });
  }
});

describe("a profile", () => {
  it("that is found nowhere is refused, the nearest name first", async () => {
    const [problem, ...rest] = await problemsOf(
      load({
        "krateo-overrides.yaml": "\nprofile: monitorin\nprofiles: {own: {}}",
        "krateo-overrides.mine.yaml": "",
      }),
    );
    assert.deepEqual(rest, []);
    assert.deepEqual([problem?.file, problem?.line, problem?.path], ["krateo-overrides.yaml", 2, "profile"]);
    assert.deepEqual(problem?.allowed, [
      "monitoring",
      "debug",
      "lb-hostname",
      "no-cnpg",
      "no-finops",
      "openshift",
      "small",
      "tls",
      "mine",
      "own",
    ]);
  });

  it("never leads to another folder", async () => {
    assert.deepEqual(await reportOf(load({}, { profiles: "../secret" })), [
      'stack configuration:- krateo:profiles: there is no profile "../secret"',
    ]);
  });

  it("of the stack configuration replaces the one of the override file", async () => {
    const settings = await load({ "krateo-overrides.yaml": "profile: debug" }, { profiles: "monitoring" });
    assert.deepEqual(settings.profiles, ["monitoring"]);
  });

  it("made for another type is refused, and once is enough", async () => {
    assert.deepEqual(
      (await problemsOf(load({}, { profiles: "lb-hostname" }))).map(({ what }) => what),
      ["profile lb-hostname is not made for type nodeport"],
    );
    const [problem, ...rest] = await problemsOf(load({}, { profiles: "tls" }));
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [problem?.what, problem?.allowed],
      ["profile tls is not made for type nodeport", ["ingress"]],
    );
  });

  it("has to be text", async () => {
    assert.deepEqual(await reportOf(load({ "krateo-overrides.yaml": "profile: [debug]" })), [
      "krateo-overrides.yaml:1 profile: profile has a value that is not allowed",
    ]);
  });

  it("that is selected has to be a map", async () => {
    assert.deepEqual(
      await reportOf(load({ "krateo-overrides.yaml": "profiles: {a: text}" }, { profiles: "debug" })),
      ["krateo-overrides.yaml:1 profiles.a: a has a value that is not allowed"],
    );
  });
});

describe("an override file that the stack configuration names", () => {
  it("has to exist", async () => {
    assert.deepEqual(await reportOf(load({}, { overrides: "mine.yaml" })), [
      "stack configuration:- krateo:overrides: the override file does not exist",
    ]);
  });
});
