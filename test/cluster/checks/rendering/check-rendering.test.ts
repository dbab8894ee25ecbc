import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  checkRendering,
  type Remembered,
  type RenderingFindings,
} from "../../../../cluster/checks/rendering/check-rendering.ts";
import type { ExistingRelease, Inventory } from "../../../../model/inventory.ts";
import { pathText } from "../../../../model/path.ts";
import type { ChartStep, Settings, Step } from "../../../../model/settings.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, settingsOf, variableStep } from "../../../support/settings.ts";
import { type Handler, holding, withApiServer } from "../../api-server.ts";
import { type HelmAnswer, type HelmStart, withHelm } from "../../helm-stand-in.ts";

/** What a chart's templates hold, which counts where they look objects up. */
const plain = "{{ .Values.size }}";
const lookingUp = '{{ with (lookup "v1" "Secret" "ns" "login") }}';

const version: HelmAnswer = { output: "v3.21.4\n" };
const fails = (errors: string): HelmAnswer => ({ errors, code: 1 });
const schema = (line: string): HelmAnswer =>
  fails(
    `Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n${line}\n`,
  );

const discovered = {
  "/version": { gitVersion: "v1.33.1" },
  "/apis": {
    items: [
      {
        metadata: { name: "apps" },
        versions: [
          {
            version: "v1",
            resources: [
              { resource: "deployments", responseKind: { group: "", version: "", kind: "Deployment" } },
              { resource: "statefulsets", responseKind: { group: "", version: "", kind: "StatefulSet" } },
            ],
          },
        ],
      },
      { metadata: { name: "metrics.k8s.io" }, versions: [{ version: "v1beta1" }] },
    ],
  },
};

interface Case {
  readonly steps?: readonly Step[];
  readonly settings?: Partial<Settings>;
  /** By the name of the release, beside what answers to `version`; default: all render. */
  readonly helm?: Readonly<Record<string, HelmAnswer>> | "none";
  readonly releases?: Readonly<Record<string, string>>;
  readonly unreachable?: boolean;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly template?: string;
  readonly remembered?: Remembered;
}

interface Result {
  readonly findings: RenderingFindings;
  /** Those that rendered. */
  readonly starts: readonly HelmStart[];
  readonly requests: readonly string[];
}

const web = (given: Partial<ChartStep> = {}): ChartStep => chartStep("install-web", given);
const forgetful: Remembered = { has: () => false, keep: async () => {} };

