import assert from "node:assert/strict";
import { type LegacyType, legacyTypes } from "../../migration/legacy-defaults.ts";
import { type LegacyPlatform, readLegacyPlatform } from "../../migration/legacy-platform.ts";
import { migrate } from "../../migration/migrate.ts";
import type { Json } from "../../model/settings.ts";
import { stepValues } from "../../rehearsal/legacy/legacy-values.ts";
import { type LegacyStep, legacySteps, userChanges } from "../../rehearsal/legacy/platform-object.ts";

const step = (set: readonly { name?: string; value?: unknown }[] | null): LegacyStep => ({
  id: "install-shop",
  type: "chart",
  with: { name: "shop", set },
});

describe("the values of a seeded 2.7.0 step", () => {
  for (const [what, set, values] of [
    ["a path", [{ name: "a.b", value: "x" }], { a: { b: "x" } }],
    ["text that is a number", [{ name: "port", value: "30082" }], { port: 30082 }],
    ["text that is a truth value", [{ name: "on", value: "false" }], { on: false }],
    ["a number with zeros before it", [{ name: "id", value: "007" }], { id: "007" }],
    ["a value that is absent or null", [{ name: "a" }, { name: "b", value: null }], {}],
    ["an entry that is no path", [{ name: "map[]" }, {}], {}],
    ["a list item", [{ name: "hosts[1].host", value: "h" }], { hosts: [null, { host: "h" }] }],
    ["a dot in a key", [{ name: "a.b\\.c/d", value: "x" }], { a: { "b.c/d": "x" } }],
    ["no list at all", null, {}],
  ] as const) {
    it(`follow Helm's grammar for ${what}`, () => assert.deepEqual(stepValues(step(set)), values));
  }
});

describe("a seeded 2.7.0 object", () => {
  const before = process.env["KRATEO_LEGACY_OBJECTS"];
  beforeEach(() => {
    delete process.env["KRATEO_LEGACY_OBJECTS"];
  });
  after(() => {
    if (before) process.env["KRATEO_LEGACY_OBJECTS"] = before;
  });
  const ids = (steps: readonly LegacyStep[]): string[] => steps.map(({ id }) => id);

  for (const [type, count] of [
    ["nodeport", 25],
    ["loadbalancer", 28],
    ["ingress", 25],
  ] as const) {
    it(`of type ${type} has each step once, 19 charts among them`, async () => {
      const steps = await legacySteps(type, false);
      assert.equal(new Set(ids(steps)).size, count);
      assert.equal(steps.filter((one) => one.type === "chart").length, 19);
    });
  }

  const frontend = async (type: LegacyType) => {
    const found = (await legacySteps(type, false)).find(({ id }) => id === "install-frontend");
    return stepValues(found as LegacyStep);
  };
  it("reaches its services as its type says, and holds what the user changed", async () => {
    const { config, service } = await frontend("nodeport");
    assert.deepEqual(service, { type: "NodePort", nodePort: 30080 });
    assert.equal((config as Record<string, string>)["TITLE"], "Our platform");
    const balanced = (await frontend("loadbalancer"))["config"] as Record<string, string>;
    assert.equal(balanced["AUTHN_API_BASE_URL"], "http://$AUTHN_IP:$AUTHN_PORT");
  });

  it("has cratedb's switch on where it is for OpenShift", async () => {
    const steps = await legacySteps("loadbalancer", true);
    const cratedb = steps.find(({ id }) => id === "install-finops-cratedb") as LegacyStep;
    assert.deepEqual(stepValues(cratedb)["openshift"], { enabled: true });
  });

  for (const type of legacyTypes) {
    it(`of type ${type} differs from an unchanged one in what its user changed, and nothing else`, async () => {
      const object = {
        apiVersion: "krateo.io/v1alpha1",
        kind: "KrateoPlatformOps",
        metadata: { name: "krateo" },
        spec: { steps: await legacySteps(type, false) },
      };
      const { platform } = readLegacyPlatform(object as unknown as Json, "object", "krateo-system");
      const { outcomes, type: detected } = migrate(platform as LegacyPlatform);
      const changed = outcomes
        .filter(({ outcome }) => !("key" in outcome && outcome.key === "krateo:domain"))
        .map(({ change }) => change.step.id);
      // Of the host names, the cost database's has no place in 3.0.0.
      const lost = type === "ingress" ? ["install-finops-database-handler"] : [];
      assert.deepEqual([detected, changed.sort()], [type, [...Object.keys(userChanges), ...lost].sort()]);
    });
  }
});
