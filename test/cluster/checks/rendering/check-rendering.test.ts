import assert from "node:assert/strict";
import { devNull } from "node:os";
import type { Remembered } from "../../../../cluster/checks/rendering/check-rendering.ts";
import { chartStep, variableStep } from "../../../support/settings.ts";
import { type Case, check, discovered, fails, web } from "./rendering-case.ts";

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
