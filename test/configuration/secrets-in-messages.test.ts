import assert from "node:assert/strict";
import { stringify } from "yaml";
import { readStackConfig, stackConfigKeys } from "../../configuration/stack-config.ts";
import { describeValue, withoutLogins } from "../../model/describe.ts";
import { mergeMaps } from "../../model/merge.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { TreeObject } from "../../model/secret-value.ts";
import { shown } from "../../model/shown.ts";
import { type Files, load, problemsOf } from "./project.ts";

const url = "postgres://admin:hunter2@pg.example.org:5432/db";
const noScheme = "admin:hunter2@pg.example.org";

/** Read in no time, unlike the bundled release. */
const small = `
componentsDefinition: {backend: {steps: [install-authn, extract-authn-port]}}
steps:
  - {id: extract-authn-port, type: var, with: {name: PORT, value: "80"}}
  - {id: install-authn, type: chart, with: {url: "https://charts.example.org", repo: authn, version: 1.0.0}}
`;

/** Everything that loading this says, whether it ends well or not. */
async function messagesOf(files: Files, config: Record<string, unknown>): Promise<string> {
  try {
    return (await load(files, config)).warnings.join("\n");
  } catch (error) {
    assert.ok(error instanceof Error && error.name === "ConfigurationError", String(error));
    return `${error.message}\n${JSON.stringify(error)}`;
  }
}

/** A value below keys. */
const nested = (path: readonly string[], value: unknown): Record<string, unknown> =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;

describe("a login that somebody gives", () => {
  for (const [text, expected] of [
    [url, "postgres://[secret]@pg.example.org:5432/db"],
    ["see https://u:p@h/x, and http://t0ken@h.", "see https://[secret]@h/x, and http://[secret]@h."],
    ["postgres://u:p/w#1@h/db", "postgres://[secret]@h/db"],
    ["postgres://u:p@w@h/db", "postgres://[secret]@h/db"],
    [noScheme, "[secret]@pg.example.org"],
    ['the host "u:p@h" is none', 'the host "[secret]@h" is none'],
    ["https://h/x?user=u&password=p1&token=t", "https://h/x?user=u&password=[secret]&token=[secret]"],
    ["host=pg user=u password=p1 sslmode=require", "host=pg user=u password=[secret] sslmode=require"],
    // What only looks like one.
    ["oci://ghcr.io/krateo/chart@sha256:ab", "oci://ghcr.io/krateo/chart@sha256:ab"],
    ["oci://localhost:5000/chart:1.0@sha256:ab", "oci://localhost:5000/chart:1.0@sha256:ab"],
    ["nginx:1.27@sha256:ab", "nginx:1.27@sha256:ab"],
    ["http://[::1]:8080/a@b", "http://[::1]:8080/a@b"],
    ["https://host:8443/@scope/name", "https://host:8443/@scope/name"],
    ["write to me@example.org", "write to me@example.org"],
    ["--from-literal=DB_PASS=…)", "--from-literal=DB_PASS=…)"],
    ["krateo:secrets external", "krateo:secrets external"],
  ] as const) {
    it(`is taken out of ${text}`, () => assert.equal(withoutLogins(text), expected));
  }

  it("is never described, nor is what stands at a place for secrets", () => {
    assert.equal(describeValue(url, ["database", "host"]), '"postgres://[secret]@pg.example.org:5432/db"');
    assert.equal(describeValue("hunter2", ["database", "password"]), "a secret value");
    assert.equal(describeValue(5, ["credentials", "pin"]), "a secret value");
    assert.equal(describeValue(`${"x".repeat(70)} ${url}`, []).includes("hunter2"), false);
  });

  it("is not shown by explain and KRATEO_DEBUG either", () => {
    assert.deepEqual(shown({ DB_URL: url, port: 1, passphrase: "p" }), {
      DB_URL: "postgres://[secret]@pg.example.org:5432/db",
      port: 1,
      passphrase: "[secret]",
    });
  });

  for (const key of [...stackConfigKeys(), "unknown"]) {
    it(`is in no message about krateo:${key}`, async () => {
      const path = key.replace("SERVICE", "frontend").split(".");
      for (const value of [noScheme, [url], { a: url }, { a: { password: "hunter2" } }]) {
        const { keyProblems } = readStackConfig({ values: nested(path, value), secretKeys: [] });
        assert.doesNotMatch(new ConfigurationError(keyProblems).message, /hunter2/);
      }
      for (const value of [url, { password: "hunter2" }]) {
        const config = { version: "local", ...nested(path, value) };
        assert.doesNotMatch(await messagesOf({ "krateo.yaml": small }, config), /hunter2/);
      }
    });
  }

  it("is in no message about all keys at once, of the bundled release", async () => {
    const all = stackConfigKeys().map((key) => nested(key.replace("SERVICE", "frontend").split("."), url));
    const said = await messagesOf(
      {},
      all.reduce((one, other) => mergeMaps(one as TreeObject, other as TreeObject)),
    );
    assert.doesNotMatch(said, /hunter2/);
    assert.match(said, /krateo:database.host\n.*\[secret\]/);
  });

  const paths = [
    "profile",
    "steps",
    "components",
    "components.backend",
    "components.backend.enabled",
    "components.backend.steps",
    "components.backend.description",
    "components.backend.helmDefaults",
    "components.backend.helmDefaults.with",
    "components.backend.stepConfig",
    "components.backend.stepConfig.install-authn",
    "components.backend.stepConfig.install-authn.with",
    "components.backend.stepConfig.install-authn.helmValues",
    "components.backend.stepConfig.install-authn.helmValues.env.DB_URL",
    ...[
      "url",
      "repo",
      "version",
      "releaseName",
      "namespace",
      "wait",
      "timeout",
      "maxHistory",
      "values",
      "other",
    ].map((key) => `components.backend.stepConfig.install-authn.with.${key}`),
    ...["name", "value", "valueFrom", "valueFrom.selector"].map(
      (key) => `components.backend.stepConfig.extract-authn-port.with.${key}`,
    ),
    "componentsDefinition.backend.steps",
    "modules.one",
    "modules.one.chart.url",
  ];
  for (const path of paths) {
    it(`is in no message about ${path}, in a file and in set`, async () => {
      const file = (value: unknown) => ({
        "krateo-overrides.yaml": stringify(nested(path.split("."), value)),
      });
      assert.doesNotMatch(await messagesOf(file(url), {}), /hunter2/);
      assert.doesNotMatch(await messagesOf(file({ password: "hunter2" }), {}), /hunter2/);
      assert.doesNotMatch(await messagesOf({}, { set: { [path]: url } }), /hunter2/);
    });
  }

  it("is not shown of a number that cannot be kept either", async () => {
    const file = (key: string) => ({
      "krateo-overrides.yaml": `components: {backend: {helmDefaults: {${key}: 12345678901234567890}}}`,
    });
    const given = async (key: string) => (await problemsOf(load(file(key))))[0]?.given;
    assert.deepEqual(
      [await given("DB_PASS"), await given("port")],
      ["a secret value", "12345678901234567890"],
    );
  });

  it("leaves the rest of the message", async () => {
    const [problem] = await problemsOf(load({}, { profiles: "no-cnpg", database: { host: url } }));
    assert.deepEqual(problem, {
      what: "host has a value that is not allowed",
      file: "stack configuration",
      path: "krateo:database.host",
      given: '"postgres://[secret]@pg.example.org:5432/db"',
      allowed: "a host name or IP address, without scheme and port",
    });
  });
});
