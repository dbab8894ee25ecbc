import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject, VariableStep } from "../../model/settings.ts";
import { chartStep, variableStep } from "../support/settings.ts";
import { build, release, secretMark } from "./built-platform.ts";

describe("a Helm release", () => {
  it("gets name, namespace, archive, values and time-out from its step", async () => {
    const { find } = await build([
      chartStep("install-authn", { component: "backend", values: { env: { A: null } }, timeoutSeconds: 60 }),
    ]);
    const { inputs, parent } = find("install-authn");
    assert.equal(parent, "backend");
    assert.deepEqual(inputs, {
      name: "authn",
      namespace: "krateo-system",
      chart: "./.charts/install-authn.tgz",
      version: "1.0.0",
      values: { env: { A: null } },
      timeout: 60,
      skipAwait: false,
      maxHistory: 10,
      resetValues: true,
      compat: "true",
    });
  });

  it("is not waited for where the document says so", async () => {
    const { find } = await build([chartStep("install-finops-notebooks", { wait: false })]);
    assert.equal(find("install-finops-notebooks").inputs["skipAwait"], true);
  });

  it("is imported when it exists, whatever state it is in", async () => {
    for (const status of ["deployed", "failed", "pending-install", "uninstalling"]) {
      const { find } = await build([chartStep("install-authn")], {
        inventory: { releases: { authn: { ...release, status } } },
      });
      assert.equal(find("install-authn").importId, "krateo-system/authn");
    }
  });

  it("is taken over when its secrets are out of Helm's record, which is as it was until all that it needs is done", async () => {
    const done: string[] = [];
    const built = async (withheld: readonly string[]) => {
      const { all, find } = await build([chartStep("install-authn"), chartStep("install-oasgen-provider")], {
        inventory: { releases: { authn: release, "oasgen-provider": release } },
        withheld: new Set(withheld),
        withhold: async ({ id }, revision) => {
          await pause(100);
          done.push(`${id} ${revision}`);
        },
      });
      const releases = all.map(({ name }) => name).filter((name) => name.startsWith("install-"));
      return { releases, needs: find("install-oasgen-provider").dependsOn };
    };
    const plain = await built([]);
    assert.deepEqual([plain.releases, done], [["install-oasgen-provider", "install-authn"], []]);
    const held = await built(["install-oasgen-provider"]);
    assert.deepEqual(
      [held.releases, done],
      [["install-authn", "install-oasgen-provider"], ["install-oasgen-provider 3"]],
    );
    assert.deepEqual(held.needs, plain.needs);
  });

  it("is upgraded with equal inputs when it is to be applied again, and by nothing that this left there later", async () => {
    const steps = [chartStep("install-authn"), chartStep("install-web")];
    const { find } = await build(steps, {
      inventory: { releases: { authn: { ...release, revision: 3 }, web: release } },
      reapply: ["authn"],
    });
    const [authn, web] = [find("install-authn"), find("install-web")];
    assert.equal(authn.inputs["description"], "applied again over revision 3");
    assert.deepEqual(authn.ignoreChanges, []);
    assert.equal(web.inputs["description"], undefined);
    assert.deepEqual(web.ignoreChanges, ["description"]);
  });

  it("that is not deployed is upgraded with equal inputs, too: the engine may think that it is done", async () => {
    for (const status of ["failed", "pending-install", "pending-upgrade", "uninstalling"]) {
      const { find } = await build([chartStep("install-authn")], {
        inventory: { releases: { authn: { ...release, status } } },
      });
      assert.equal(find("install-authn").inputs["description"], "applied again over revision 3");
      assert.deepEqual(find("install-authn").ignoreChanges, []);
    }
  });

  it("that is missing cannot be applied again: it is installed", async () => {
    const { find } = await build([chartStep("install-authn")], { reapply: ["authn"] });
    assert.equal(find("install-authn").inputs["description"], undefined);
  });

  const urnOf = (component: string, step: string) =>
    `urn:pulumi:test::krateo::krateo:platform:Platform$krateo:platform:${component}$kubernetes:helm.sh/v3:Release::${step}`;

  for (const [what, former] of [
    ["another step", urnOf("Backend", "install-authn-server")],
    ["another component", urnOf("Frontend", "install-authn")],
  ] as const) {
    it(`that ${what} installed before stays the same release: it would be uninstalled under its former name`, async () => {
      const step = chartStep("install-authn", { component: "backend" });
      const { find } = await build([step], { releaseUrns: { authn: former } });
      assert.deepEqual(find("install-authn").aliases, [former]);
    });
  }

  it("has no former name where nothing has changed", async () => {
    const step = chartStep("install-authn", { component: "backend" });
    const releaseUrns = {
      authn: urnOf("Backend", "install-authn"),
      other: urnOf("Backend", "install-other"),
    };
    assert.deepEqual((await build([step], { releaseUrns })).find("install-authn").aliases, []);
  });

  it("is looked for in its own namespace", async () => {
    const step = chartStep("install-web", { release: { name: "web", namespace: "other" } });
    const inHome = await build([step], { inventory: { releases: { web: release } } });
    assert.equal(inHome.find("install-web").importId, "");
    const inOther = await build([step], { inventory: { releases: { "other/web": release } } });
    assert.equal(inOther.find("install-web").importId, "other/web");
  });

  it("gets variables as text, read from the live Service", async () => {
    const steps = [
      chartStep("install-web"),
      variableStep("extract-web-port", "WEB_PORT", "web"),
      chartStep("install-frontend", {
        values: { config: { URL: "http://h:${WEB_PORT}/$5", HOME: "${}HOME", BOTH: "${}A ${WEB_PORT}" } },
      }),
    ];
    const { find } = await build(steps);
    assert.deepEqual(find("install-frontend").inputs["values"], {
      config: { URL: "http://h:8082/$5", HOME: "$HOME", BOTH: "$A 8082" },
    });
    // The Service has its port before the release that makes it is ready; an upgrade may change it.
    assert.deepEqual(find("install-frontend").dependsOn, ["cleanup"]);
    const again = await build(steps, { inventory: { releases: { web: release } } });
    assert.deepEqual(again.find("install-frontend").dependsOn, ["cleanup", "install-web"]);
  });

  it("gets a port that the plan fixes without waiting for its Service", async () => {
    const { find } = await build([
      chartStep("install-authn", { values: { service: { type: "NodePort", nodePort: 31000 } } }),
      {
        ...variableStep("extract-authn-port", "AUTHN_PORT", "authn"),
        valueFrom: {
          ...(variableStep("", "", "authn").valueFrom as NonNullable<VariableStep["valueFrom"]>),
          selector: ".spec.ports[0].nodePort",
        },
      },
      chartStep("install-frontend", { values: { config: { URL: "http://h:${AUTHN_PORT}" } } }),
    ]);
    assert.deepEqual(find("install-frontend").inputs["values"], { config: { URL: "http://h:31000" } });
    assert.deepEqual(find("install-frontend").dependsOn, ["cleanup"]);
  });

  it("gets the address of a node where it asks for one", async () => {
    const step = chartStep("install-frontend", { values: { url: "http://${NODE_ADDRESS}:1" } });
    const node = { name: "n", createdAt: 0, ready: true, externalIps: [], names: [] };
    const { find } = await build([step], {
      settings: { nodeAddress: undefined },
      inventory: { nodes: [{ ...node, internalIps: ["10.0.0.1"] }] },
    });
    assert.deepEqual(find("install-frontend").inputs["values"], { url: "http://10.0.0.1:1" });
  });

  it("has those values marked secret that came from secret configuration, and only those", async () => {
    const { find } = await build([
      chartStep("install-authn", {
        values: { env: { TOKEN: "x", OPEN: "y" } },
        secretPaths: [["env", "TOKEN"]],
      }),
    ]);
    const { env } = find("install-authn").inputs["values"] as { env: Record<string, JsonObject> };
    assert.equal(env["OPEN"], "y");
    assert.deepEqual(Object.values(env["TOKEN"] as JsonObject), [secretMark, "x"]);
  });
});
