import assert from "node:assert/strict";
import { limitOn } from "../../../configuration/rules/chart-limits.ts";
import type { Json, Path } from "../../../model/settings.ts";
import { load, problemsOf } from "../project.ts";

const finops = "components.finops.stepConfig";

describe("what a chart cannot do with a value", () => {
  const versions: [chart: string, version: string, path: Path, value: Json, known: boolean][] = [
    ["core-provider", "0.33.0", ["podAnnotations"], { team: "web" }, false],
    ["core-provider", "0.34.0", ["podAnnotations"], { team: "web" }, true],
    ["core-provider", "1.0.0", ["podAnnotations"], { team: "web" }, true],
    ["core-provider", "1.0.1", ["podAnnotations"], { team: "web" }, false],
    ["core-provider", "1.0.0", ["podAnnotations"], {}, false],
    ["core-provider", "1.0.0", ["podAnnotations", "example.org/team"], "web", true],
    ["core-provider", "1.0.0", ["podLabels"], { team: "web" }, false],
    ["core-provider", "1.0.0", ["chartInspector", "podAnnotations"], { team: "web" }, false],
    ["authn", "0.22.2", ["podAnnotations"], { team: "web" }, false],
    ["finops-operator-exporter", "0.5.2", ["autoscaling", "enabled"], true, true],
    ["finops-operator-focus", "0.4.3", ["autoscaling", "enabled"], true, true],
    ["finops-operator-scraper", "0.5.1", ["autoscaling"], { enabled: true }, true],
    ["finops-operator-scraper", "0.5.1", ["autoscaling", "enabled"], false, false],
    ["finops-operator-scraper", "0.5.1", ["autoscaling", "minReplicas"], 2, false],
    ["finops-database-handler", "0.5.4", ["autoscaling", "enabled"], true, false],
    ["cratedb", "0.1.4", ["ingress", "enabled"], true, true],
    ["opa-kube-mgmt", "0.2.3", ["securityContext", "enabled"], true, true],
    ["opa-kube-mgmt", "0.2.3", ["env"], { KEY: "x" }, true],
    ["opa-kube-mgmt", "0.2.3", ["env"], [{ name: "KEY", value: "x" }], false],
    ["opa-kube-mgmt", "0.2.3", ["imagePullSecrets"], [{ name: "regcred" }], true],
    ["opa-kube-mgmt", "0.2.3", ["imagePullSecrets", 0, "name"], "regcred", true],
    ["opa-kube-mgmt", "0.2.3", ["imagePullSecrets"], ["regcred"], false],
    ["opa-kube-mgmt", "0.2.3", ["imagePullSecrets"], [], false],
    ["authn", "0.22.2", ["imagePullSecrets"], ["regcred"], true],
    ["authn", "0.22.2", ["imagePullSecrets"], "regcred", true],
    ["authn", "0.22.2", ["imagePullSecrets"], [{ name: "regcred" }], false],
    ["core-provider", "1.0.0", ["chartInspector", "imagePullSecrets"], ["regcred"], true],
    ["cluster", "0.5.0", ["cluster", "imagePullSecrets"], ["regcred"], true],
    ["cluster", "0.5.0", ["cluster", "imagePullSecrets"], [{ name: "regcred" }], false],
    ["cluster", "0.5.0", ["nodeSelector"], { disk: "ssd" }, true],
  ];
  for (const [chart, version, path, value, known] of versions) {
    it(`${chart} ${version} ${JSON.stringify(path)}: ${JSON.stringify(value)} is ${known ? "" : "not "}known`, () => {
      assert.equal(limitOn(chart, version, path, value) !== undefined, known);
    });
  }

  it("is refused before anything is touched, with file, line and the way out", async () => {
    const overrides = [
      "components:",
      "  finops:",
      "    helmDefaults:",
      "      imagePullSecrets: [{ name: regcred }]",
      "  composable-operations:",
      "    stepConfig:",
      "      install-core-provider:",
      "        helmValues:",
      "          podAnnotations: { example.org/team: web }",
    ].join("\n");
    assert.deepEqual(await problemsOf(load({ "krateo-overrides.yaml": overrides })), [
      {
        what: "step install-core-provider: chart core-provider 1.0.0 cannot render podAnnotations: its template fails (nil pointer evaluating interface {}.fullnameOverride)",
        file: "krateo-overrides.yaml",
        line: 9,
        path: "components.composable-operations.stepConfig.install-core-provider.helmValues.podAnnotations",
        next: "its pods take labels: components.composable-operations.stepConfig.install-core-provider.helmValues.podLabels",
      },
      {
        what: "step install-opa: chart opa-kube-mgmt 0.2.3 takes plain names in imagePullSecrets, where the other charts take maps with a name",
        file: "krateo-overrides.yaml",
        line: 4,
        path: "components.finops.helmDefaults.imagePullSecrets",
        allowed: "a list of names such as [regcred]",
        next: `give it in that form, beside helmDefaults of its component: ${finops}.install-opa.helmValues.imagePullSecrets: [NAME]`,
      },
    ]);
  });

  it("is a warning where the value only has no effect; the form that opa takes goes beside helmDefaults", async () => {
    const { warnings } = await load(
      {
        "krateo-overrides.yaml":
          "components:\n  finops:\n    helmDefaults:\n      imagePullSecrets: [{ name: regcred }]\n",
      },
      { set: { [`${finops}.install-opa.helmValues.imagePullSecrets`]: ["regcred"] } },
    );
    const where = "krateo-overrides.yaml, line 4, components.finops.helmDefaults.imagePullSecrets";
    assert.deepEqual(warnings, [
      `${where}: step install-finops-cratedb: chart cratedb 0.1.4 does not hand imagePullSecrets on to its pod; the nodes' own credentials, or a mirror without a login`,
      `${where}: step install-finops-notebooks: chart finops-notebooks 0.1.1 does not hand imagePullSecrets on to the Job that removes its notebooks; the nodes' own credentials, or a mirror without a login`,
    ]);
  });

  it("is nothing for a component that is switched off", async () => {
    const { warnings } = await load(
      {},
      {
        set: {
          "components.finops": { enabled: false, helmDefaults: { imagePullSecrets: [{ name: "regcred" }] } },
        },
      },
    );
    assert.deepEqual(warnings, []);
  });
});
