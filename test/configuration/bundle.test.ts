import assert from "node:assert/strict";
import type { JsonObject, ReleaseType } from "../../model/settings.ts";
import { chartStep, load } from "./project.ts";

/** What a type cannot do without. */
const configOf = (type: ReleaseType) => ({
  ...(type === "ingress" ? { domain: "d.example.org" } : {}),
  ...(type === "routes" ? { openshift: true } : {}),
});

describe("the bundled release", () => {
  for (const [type, count] of [
    ["nodeport", 26],
    ["loadbalancer", 28],
    ["ingress", 22],
    ["routes", 29],
  ] as const) {
    it(`has 21 charts in ${count} steps for type ${type}, each chart pinned, and waited for (D5)`, async () => {
      const settings = await load({}, { type, ...configOf(type) });
      const charts = settings.steps.filter((step) => step.type === "chart");
      assert.deepEqual([charts.length, settings.steps.length], [21, count]);
      assert.ok(charts.every(({ chart }) => /^\d+\.\d+\.\d+$/.test(chart.version)));
      assert.deepEqual(
        charts.filter(({ wait }) => !wait).map(({ id }) => id),
        ["install-finops-notebooks"],
      );
      assert.ok(charts.every(({ timeoutSeconds }) => timeoutSeconds === 900));
    });
  }

  it("puts the namespace wherever one is named", async () => {
    const settings = await load({}, { namespace: "elsewhere" });
    assert.ok(!JSON.stringify(settings).includes("krateo-system"));
    const { values } = chartStep(settings, "install-events-presenter");
    assert.equal((values["config"] as JsonObject)["AUTHN_NS"], "elsewhere");
  });

  it("gives four hosts of the domain to type ingress, and no Service a node port", async () => {
    const settings = await load({}, { type: "ingress", domain: "d.example.org" });
    const hosts = settings.steps.flatMap((step) => {
      const ingress =
        step.type === "chart"
          ? (step.values["ingress"] as { hosts: { host: string }[] } | undefined)
          : undefined;
      return ingress?.hosts.map(({ host }) => host) ?? [];
    });
    assert.deepEqual(hosts, [
      "authn.d.example.org",
      "snowplow.d.example.org",
      "events-presenter.d.example.org",
      "app.d.example.org",
    ]);
    assert.ok(!/nodePort|NodePort|LoadBalancer/.test(JSON.stringify(settings.steps)));
  });

  it("keeps the true nulls that take a chart's default away on OpenShift", async () => {
    const settings = await load({}, { openshift: true });
    const { containerSecurityContext } = chartStep(settings, "install-cnpg").values as Record<
      string,
      JsonObject
    >;
    assert.deepEqual(
      [containerSecurityContext?.["runAsUser"], containerSecurityContext?.["runAsGroup"]],
      [null, null],
    );
  });
});
