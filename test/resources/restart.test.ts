import assert from "node:assert/strict";
import type { ChartStep, JsonObject, Step } from "../../model/settings.ts";
import { configurationHash } from "../../plan/configuration-hash.ts";
import { chartStep, variableStep } from "../support/settings.ts";
import { build, release, secretKey, secretMark } from "./built-platform.ts";

describe("the restart of pods that a new configuration does not reach", () => {
  const step = (values: JsonObject, given: Partial<ChartStep> = {}): ChartStep =>
    chartStep("install-authn", {
      chart: { name: "authn", version: "0.22.2", kind: "repository", url: "https://charts.example.org" },
      values,
      ...given,
    });
  const environment = async (
    one: Step[],
    options: Parameters<typeof build>[1] = {},
  ): Promise<Record<string, unknown>> => {
    const { find } = await build(one, options);
    const { inputs, ignoreChanges } = find("restart");
    return { ...(inputs["environment"] as Record<string, unknown>), ignoreChanges };
  };

  it("shows a hash of what goes into each release's ConfigMaps, and is left alone while nothing is older", async () => {
    const { find } = await build([step({ env: { A: "1" } }), chartStep("install-deviser")]);
    const { inputs, dependsOn, ignoreChanges } = find("restart");
    assert.deepEqual(inputs, {
      create: "node commands/krateo.ts restart --stack test --namespace krateo-system",
      environment: {
        KRATEO_CLUSTER_UID: "uid-of-kube-system",
        KRATEO_CONFIGURATION_AUTHN: configurationHash(step({}), { env: { A: "1" } }),
        KRATEO_OUTDATED: "",
        KRATEO_RELEASES: "krateo-system/authn,krateo-system/deviser",
      },
    });
    assert.deepEqual(dependsOn, ["cleanup", "install-authn", "install-deviser"]);
    assert.deepEqual(ignoreChanges, ["environment.KRATEO_OUTDATED"]);
  });

  it("names what is older already, and what is put back", async () => {
    const found = await environment([step({})], {
      outdated: ["Deployment web (ConfigMap web changed 2026-01-01T00:00:00Z)"],
      inventory: { releases: { authn: { ...release, revision: 3 } } },
      reapply: ["authn"],
    });
    assert.equal(
      found["KRATEO_OUTDATED"],
      "Deployment web (ConfigMap web changed 2026-01-01T00:00:00Z); authn applied again over revision 3",
    );
    assert.deepEqual(found["ignoreChanges"], []);
  });

  it("hashes variables by their values", async () => {
    const port = variableStep("read-port", "PORT", "authn");
    const found = await environment([
      step({}),
      port,
      { ...step({ env: { URL: "http://a:${PORT}" } }), id: "install-b" },
    ]);
    assert.equal(
      found["KRATEO_CONFIGURATION_AUTHN"],
      configurationHash(step({}), { env: { URL: "http://a:8082" } }),
    );
  });

  it("keeps the hash of a secret value secret", async () => {
    const found = await environment([
      step({ env: { A: "1", OIDC_SECRET: "hush" } }, { secretPaths: [["env", "OIDC_SECRET"]] }),
    ]);
    assert.deepEqual(found["KRATEO_CONFIGURATION_AUTHN"], {
      [secretKey]: secretMark,
      value: configurationHash(step({}), { env: { A: "1", OIDC_SECRET: "hush" } }),
    });
  });
});