async function check(given: Case): Promise<Result> {
  const { steps = [web()], helm = {}, cluster = discovered } = given;
  const folder = await mkdtemp(join(tmpdir(), "krateo-archives-"));
  const charts = new Map(steps.map(({ id }) => [id, join(folder, `${id}.tgz`)]));
  for (const file of charts.values()) await writeFile(file, gzipSync(given.template ?? plain));
  const releases = Object.entries(given.releases ?? {}).map(
    ([name, status]) => [name, { status } as ExistingRelease] as const,
  );
  const inventory: Inventory = {
    ...emptyInventory,
    releases: Object.fromEntries(releases),
    ...(given.unreachable && { unreachable: "no answer" }),
  };
  const handler: Handler = holding(cluster);
  const own =
    helm === "none" ? [] : Object.entries(helm).map(([name, answer]) => [`template ${name} `, answer]);
  const answers = helm === "none" ? undefined : { version, template: {}, ...Object.fromEntries(own) };
  let result: Result | undefined;
  try {
    await withHelm(answers, (starts) =>
      withApiServer(handler, async (connection, requests) => {
        const findings = await checkRendering(connection, settingsOf(steps, given.settings), {
          inventory,
          charts,
          place: (id, path) => ({ file: "krateo-overrides.yaml", line: 7, path: `${id} ${pathText(path)}` }),
          remembered: given.remembered ?? forgetful,
        });
        const rendered = (await starts()).filter(({ args }) => args[0] === "template");
        result = { findings, starts: rendered, requests: [...requests] };
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.ok(result);
  return result;
}

/** Findings as `STATUS subject: found | next`. */
async function found(given: Case): Promise<string[]> {
  const { findings } = await check(given);
  return findings.checks.map(
    ({ status, subject, found, next }) => `${status} ${subject}: ${found} | ${next}`,
  );
}

const elsewhere = "correct the values of step install-web: npx krateo explain web says where they come from";
const executing = 'template: web/templates/a.yaml:3:9: executing "web/templates/a.yaml" at';

describe("the charts of new releases", () => {
  it("are rendered with their values by standard input, for the cluster as it is, away from cluster and network", async () => {
    const { starts, findings } = await check({ steps: [web({ values: { size: 2, none: null } })] });
    const [{ args, environment, input } = assert.fail("no helm was started"), ...more] = starts;
    assert.deepEqual(more, []);
    assert.deepEqual(
      args.map((word) => (word.endsWith("/install-web.tgz") ? "ARCHIVE" : word)),
      [
        ...["template", "web", "ARCHIVE", "--namespace", "krateo-system", "--values", "-"],
        "--kube-version=v1.33.1",
        "--api-versions=apps/v1",
        "--api-versions=apps/v1/Deployment",
        "--api-versions=apps/v1/StatefulSet",
        "--api-versions=metrics.k8s.io/v1beta1",
      ],
    );
    assert.deepEqual(JSON.parse(input), { size: 2, none: null });
    const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
    for (const name of proxies) assert.equal(environment[name], "http://127.0.0.1:9");
    const others = ["KUBECONFIG", "HELM_DRIVER", "HELM_PLUGINS", "NO_PROXY", "no_proxy"];
    assert.deepEqual(
      others.map((name) => environment[name]),
      [devNull, "secret", devNull, "", ""],
    );
    assert.deepEqual(findings, { checks: [], rendered: { helm: "v3.21.4", charts: 1 } });
  });

  it("are told groups alone by an API server that does not list their kinds", async () => {
    const groups = [{ name: "apps", versions: [{ groupVersion: "apps/v1", version: "v1" }] }];
    const { starts } = await check({
      cluster: { "/version": { gitVersion: "v1.26.0" }, "/apis": { groups } },
    });
    assert.deepEqual(starts[0]?.args.slice(7), ["--kube-version=v1.26.0", "--api-versions=apps/v1"]);
  });

  it("are rendered for the oldest cluster that is supported, where none can be asked", async () => {
    const { starts, requests } = await check({ unreachable: true });
    assert.deepEqual(starts[0]?.args.slice(7), ["--kube-version=v1.31.0"]);
    assert.deepEqual(requests, []);
  });

  it("are those of releases that are not there, or that the run ends before it begins", async () => {
    const names = ["new", "failed", "deployed", "installing", "going"];
    const { starts, findings } = await check({
      steps: names.map((name) => chartStep(`install-${name}`)),
      releases: {
        failed: "failed",
        deployed: "deployed",
        installing: "pending-install",
        going: "uninstalling",
      },
    });
    assert.deepEqual(
      starts.map(({ args }) => args[1]),
      ["going", "installing", "new"],
    );
    assert.deepEqual(findings.rendered, { helm: "v3.21.4", charts: 3 });
  });

  it("are upgraded where a killed run was upgrading them, as a template may ask", async () => {
    const names = ["upgrading", "returning", "installing"];
    const { starts } = await check({
      steps: names.map((name) => chartStep(`install-${name}`)),
      releases: {
        upgrading: "pending-upgrade",
        returning: "pending-rollback",
        installing: "pending-install",
      },
    });
    assert.deepEqual(
      starts.map(({ args }) => [args[1], args.includes("--is-upgrade")]),
      [
        ["installing", false],
        ["returning", true],
        ["upgrading", true],
      ],
    );
  });

  it("are no reason to start a helm or ask the cluster, when everything is installed", async () => {
    const { findings, starts, requests } = await check({ releases: { web: "deployed" } });
    assert.deepEqual([findings, starts, requests], [{ checks: [] }, [], []]);
  });

  for (const [what, helm] of [
    ["there is no helm", "none"],
    ["helm does not know a flag", { web: fails("Error: unknown flag: --kube-version\n") }],
  ] as const) {
    it(`are no word where ${what}`, async () => {
      assert.deepEqual((await check({ helm })).findings, { checks: [] });
    });
  }

  for (const [what, errors] of [
    ["ends without an error of its own", "killed\n"],
    ["has a trouble of its own", "Error: missing registry client: open config.json: permission denied\n"],
    [
      "would ask the network for a schema",
      "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\nfailing " +
        'loading "http://schemas.example.org/a.json": HTTP request failed for http://schemas.example.org/a.json: Get ' +
        '"http://schemas.example.org/a.json": proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused\n',
    ],
  ] as const) {
    it(`are no word about one whose helm ${what}, and the others count`, async () => {
      const steps = [web(), chartStep("install-shop")];
      const { findings } = await check({ steps, helm: { web: fails(errors) } });
      assert.deepEqual(findings, { checks: [], rendered: { helm: "v3.21.4", charts: 1 } });
    });
  }
});

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

describe("the values that charts are rendered with", () => {
  const port = { "/api/v1": { resources: [{ name: "services", kind: "Service", namespaced: true }] } };
  const service = { metadata: { name: "shop" }, spec: { ports: [{ port: 81 }] } };
  const steps = [
    variableStep("read", "SHOP_PORT", "shop"),
    web({ values: { url: "http://${NODE_ADDRESS}:${SHOP_PORT}/${SHOP_IP}", price: "${}5" } }),
  ];

  it("have the variables that the cluster tells, and something plausible for the others", async () => {
    const there = { ...discovered, ...port, "/api/v1/namespaces/krateo-system/services/shop": service };
    const given = async (cluster: Readonly<Record<string, unknown>>) =>
      JSON.parse((await check({ steps, cluster })).starts[0]?.input ?? "");
    assert.deepEqual(await given(there), { url: "http://127.0.0.1:81/192.0.2.1", price: "$5" });
    assert.deepEqual(await given(discovered), { url: "http://127.0.0.1:8080/192.0.2.1", price: "$5" });
  });

  it("have the variables that need no cluster, where it cannot be read", async () => {
    const { starts, findings } = await check({ steps, cluster: { ...discovered, "/api/v1": "nonsense" } });
    assert.equal(JSON.parse(starts[0]?.input ?? "").url, "http://127.0.0.1:8080/192.0.2.1");
    assert.deepEqual(findings.checks, []);
  });
});

describe("a chart that rendered well", () => {
  /** Remembers over several runs, and tells how many charts each of them rendered. */
  function runs(): (given: Case) => Promise<number> {
    const known = new Set<string>();
    const remembered: Remembered = {
      has: (digest) => known.has(digest),
      keep: async (digests) => {
        for (const digest of digests) known.add(digest);
      },
    };
    return async (given) => (await check({ ...given, remembered })).starts.length;
  }

  it("is not rendered again", async () => {
    const run = runs();
    assert.deepEqual([await run({}), await run({})], [1, 0]);
  });

  for (const [what, given] of [
    ["another value", { steps: [web({ values: { size: 3 } })] }],
    ["another release", { steps: [web({ release: { name: "web", namespace: "shop" } })] }],
    ["another archive", { template: "{{ .Values.other }}" }],
    ["another version of Kubernetes", { cluster: { ...discovered, "/version": { gitVersion: "v1.34.0" } } }],
    ["other kinds", { cluster: { "/version": discovered["/version"] } }],
  ] satisfies [string, Case][]) {
    it(`is rendered again with ${what}`, async () => {
      const run = runs();
      assert.deepEqual([await run({}), await run(given), await run({})], [1, 1, 0]);
    });
  }

  it("counts as rendered", async () => {
    const { findings } = await check({ remembered: { has: () => true, keep: async () => {} } });
    assert.deepEqual(findings.rendered, { helm: "v3.21.4", charts: 1 });
  });

  it("is rendered again, where one of its values is secret: few possible ones could be told from a digest", async () => {
    const run = runs();
    const given = { steps: [web({ values: { pin: "1234" }, secretPaths: [["pin"]] })] };
    assert.deepEqual([await run(given), await run(given)], [1, 1]);
  });

  it("is told from one that did not", async () => {
    const run = runs();
    const helm = { web: fails("Error: no\n") };
    assert.deepEqual([await run({ helm }), await run({ helm })], [1, 1]);
  });
});
