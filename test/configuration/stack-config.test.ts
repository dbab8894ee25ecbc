import assert from "node:assert/strict";
import { rawConfig } from "../../configuration/raw-config.ts";
import { readStackConfig } from "../../configuration/stack-config.ts";

const read = (values: Record<string, unknown>, secretKeys: string[] = []) => {
  const { config, keyProblems } = readStackConfig({ values, secretKeys });
  return { config, problems: keyProblems };
};

describe("the stack configuration", () => {
  it("has a default for everything", () => {
    const { config, problems } = read({});
    assert.deepEqual(problems, []);
    assert.deepEqual(config, {
      type: "nodeport",
      openshift: false,
      profiles: [],
      namespace: "krateo-system",
      version: "3.0.0",
      local: false,
      releaseSource: undefined,
      overrides: undefined,
      set: {},
      setIsSecret: false,
      secrets: "generated",
      chartMirror: undefined,
      kubeconfig: undefined,
      context: undefined,
      exposure: {
        nodePorts: {},
        serviceAnnotations: { all: {}, byService: {} },
        expose: [],
        gatewayAnnotations: {},
        hosts: {},
        ingressAnnotations: { all: {}, byService: {} },
        given: [],
      },
      allowRemoval: [],
      allowVersion: undefined,
      otelEndpoint: undefined,
      database: undefined,
      databaseStorage: undefined,
      databaseIsSecret: false,
      images: { pullSecrets: [], strict: false },
      registries: {},
      registriesAreSecret: false,
      purgeVolumes: false,
    });
  });

  const accepted: [key: string, value: unknown, read: unknown][] = [
    ["type", "ingress", "ingress"],
    ["openshift", true, true],
    ["openshift", "true", true],
    ["purgeVolumes", "false", false],
    ["context", "true", "true"],
    ["kubeconfig", "5", "5"],
    ["overrides", "2026-11-15", "2026-11-15"],
    ["profiles", ["a", "b"], ["a", "b"]],
    ["profiles", " a, b ,,", ["a", "b"]],
    ["profiles", "", []],
    ["allowRemoval", "finops,cnpg", ["finops", "cnpg"]],
    ["namespace", "a1-b", "a1-b"],
    ["namespace", "x".repeat(63), "x".repeat(63)],
    ["secrets", "external", "external"],
    ["set", { "components.a.enabled": false }, { "components.a.enabled": false }],
    ["otelEndpoint", "https://collector.example.org/v1", "https://collector.example.org/v1"],
    ["database", { host: "db.example.org" }, { host: "db.example.org" }],
    ["database", { host: "2001:db8::1", port: 5433 }, { host: "2001:db8::1", port: 5433 }],
    ["databaseStorage", { size: "20Gi" }, { size: "20Gi" }],
  ];
  for (const [key, value, expected] of accepted) {
    it(`takes ${key} ${JSON.stringify(value)}`, () => {
      const { config, problems } = read({ type: "ingress", domain: "d.example.org", [key]: value });
      assert.deepEqual(problems, []);
      assert.deepEqual(config[key as keyof typeof config], expected);
    });
  }

  for (const address of ["192.0.2.1", "node-1.example.org", "[2001:db8::1]"]) {
    it(`takes nodeAddress ${address}`, () => {
      assert.equal(read({ nodeAddress: address }).config.exposure.nodeAddress, address);
    });
  }

  const refused: [key: string, value: unknown, allowed: unknown][] = [
    ["type", "loadblancer", ["loadbalancer", "nodeport", "ingress", "gateway", "routes"]],
    ["openshift", "yes", "true or false"],
    ["profiles", { a: 1 }, "a list of names, or names with commas in between"],
    ["namespace", "Krateo", "up to 63 lower-case letters, digits and dashes, such as krateo-system"],
    ["namespace", "x".repeat(64), "up to 63 lower-case letters, digits and dashes, such as krateo-system"],
    ["namespace", "", "up to 63 lower-case letters, digits and dashes, such as krateo-system"],
    ["version", 3, "text"],
    ["set", ["a=b"], "a map of paths to values"],
    ["secrets", "none", ["generated", "external"]],
    ["domain", "https://krateo.example.org", "a domain name such as krateo.example.org"],
    ["domain", "localhost", "a domain name such as krateo.example.org"],
    ["nodeAddress", "http://192.0.2.1", "an IP address or host name; IPv6 in brackets"],
    ["nodeAddress", "2001:db8::1", "an IP address or host name; IPv6 in brackets"],
    ["kubeconfig", "", "a text that is not empty"],
  ];
  for (const [key, value, allowed] of refused) {
    it(`refuses ${key} ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        read({ [key]: value }).problems.map((problem) => [problem.file, problem.path, problem.allowed]),
        [["stack configuration", `krateo:${key}`, allowed]],
      );
    });
  }

  it("refuses an unknown key with the nearest known one, and reads the others", () => {
    const { config, problems } = read({ namepsace: "a", type: "loadbalancer" });
    assert.deepEqual(
      problems.map(({ what, allowed, next }) => [what, allowed?.[0], next]),
      [
        [
          'unknown key "namepsace"',
          "namespace",
          "remove it with: pulumi config rm krateo:namepsace (did you mean namespace?)",
        ],
      ],
    );
    assert.equal(config.type, "loadbalancer");
  });

  // Each as Pulumi hands it over.
  const mistyped: [values: Record<string, unknown>, path: string, next: string | undefined][] = [
    [{ database: { host: "pg", port: "5432" } }, "database.port", "take the quotes away"],
    [
      { database: { host: "pg", name: 123 } },
      "database.name",
      "put it in quotes: without them YAML reads a number",
    ],
    [
      { database: { host: "pg", user: true } },
      "database.user",
      "put it in quotes: without them YAML reads a boolean",
    ],
    [
      { databaseStorage: { storageClass: 1 } },
      "databaseStorage.storageClass",
      "put it in quotes: without them YAML reads a number",
    ],
    [{ type: "ingress", domain: "d.example.org", tls: { external: "true" } }, "tls.external", undefined],
    [{ nodePorts: { authn: "30082" } }, "nodePorts.authn", undefined],
    [{ openshift: "True" }, "openshift", undefined],
    [
      { set: { "components.a.enabled": "2026-11-15 00:00:00 +0000 UTC" } },
      "set.components\\.a\\.enabled",
      "put it in quotes in the stack's file",
    ],
    [{ context: "2026-11-15 10:00:00 +0000 UTC" }, "context", "put it in quotes in the stack's file"],
  ];
  for (const [values, path, next] of mistyped) {
    it(`says what to do about ${JSON.stringify(values)}`, () => {
      const { problems } = read(values);
      assert.deepEqual(
        problems.map((problem) => [problem.path, problem.next]),
        [[`krateo:${path}`, next]],
      );
      if (next === undefined) assert.match(String(problems[0]?.allowed), /without quotes|true or false/);
    });
  }

  it("takes an IPv6 address in brackets for no list", () => {
    const { values } = rawConfig("krateo", { "krateo:nodeAddress": "[::1]", "krateo:expose": '["a"]' }, []);
    assert.deepEqual(values, { nodeAddress: "[::1]", expose: ["a"] });
  });

  for (const kubeconfig of [
    "apiVersion: v1\nusers: [{user: {token: hush}}]",
    { apiVersion: "v1", users: [{ user: { token: "hush" } }] },
  ]) {
    it(`takes no content of a kubeconfig, and shows nothing of it: ${typeof kubeconfig}`, () => {
      const { config, problems } = read({ kubeconfig });
      assert.deepEqual(
        problems.map(({ what, path, given }) => ({ what, path, given })),
        [
          {
            what: "this is the content of a kubeconfig; write a path",
            path: "krateo:kubeconfig",
            given: undefined,
          },
        ],
      );
      assert.equal(config.kubeconfig, undefined);
    });
  }

  it("never shows a value that is stored encrypted", () => {
    const { problems } = read({ context: 5, domain: "my secret" }, ["domain", "context"]);
    assert.equal(problems.length, 2);
    assert.ok(problems.every(({ given }) => given === undefined));
  });
});
