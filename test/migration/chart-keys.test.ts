import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { acceptValue, chartKeys } from "../../migration/chart-keys.ts";
import type { Json, Path } from "../../model/settings.ts";
import { completeSchema } from "../../rehearsal/chart-schema.ts";
import { load } from "../configuration/project.ts";

const charts = path.join(import.meta.dirname, "../../rehearsal/charts");

type Schema = { $ref?: string; properties?: Record<string, Schema>; type?: string | string[] };

/** What a stand-in chart's schema allows at its maps with fixed keys, to the depth at which content is free. */
function keysOf(chart: string): Record<string, unknown> {
  const json = (...file: string[]) => JSON.parse(readFileSync(path.join(charts, ...file), "utf8"));
  const definitions = json("common", "values.definitions.json") as Record<string, Schema>;
  const keys = (schema: Schema): Record<string, unknown> | string => {
    const resolved = schema.$ref ? (definitions[schema.$ref.replace("#/$defs/", "")] ?? {}) : schema;
    if (resolved.properties === undefined) return "leaf";
    return Object.fromEntries(Object.entries(resolved.properties).map(([key, one]) => [key, keys(one)]));
  };
  return keys(completeSchema(json(chart, "values.schema.json"), definitions as never) as Schema) as Record<
    string,
    unknown
  >;
}

function withoutKinds(keys: unknown): unknown {
  if (typeof keys === "string") return "leaf";
  return Object.fromEntries(Object.entries(keys as object).map(([key, below]) => [key, withoutKinds(below)]));
}

/** Known to the stand-ins only: what Helm adds for a dependency, and what has no effect or does not render. */
const standInOnly: Readonly<Record<string, readonly string[]>> = {
  snowplow: ["jwtSignKeySecret"],
  cratedb: ["ingress"],
  frontend: ["env"],
};

describe("the values that charts of 3.0.0 read", () => {
  for (const [chart, keys] of Object.entries(chartKeys)) {
    it(`are those that the stand-in chart ${chart} knows`, () => {
      const { global: _, common: __, ...known } = keysOf(chart);
      for (const key of standInOnly[chart] ?? []) delete known[key];
      const plain = (value: unknown): unknown =>
        JSON.parse(
          JSON.stringify(value, (key, one) => (["global", "common"].includes(key) ? undefined : one)),
        );
      assert.deepEqual(withoutKinds(keys), plain(known));
    });
  }

  it("hold whatever the bundled release sets", async () => {
    for (const type of ["nodeport", "loadbalancer", "ingress"]) {
      const settings = await load({}, { type, ...(type === "ingress" && { domain: "d.example.org" }) });
      for (const step of settings.steps) {
        if (step.type !== "chart" || chartKeys[step.chart.name] === undefined) continue;
        for (const { at, value } of leaves(step.values, [])) {
          assert.deepEqual(acceptValue(step.chart.name, at, value), { value }, `${step.id} ${at.join(".")}`);
        }
      }
    }
  });

  function leaves(value: Json, at: Path): { at: Path; value: Json }[] {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [{ at, value }];
    return Object.entries(value).flatMap(([key, below]) => leaves(below, [...at, key]));
  }

  const accepted: [path: string, given: Json, value: Json][] = [
    ["service.nodePort", "30082", 30082],
    ["service.type", "NodePort", "NodePort"],
    ["ingress.enabled", "true", true],
    ["env.AUTHN_DEBUG", true, "true"],
    ["env.EMPTY", null, null],
    ["nodeSelector.disk", 7, "7"],
    ["resources.limits.cpu", 1, 1],
    ["tolerations", [{ key: "a" }], [{ key: "a" }]],
    ["ingress.className", null, null],
  ];
  for (const [at, given, value] of accepted) {
    it(`take ${JSON.stringify(given)} at ${at} as ${JSON.stringify(value)}`, () =>
      assert.deepEqual(acceptValue("authn", at.split("."), given), { value }));
  }

  const refused: [chart: string, path: string, given: Json, why: string][] = [
    ["authn", "service.nodePort", "soon", "chart authn takes a whole number there"],
    ["authn", "service.nodeport", 30082, "chart authn of 3.0.0 is not known to read nodeport in service"],
    ["authn", "logLevel", "debug", "chart authn of 3.0.0 is not known to read logLevel"],
    ["authn", "image", "registry/authn", "chart authn takes a map there, of repository, tag, pullPolicy"],
    ["authn", "image", null, "chart authn takes a map there, of repository, tag, pullPolicy"],
    ["authn", "env.A.B", "x", "chart authn takes a map of texts there"],
    ["authn", "env.A", ["x"], "chart authn takes text there"],
    ["authn", "env", "x", "chart authn takes a map of texts there"],
    ["authn", "tolerations", "x", "chart authn takes a list there"],
    ["authn", "tolerations.0", "x", "chart authn takes a list there"],
    [
      "snowplow",
      "service.annotations.a",
      "x",
      "chart snowplow of 3.0.0 is not known to read annotations in service",
    ],
    ["authn", "constructor", "x", "chart authn of 3.0.0 is not known to read constructor"],
  ];
  for (const [chart, at, given, why] of refused) {
    it(`refuse ${JSON.stringify(given)} at ${chart} ${at}`, () =>
      assert.deepEqual(acceptValue(chart, at.split("."), given), { why }));
  }
});
