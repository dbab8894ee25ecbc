import assert from "node:assert/strict";
import { loadSettings } from "../../configuration/load.ts";
import type { ChartStep, JsonObject, VariableStep } from "../../model/settings.ts";
import { planOf } from "../../plan/plan.ts";
import { plannedValue } from "../../plan/planned-value.ts";
import { chartStep, objectStep, variableStep } from "../support/settings.ts";

/** A variable that reads this of Service authn. */
const reading = (selector: string): VariableStep => {
  const step = variableStep("extract", "PORT", "authn");
  return { ...step, valueFrom: { ...step.valueFrom, selector } } as VariableStep;
};
const authn = (service: JsonObject, given: Partial<ChartStep> = {}): ChartStep =>
  chartStep("install-authn", { values: { service }, ...given });
const nodePort = reading(".spec.ports[0].nodePort");
const exposed = { type: "NodePort", nodePort: 30082 };

describe("a variable whose value the plan fixes", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    [
      "is a node port that the chart takes from its values",
      plannedValue(nodePort, [authn(exposed)]),
      "30082",
    ],
    ["is a port of the values", plannedValue(reading(".spec.ports[0].port"), [authn({ port: 80 })]), "80"],
    ["is no default of the chart", plannedValue(reading(".spec.ports[0].port"), [authn({})]), undefined],
    ["is none of the cluster's choice", plannedValue(nodePort, [authn({ type: "NodePort" })]), undefined],
    ["is none of a Service that has none", plannedValue(nodePort, [authn({ nodePort: 30082 })]), undefined],
    [
      "is no address",
      plannedValue(reading(".status.loadBalancer.ingress[0].ip"), [authn(exposed)]),
      undefined,
    ],
    [
      "is none of another chart under that name",
      plannedValue(nodePort, [
        authn(exposed, { chart: { name: "shop", version: "1.0.0", kind: "repository", url: "https://x" } }),
      ]),
      undefined,
    ],
    [
      "is none of a chart that nothing is known of",
      plannedValue(nodePort, [authn(exposed, { id: "install-mine" })]),
      undefined,
    ],
    ["is none of a Service that no step makes", plannedValue(nodePort, []), undefined],
  ];
  for (const [name, found, expected] of cases) it(name, () => assert.equal(found, expected));

  it("is that of the plan's own Service, before that of the chart of its name", () => {
    const own = objectStep("publish", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "authn", namespace: "krateo-system" },
      spec: { ports: [{ port: 8082, nodePort: 31000 }] },
    });
    assert.equal(plannedValue(nodePort, [authn(exposed), own]), "31000");
    const open = { ...own, manifest: { ...own.manifest, spec: { ports: [{ nodePort: "${PORT}" }] } } };
    assert.equal(plannedValue(nodePort, [authn(exposed), open]), undefined);
  });

  it("lets users log in without a database: in type nodeport the page waits for no other release", async () => {
    const settings = await loadSettings({ values: { type: "nodeport" }, secretKeys: [] }, process.cwd());
    const plan = new Map(planOf(settings).map((node) => [node.id, node]));
    const allBefore = (id: string): string[] =>
      (plan.get(id)?.needs ?? []).flatMap(({ on }) => [on, ...allBefore(on)]);
    const releases = (id: string): string[] =>
      [...new Set(allBefore(id))].filter((on) => plan.get(on)?.kind === "release").toSorted();
    assert.deepEqual(releases("install-frontend"), []);
    assert.deepEqual(releases("install-portal"), ["install-authn", "install-frontend", "install-snowplow"]);
  });
});
