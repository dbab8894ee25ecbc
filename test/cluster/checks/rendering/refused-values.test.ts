import assert from "node:assert/strict";
import { chartStep, variableStep } from "../../../support/settings.ts";
import type { HelmAnswer } from "../../helm-stand-in.ts";
import { type Case, check, fails, web } from "./rendering-case.ts";

const lookingUp = '{{ with (lookup "v1" "Secret" "ns" "login") }}';

const schema = (line: string): HelmAnswer =>
  fails(
    `Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n${line}\n`,
  );

/** Findings as `STATUS subject: found | next`. */
async function found(given: Case): Promise<string[]> {
  const { findings } = await check(given);
  return findings.checks.map(
    ({ status, subject, found, next }) => `${status} ${subject}: ${found} | ${next}`,
  );
}

const elsewhere = "correct the values of step install-web: npx krateo explain web says where they come from";
const executing = 'template: web/templates/a.yaml:3:9: executing "web/templates/a.yaml" at';

describe("what a chart does not take", () => {
  const cases: [rule: string, given: Case, expected: string[]][] = [
    [
      "is said with the file and line of the value, one finding each, in the same order each time",
      {
        steps: [web({ values: { port: "x", hosts: [1] } })],
        helm: {
          web: schema("- at '/port': got string, want integer\n- at '/hosts/0': got number, want string"),
        },
      },
      [
        "ERROR step install-web: chart web 1.0.0 does not take hosts[0]: got number, want string | correct " +
          "krateo-overrides.yaml, line 7, install-web hosts[0]; npx krateo explain web.hosts[0] says which layers set it",
        "ERROR step install-web: chart web 1.0.0 does not take port: got string, want integer | correct " +
          "krateo-overrides.yaml, line 7, install-web port; npx krateo explain web.port says which layers set it",
      ],
    ],
    [
      "is said without a place, where no value is to blame",
      {
        helm: {
          web: fails(
            "Error: execution error at (web/templates/a.yaml:1:6): give me a host\n\nUse --debug flag to render out invalid YAML\n",
          ),
        },
      },
      [
        "ERROR step install-web: chart web 1.0.0 does not render with its values: execution error at " +
          `(web/templates/a.yaml:1:6): give me a host | ${elsewhere}`,
      ],
    ],
    [
      "is said of each chart",
      {
        steps: [web(), chartStep("install-shop")],
        helm: {
          web: fails("WARNING: old\nError: no\n"),
          shop: fails(
            "Error: chart requires kubeVersion: >=1.40.0 which is incompatible with Kubernetes v1.33.1\n",
          ),
        },
      },
      [
        `ERROR step install-web: chart web 1.0.0 does not render with its values: no | ${elsewhere}`,
        "ERROR step install-shop: chart shop 1.0.0 does not render with its values: chart requires kubeVersion: >=1.40.0 " +
          "which is incompatible with Kubernetes v1.33.1 | correct the values of step install-shop: npx krateo explain shop " +
          "says where they come from",
      ],
    ],
    [
      "is uncertain where the version of Kubernetes could not be read",
      {
        cluster: {},
        helm: {
          web: fails(
            "Error: chart requires kubeVersion: >=1.40.0 which is incompatible with Kubernetes v1.31.0\n",
          ),
        },
      },
      [
        "WARNING step install-web: chart web 1.0.0 does not render with its values: chart requires kubeVersion: >=1.40.0 " +
          `which is incompatible with Kubernetes v1.31.0; what the cluster serves could not be read | ${elsewhere}`,
      ],
    ],
    [
      "is uncertain where a template asks for a kind that an earlier release may bring",
      {
        template: '{{ if not (.Capabilities.APIVersions.Has "shop/v1") }}{{ fail "no shop" }}{{ end }}',
        helm: { web: fails("Error: execution error at (web/templates/a.yaml:1:6): no shop\n") },
      },
      [
        "WARNING step install-web: chart web 1.0.0 does not render with its values: execution error at " +
          "(web/templates/a.yaml:1:6): no shop; it asks which kinds the cluster serves, and an earlier release may bring some " +
          `| ${elsewhere}`,
      ],
    ],
    [
      "is said without what the schema's further lines repeat of a secret below",
      {
        steps: [web({ values: { auth: { pin: "1234" } }, secretPaths: [["auth", "pin"]] })],
        helm: {
          web: schema("- at '/auth': 'anyOf' failed\n  - at '/auth/pin': '1234' does not match pattern '^a'"),
        },
      },
      [
        "ERROR step install-web: chart web 1.0.0 does not take auth: not what its schema allows | correct " +
          "krateo-overrides.yaml, line 7, install-web auth; npx krateo explain web.auth says which layers set it",
      ],
    ],
    [
      "is said without the secrets among its values",
      {
        steps: [web({ values: { token: "hush-hush", url: "https://ada:hunter2@h/x" } })],
        helm: {
          web: fails(
            "Error: execution error at (web/templates/a.yaml:1:6): no hush-hush, no https://ada:hunter2@h/x\n",
          ),
        },
      },
      [
        "ERROR step install-web: chart web 1.0.0 does not render with its values: execution error at " +
          `(web/templates/a.yaml:1:6): no [secret], no https://[secret]@h/x | ${elsewhere}`,
      ],
    ],
    [
      "is said of a secret without what its schema says, which may hold it",
      {
        steps: [web({ values: { pin: "1234", env: { DB_PASS: "ab" } }, secretPaths: [["pin"]] })],
        helm: {
          web: schema(
            "- at '/pin': '1234' does not match pattern '^[a-z]+$'\n- at '/env/DB_PASS': 'ab' does not match pattern '^[0-9]+$'",
          ),
        },
      },
      ["env.DB_PASS", "pin"].map(
        (path) =>
          `ERROR step install-web: chart web 1.0.0 does not take ${path}: not what its schema allows | correct ` +
          `krateo-overrides.yaml, line 7, install-web ${path}; npx krateo explain web.${path} says which layers set it`,
      ),
    ],
    [
      "is uncertain, where something stands for what only the installation knows",
      {
        steps: [
          web({ values: { url: "${SHOP_HOST}:${SHOP_PORT}" } }),
          variableStep("read", "SHOP_PORT", "shop"),
        ],
        helm: { web: schema("- at '/url': '192.0.2.1:8080' does not match pattern 'shop'") },
      },
      [
        "WARNING step install-web: chart web 1.0.0 does not take url: '192.0.2.1:8080' does not match pattern 'shop'; tried " +
          "with 192.0.2.1 for SHOP_HOST, 8080 for SHOP_PORT, which only the installation knows | correct " +
          "krateo-overrides.yaml, line 7, install-web url; npx krateo explain web.url says which layers set it",
      ],
    ],
    [
      "is certain, where another value is to blame",
      {
        steps: [web({ values: { url: "${SHOP_HOST}", port: "x" } })],
        helm: { web: schema("- at '/port': got string, want integer") },
      },
      [
        "ERROR step install-web: chart web 1.0.0 does not take port: got string, want integer | correct " +
          "krateo-overrides.yaml, line 7, install-web port; npx krateo explain web.port says which layers set it",
      ],
    ],
    [
      "is uncertain, where a value is encrypted",
      {
        steps: [web({ values: { key: "[secret]" }, secretPaths: [["key"]] })],
        helm: { web: fails("Error: execution error at (web/templates/a.yaml:1:6): no key\n") },
      },
      [
        "WARNING step install-web: chart web 1.0.0 does not render with its values: execution error at " +
          `(web/templates/a.yaml:1:6): no key; tried with [secret] for what is encrypted | ${elsewhere}`,
      ],
    ],
    [
      "is uncertain, where a template looks objects up",
      {
        template: lookingUp,
        helm: { web: fails(`Error: ${executing} <$secret.data.password>: nil pointer\n`) },
      },
      [
        `WARNING step install-web: chart web 1.0.0 does not render with its values: ${executing} <$secret.data.password>: ` +
          `nil pointer; it looks objects up in the cluster, which was not asked | ${elsewhere}`,
      ],
    ],
    [
      "is certain in spite of that, where a schema says so",
      { template: lookingUp, helm: { web: schema("- at '': missing property 'host'") } },
      [
        `ERROR step install-web: chart web 1.0.0 does not take its values: missing property 'host' | ${elsewhere}`,
      ],
    ],
  ];
  for (const [rule, given, expected] of cases) {
    it(rule, async () => assert.deepEqual(await found(given), expected));
  }
});
