import assert from "node:assert/strict";
import { copyFile, cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../model/settings.ts";
import { helm, mirror, scratch, startOver, tinyChart } from "../support/rehearsal.ts";
import { apply, live } from "../support/rehearsed-cluster.ts";
import { TestStack } from "../support/test-stack.ts";

describe("bad input", () => {
  let stack: TestStack;

  before(async () => {
    await startOver();
    stack = await TestStack.open("bad");
  });

  /** Runs `up`, which must end with exit code 1 and say all of this, and never have touched the cluster. */
  async function refused(
    config: JsonObject,
    overrides: JsonObject,
    expected: readonly RegExp[],
  ): Promise<void> {
    await stack.configure(config);
    await stack.override(overrides);
    const { code, output } = await stack.pulumi("up");
    assert.equal(code, 1, output);
    for (const pattern of expected) assert.match(output, pattern);
    assert.doesNotMatch(output, /^\s+at .*\(.*:\d+:\d+\)/m, "a stack trace");
    assert.equal(await live("Installation", "krateoctl", { apiVersion: "krateo.io/v1" }), undefined);
  }

  const untouched = async (): Promise<void> => {
    assert.equal(
      await live("Namespace", "krateo-system", { namespace: "" }),
      undefined,
      "the cluster was touched",
    );
  };

  it("in configuration and overrides is reported together, with places and nearest names (finding 7)", async () => {
    await refused({ type: "nodport", profile: "debug" }, { components: { backnd: { enabled: false } } }, [
      /krateo:type/,
      /nodeport, loadbalancer, ingress/,
      /krateo:profile\b/,
    ]);
    await refused({ type: "nodeport" }, { components: { backnd: { enabled: false } } }, [
      /backnd/,
      /backend/,
      /line \d/,
    ]);
    await refused({ type: "ingress" }, {}, [/krateo:domain/]);
    await untouched();
  });

  it("about exposure is reported together, with the fix", async () => {
    await refused(
      {
        type: "ingres",
        domain: "https://krateo.example.org",
        nodePorts: { authn: 29999 },
        serviceAnnotations: { "example.org/internal": true },
      },
      {},
      [
        /krateo:type/,
        /allowed: +ingress, nodeport, loadbalancer, gateway, routes/,
        /krateo:domain[\s\S]*a domain name such as krateo\.example\.org/,
        /krateo:nodePorts\.authn[\s\S]*a whole number from 30000 to 32767, without quotes/,
        /krateo:serviceAnnotations\.example\\\.org\/internal[\s\S]*text in quotes/,
      ],
    );
    await refused({ domain: "d.example.org", nodePorts: { authn: 31000, snowplow: 31000 } }, {}, [
      /krateo:domain has no meaning for type nodeport/,
      /pulumi config rm krateo:domain, or set krateo:type to ingress or gateway or routes/,
      /authn and snowplow have the same node port, 31000/,
      /give one of them another port/,
    ]);
    await untouched();
  });

  it("about OpenShift, on a cluster that is none, is refused with the way out", async () => {
    await refused({ openshift: true }, {}, [
      /the configuration is for OpenShift, and this cluster is not OpenShift: it does not serve Routes/,
      /take krateo:openshift and the profile openshift out, or choose another cluster/,
    ]);
    await untouched();
  });

  it("that disables what another component needs says which", async () => {
    await refused({ type: "nodeport" }, { components: { frontend: { enabled: false } } }, [
      /frontend/,
      /portal-defaults/,
    ]);
    await untouched();
  });

  it("in the chart mirror names chart and place, all of them, before anything is installed (finding 9)", async () => {
    const broken = scratch("broken-mirror");
    await rm(broken, { recursive: true, force: true });
    await cp(mirror, broken, { recursive: true });
    await copyFile(join(broken, "portal-1.3.4.tgz"), join(broken, "frontend-1.0.23.tgz"));
    // One that was never fetched: what is pinned and stored needs no mirror.
    const set = { "components.backend.stepConfig.install-authn.with.version": "0.22.9" };
    await refused({ type: "nodeport", chartMirror: broken, set }, {}, [
      /authn/,
      /0\.22\.9/,
      /frontend/,
      /sha256/,
    ]);
    await untouched();
  });

  it("about the cluster says which one was meant", async () => {
    await refused({ type: "nodeport", context: "nowhere" }, {}, [/nowhere/, /krateo:context|context/]);
    await untouched();
  });

  it("in the cluster's own Secrets and releases is found before anything is changed", async () => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "krateo-system" } });
    const secret = (name: string, stringData: JsonObject): JsonObject => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace: "krateo-system" },
      stringData,
    });
    await apply(secret("krateo-db", { DB_USER: "krateo-db-user", DB_PASS: "hush" }));
    await apply(secret("krateo-db-user", { username: "krateo-db-user", password: "psst" }));
    const installed = await helm("install", "authn", await tinyChart("redis"), "-n", "krateo-system");
    assert.equal(installed.code, 0, installed.output);
    await refused({ type: "nodeport" }, {}, [
      /the Helm release authn in namespace krateo-system belongs to another chart/,
      /krateo-db and krateo-db-user in namespace krateo-system hold different passwords/,
    ]);
    assert.equal(await live("Secret", "jwt-sign-key"), undefined, "the cluster was touched");
  });
});
