import assert from "node:assert/strict";
import { type MergeRule, mergeRulesOf } from "../../../cluster/drift/merge-rules.ts";
import type { Path } from "../../../model/settings.ts";
import { holding, withApiServer } from "../api-server.ts";
import { mergeRules, openapi } from "../openapi.ts";

const container = ["spec", "template", "spec", "containers", 0];
const asOneValue: MergeRule = { mergesItems: false, key: undefined, retainsKeys: false };

describe("how the API server merges", () => {
  const cases: [what: string, apiVersion: string, kind: string, path: Path, rule: Partial<MergeRule>][] = [
    ["a Service's ports", "v1", "Service", ["spec", "ports"], { mergesItems: true, key: "port" }],
    [
      "those of a NetworkPolicy",
      "networking.k8s.io/v1",
      "NetworkPolicy",
      ["spec", "ingress", 0, "ports"],
      {},
    ],
    ["variables", "apps/v1", "Deployment", [...container, "env"], { mergesItems: true, key: "name" }],
    ["arguments", "apps/v1", "Deployment", [...container, "args"], {}],
    ["finalizers", "apps/v1", "Deployment", ["metadata", "finalizers"], { mergesItems: true }],
    ["a label called items", "apps/v1", "Deployment", ["metadata", "labels", "items"], {}],
    [
      "volumes",
      "apps/v1",
      "Deployment",
      ["spec", "template", "spec", "volumes"],
      { mergesItems: true, key: "name", retainsKeys: true },
    ],
    ["a strategy", "apps/v1", "Deployment", ["spec", "strategy"], { retainsKeys: true }],
    ["a field that is not declared", "apps/v1", "Deployment", ["spec", "typo", 0, "deeper"], {}],
    ["a kind of another group", "example.org/v1", "Service", ["spec", "ports"], {}],
    ["a kind that is not declared", "v1", "Widget", ["spec", "ports"], {}],
  ];
  for (const [what, apiVersion, kind, path, rule] of cases) {
    it(`${what}: as its document declares`, async () => {
      const rules = await mergeRules(apiVersion, kind);
      assert.deepEqual(rules(path), { ...asOneValue, ...rule });
    });
  }

  it("is read once for all objects of an API version", async () => {
    await withApiServer(holding(openapi), async (connection, requests) => {
      const kinds = ["Service", "ConfigMap"].map((kind) => ({ apiVersion: "v1", kind }));
      await Promise.all(kinds.map((kind) => mergeRulesOf(connection, kind)));
      assert.deepEqual(requests, ["GET /openapi/v3/api/v1"]);
    });
  });

  it("is asked again after a failure", async () => {
    let isDown = true;
    const answer = holding(openapi);
    await withApiServer(
      (method, path) => (isDown ? { status: 500, body: {} } : answer(method, path)),
      async (connection) => {
        const kind = { apiVersion: "v1", kind: "Service" };
        await assert.rejects(mergeRulesOf(connection, kind));
        isDown = false;
        assert.equal((await mergeRulesOf(connection, kind))(["spec", "ports"]).key, "port");
      },
    );
  });
});
