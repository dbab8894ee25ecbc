import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { configurationHash, startValuesOf } from "../../plan/configuration-hash.ts";
import { chartStep, load } from "../configuration/project.ts";
import { chartStep as step } from "../support/settings.ts";

const of = (name: string, values: JsonObject, version = "1.0.0") =>
  step("install-it", {
    chart: { name, version, kind: "repository", url: "https://charts.example.org" },
    values,
  });

describe("what pods read only when they start", () => {
  const table: [chart: string, values: JsonObject, read: JsonObject | undefined][] = [
    ["authn", { env: { A: "1" }, replicaCount: 2 }, { env: { A: "1" } }],
    ["authn", { replicaCount: 2 }, {}],
    ["frontend", { config: { TITLE: "x" }, env: { B: "2" } }, { env: { B: "2" } }],
    [
      "core-provider",
      {
        env: { A: "1" },
        chartInspector: { env: { DEBUG: "true" }, image: { tag: "1" } },
        cdc: { env: { C: "3" } },
      },
      { env: { A: "1" }, chartInspector: { env: { DEBUG: "true" } } },
    ],
    ["deviser", { config: { DEBUG: "true" } }, undefined],
    ["a-chart-of-yours", { anything: 1 }, { anything: 1 }],
  ];
  for (const [chart, values, read] of table) {
    it(`of ${chart} with ${JSON.stringify(values)} is ${JSON.stringify(read)}`, () => {
      assert.deepEqual(startValuesOf(of(chart, values)), read);
    });
  }

  it("is known for every chart of the bundled release", async () => {
    const { steps } = await load({});
    const everything = { env: { A: "1" }, other: true };
    for (const one of steps.filter(({ type }) => type === "chart")) {
      const found = startValuesOf({ ...of("", everything), chart: chartOf(one) });
      assert.notDeepEqual(found, everything, one.id);
    }
  });

  it("changes with profile debug for those whose ConfigMaps change, and for no others", async () => {
    const [plain, debug] = [await load({}), await load({}, { profiles: ["debug"] })];
    const hashes = ({ steps }: typeof plain) =>
      steps.flatMap((one) => {
        const values = one.type === "chart" ? startValuesOf(one) : undefined;
        return one.type === "chart" && values ? [[one.id, configurationHash(one, values)] as const] : [];
      });
    const before = new Map(hashes(plain));
    const changed = hashes(debug).flatMap(([id, hash]) => (hash === before.get(id) ? [] : [id]));
    const env = ({ steps }: typeof plain, id: string) =>
      JSON.stringify(startValuesOf(chartStep({ steps } as typeof plain, id)));
    assert.deepEqual(changed, [
      "install-authn",
      "install-snowplow",
      "install-core-provider",
      "install-oasgen-provider",
    ]);
    for (const id of changed) assert.notEqual(env(plain, id), env(debug, id));
  });
});

describe("the hash of a configuration", () => {
  const hash = (values: JsonObject, chart = "authn", version = "1.0.0") =>
    configurationHash(of(chart, {}, version), values);

  it("is the same for the same values, in whatever order", () => {
    assert.equal(hash({ a: "1", b: { c: 2, d: 3 } }), hash({ b: { d: 3, c: 2 }, a: "1" }));
    assert.match(hash({}), /^[0-9a-f]{16}$/);
  });

  it("differs with a value, its type, the order of a list, and the chart", () => {
    const all = [
      hash({ a: "1" }),
      hash({ a: 1 }),
      hash({ a: null }),
      hash({}),
      hash({ a: ["1", "2"] }),
      hash({ a: ["2", "1"] }),
      hash({ a: "1" }, "authn", "1.0.1"),
      hash({ a: "1" }, "snowplow"),
    ];
    assert.equal(new Set(all).size, all.length);
  });
});

function chartOf(one: { readonly type: string }) {
  return (one as ReturnType<typeof of>).chart;
}
