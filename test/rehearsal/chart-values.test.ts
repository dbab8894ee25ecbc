import assert from "node:assert/strict";
import { catalogue } from "./chart-catalogue.ts";
import { archiveOf, describeWithHelm, packedCharts, runHelm, template } from "./chart-rendering.ts";

describeWithHelm("values of the stand-in charts", () => {
  before(packedCharts);

  it("stand beside templates that pass helm lint, in every chart", async () => {
    const archives = await Promise.all(catalogue.map(({ chart }) => archiveOf(chart)));
    const { code, stdout, stderr } = await runHelm(["lint", ...archives]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^21 chart\(s\) linted, 0 chart\(s\) failed$/m);
  });

  for (const { release, chart, values, misspelt } of catalogue) {
    describe(chart, () => {
      it("takes the values that the release documents give it", async () => {
        const outcome = await template(chart, values, { release });
        assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
      });

      it(`refuses the misspelt key ${misspelt.key}, and names it`, async () => {
        const outcome = await template(chart, misspelt.values, { release });
        assert.equal(outcome.code, 1);
        assert.equal(
          outcome.stderr.trim(),
          [
            "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
            `${chart}:`,
            `- at '${misspelt.at}': additional properties '${misspelt.key}' not allowed`,
          ].join("\n"),
        );
      });
    });
  }

  const accepted: readonly [string, string, object][] = [
    ["an ingress without a class", "authn", { ingress: { enabled: true, className: null, hosts: [] } }],
    ["an ingress with annotations and TLS", "frontend", ingressWithTls()],
    [
      "nodePort where it is not rendered",
      "resources-presenter",
      { service: { type: "NodePort", nodePort: 30084 } },
    ],
    ["another service port", "resources-presenter", { service: { type: "LoadBalancer", port: 8083 } }],
    ["LoadBalancer annotations", "finops-database-handler", { service: { annotations: { a: "b" } } }],
    ["an empty text instead of a default", "authn", { env: { AUTHN_KUBECONFIG_SERVER_URL: "" } }],
    [
      "pod settings",
      "snowplow",
      { podSecurityContext: { runAsNonRoot: true }, nodeSelector: {}, tolerations: [] },
    ],
  ];
  for (const [what, chart, values] of accepted) {
    it(`${chart} takes ${what}`, async () => {
      const outcome = await template(chart, values);
      assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
    });
  }

  const refused: readonly [string, string, object, string][] = [
    ["a Secret's name that is empty", "authn", { jwtSignKeySecretName: "" }, "minLength"],
    ["no instance at all", "cluster", { cluster: { instances: 0 } }, "minimum"],
    [
      "a role without a name",
      "cluster",
      { cluster: { roles: [{ login: true }] } },
      "missing property 'name'",
    ],
    ["a port in quotes", "frontend", { service: { port: "8080" } }, "got string, want integer"],
    ["a switch in quotes", "portal", { enableAdminUser: "true" }, "got string, want boolean"],
    ["a map as environment entry", "authn", { env: { A: { b: 1 } } }, "got object, want"],
    [
      "an unknown service type",
      "events-presenter",
      { service: { type: "Nodeport" } },
      "value must be one of",
    ],
  ];
  for (const [what, chart, values, words] of refused) {
    it(`${chart} refuses ${what}`, async () => {
      const outcome = await template(chart, values);
      assert.equal(outcome.code, 1);
      assert.ok(outcome.stderr.includes(words), outcome.stderr);
    });
  }
});

function ingressWithTls(): object {
  return {
    ingress: {
      enabled: true,
      className: "nginx",
      annotations: { "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600" },
      hosts: [{ host: "app.example.org", paths: [{ path: "/", pathType: "Prefix" }] }],
      tls: [{ secretName: "app-tls", hosts: ["app.example.org"] }],
    },
  };
}
