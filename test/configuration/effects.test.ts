import assert from "node:assert/strict";
import { stringify } from "yaml";
import { load } from "./project.ts";

const values = (component: string, step: string, helmValues: unknown) => ({
  components: { [component]: { stepConfig: { [step]: { helmValues } } } },
});

const warningsOf = async (
  overrides: unknown,
  config: Record<string, unknown> = {},
  more: Record<string, string> = {},
) => (await load({ "krateo-overrides.yaml": stringify(overrides), ...more }, config)).warnings;

describe("a value that makes a service log a secret", () => {
  const deviser =
    "deviser writes the database's URL, the password in it, into its log at its start while config.DEBUG is true";
  const path = "components.db-maintenance.stepConfig.install-deviser.helmValues.config.DEBUG";

  it("is named where it stands, also in a file beside the bundled profile debug", async () => {
    const file = stringify(values("db-maintenance", "install-deviser", { config: { DEBUG: "true" } }));
    assert.deepEqual(await warningsOf({}, { profiles: "debug" }, { "krateo-overrides.debug.yaml": file }), [
      `krateo-overrides.debug.yaml, line 7, ${path}: ${deviser}; set it to "false"`,
    ]);
  });

  for (const [value, on] of [
    [true, true],
    ["1", true],
    ["False", false],
    [null, false],
  ] as const) {
    it(`counts as ${on ? "on" : "off"} when it is ${JSON.stringify(value)}`, async () => {
      const warnings = await warningsOf(
        values("db-maintenance", "install-deviser", { config: { DEBUG: value } }),
      );
      assert.equal(warnings.length, on ? 1 : 0);
    });
  }

  it("is on for authn without a value, as in upstream's document", async () => {
    const document =
      "componentsDefinition: {c: {steps: [a]}}\nsteps: [{id: a, type: chart, with: {url: 'https://charts.example.org', repo: authn, version: 1.0.0}}]";
    const { warnings } = await load({ "krateo.yaml": document }, { version: "local" });
    assert.match(warnings.join(), /authn writes its whole environment, the signing key in it/);
  });
});

describe("an Ingress that is set by the charts' keys", () => {
  const config = { type: "ingress", domain: "d.example.org" };
  const ingress = (given: unknown) => values("backend", "install-authn", { ingress: given });
  const says = (told: string, right: string, key = "AUTHN_API_BASE_URL") =>
    `the page would call ${key.startsWith("AUTHN") ? "authn" : "snowplow"} at ${told}, but it is served elsewhere: set ` +
    `components.frontend.stepConfig.install-frontend.helmValues.config.${key} to ${right}; ` +
    "krateo:hosts and krateo:tls set both sides by themselves";

  it("with a host of its own is not where the page would call it", async () => {
    assert.deepEqual(await warningsOf(ingress({ hosts: [{ host: "login.example.org" }] }), config), [
      says("http://authn.d.example.org", "http://login.example.org"),
    ]);
  });

  it("with a certificate is called by http", async () => {
    for (const tls of [[{ secretName: "x", hosts: ["authn.d.example.org"] }], [{ secretName: "x" }]]) {
      assert.deepEqual(await warningsOf(ingress({ tls }), config), [
        says("http://authn.d.example.org", "https://authn.d.example.org"),
      ]);
    }
  });

  it("of the page itself with a certificate makes browsers block http", async () => {
    const tls = [{ secretName: "x", hosts: ["app.d.example.org"] }];
    const warnings = await warningsOf(values("frontend", "install-frontend", { ingress: { tls } }), config);
    assert.equal(warnings.length, 4);
    assert.equal(
      warnings[1],
      says("http://snowplow.d.example.org", "https://snowplow.d.example.org", "SNOWPLOW_API_BASE_URL"),
    );
  });

  it("is right when the page is told the same", async () => {
    const both = {
      components: {
        ...ingress({ hosts: [{ host: "a.org" }, { host: "b.org" }], tls: [{ hosts: ["b.org"] }] }).components,
        ...values("frontend", "install-frontend", { config: { AUTHN_API_BASE_URL: "https://b.org" } })
          .components,
      },
    };
    assert.deepEqual(await warningsOf(both, config), []);
  });

  for (const more of [{}, { tls: { secretName: "x" } }, { tls: { external: true } }, { tls: true }]) {
    it(`is right by the stack's keys, with ${JSON.stringify(more)}`, async () => {
      assert.deepEqual(await warningsOf({}, { ...config, ...more }), []);
    });
  }
});

describe("a setting without effect is named:", () => {
  const document =
    "componentsDefinition: {c: {steps: [a]}}\nsteps: [{id: a, type: var, with: {name: A, value: x}}]";

  it("nodeAddress, where no document uses it", async () => {
    const config = { version: "local", nodeAddress: "192.0.2.1" };
    assert.deepEqual((await load({ "krateo.yaml": document }, config)).warnings, [
      "krateo:nodeAddress has no effect: nothing in the documents uses ${NODE_ADDRESS}",
    ]);
    const using = document.replace("value: x", "value: '${NODE_ADDRESS}'");
    assert.deepEqual((await load({ "krateo.yaml": using }, config)).warnings, []);
    assert.deepEqual((await load({}, { nodeAddress: "192.0.2.1" })).warnings, []);
  });

  it("database, where no step reads it", async () => {
    const config = { version: "local", database: { host: "pg.example.org" } };
    assert.deepEqual((await load({ "krateo.yaml": document }, config)).warnings, [
      "krateo:database has no effect: the document has none of the steps install-deviser, " +
        "install-resources-ingester, install-resources-presenter, install-events-ingester, install-events-presenter",
    ]);
  });

  it("upstream's manifests for before and after an upgrade, of this type", async () => {
    const files = {
      "krateo.yaml": document,
      "pre-upgrade.yaml": "",
      "post-upgrade.kind.yaml": "",
      "post-upgrade.ingress.yaml": "",
    };
    assert.deepEqual(
      (await load(files, { version: "local" })).warnings.map(
        (warning) => warning.split(" is not applied")[0],
      ),
      ["pre-upgrade.yaml", "post-upgrade.kind.yaml"],
    );
  });
});
