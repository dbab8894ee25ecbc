/**
 * Defects of the profiles that upstream's 3.0.0 comes with. Each has a comment where it is mended, under its number;
 * those that are about exposure (D6, D7, D8), debugging (D3), waiting (D5), OpenShift (D11) and cratedb's selector (D16) are
 * tested beside what they are about.
 */
import assert from "node:assert/strict";
import { bundledProfiles, bundledText } from "../../configuration/bundle.ts";
import { aliasOf } from "../../configuration/exposure/profile-aliases.ts";
import type { JsonObject, Settings } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { chartStep, load } from "./project.ts";

const valuesOf = (settings: Settings, id: string) =>
  chartStep(settings, id).values as Record<string, JsonObject>;

/** All that a step of the plan waits for, near and far. */
function awaited(settings: Settings, id: string): string[] {
  const plan = planOf(settings);
  const needs = (one: string): string[] =>
    plan.find((node) => node.id === one)?.needs.flatMap(({ on }) => [on, ...needs(on)]) ?? [];
  return [...new Set(needs(id))];
}

describe("defects of upstream's profiles", () => {
  it("D1: events-presenter looks for users in the platform's namespace", async () => {
    const settings = await load({}, { namespace: "elsewhere" });
    assert.equal(valuesOf(settings, "install-events-presenter")["config"]?.["AUTHN_NS"], "elsewhere");
  });

  it("D2: authn finds snowplow in the platform's namespace", async () => {
    const settings = await load({}, { namespace: "elsewhere" });
    assert.equal(
      valuesOf(settings, "install-authn")["env"]?.["URL_SNOWPLOW"],
      "http://snowplow.elsewhere.svc.cluster.local:8081",
    );
  });

  it("D4: the database handler is installed when cratedb has written its login, not before", async () => {
    const settings = await load({});
    assert.ok(awaited(settings, "install-finops-database-handler").includes("install-finops-cratedb"));
    assert.equal(chartStep(settings, "install-finops-cratedb").wait, true);
  });

  it("D9: whoever needs the database waits for it, not for the release that asks for it", async () => {
    const settings = await load({});
    for (const step of settings.steps) {
      if (step.type !== "chart" || !JSON.stringify(step.values).includes("pg-cluster-r")) continue;
      assert.ok(awaited(settings, step.id).includes("database"), step.id);
    }
  });

  it("D10: resources-presenter reads from whichever instance there is, and is not left to standbys", async () => {
    const host = async (config: object) =>
      valuesOf(await load({}, { ...config }), "install-resources-presenter")["config"]?.["DB_HOST"];
    assert.equal(await host({}), "pg-cluster-r.krateo-system.svc.cluster.local");
    assert.equal(await host({ profiles: "small" }), "pg-cluster-rw.krateo-system.svc.cluster.local");
    assert.equal(await host({ profiles: "no-cnpg", database: { host: "db.example.org" } }), "db.example.org");
  });

  it("D12: no profile tells its user to apply a file that is not there", () => {
    for (const profile of bundledProfiles.filter((name) => aliasOf(name) === undefined)) {
      assert.doesNotMatch(bundledText(`profile-${profile}.yaml`), /krateo-overrides\.[a-z]/, profile);
    }
  });

  it("D16: cratedb, which needs the internet whenever it starts, can be left out by name", async () => {
    const { steps } = await load({}, { profiles: "no-finops" });
    assert.deepEqual(
      steps.filter(({ id, enabled }) => enabled && id.includes("finops")),
      [],
    );
  });

  it("D17: upstream's variable names stay, so that overrides written for it work; every type names the frontend's image", async () => {
    const balancer = { type: "loadbalancer" };
    const text =
      "components: {frontend: {stepConfig: {install-frontend: {helmValues: {config: {X: 'http://${EVENTSSE_IP}:${EVENTSSE_PORT}'}}}}}}";
    const overridden = await load({ "krateo-overrides.yaml": text }, balancer);
    assert.equal(
      valuesOf(overridden, "install-frontend")["config"]?.["X"],
      "http://${EVENTSSE_IP}:${EVENTSSE_PORT}",
    );
    for (const config of [{}, balancer, { type: "ingress", domain: "d.example.org" }]) {
      const { image } = valuesOf(await load({}, config), "install-frontend");
      assert.equal(image?.["repository"], "ghcr.io/krateoplatformops/frontend");
    }
  });
});
