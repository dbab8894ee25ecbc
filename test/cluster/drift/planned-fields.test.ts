import assert from "node:assert/strict";
import { plannedFields, withEncodedData } from "../../../cluster/drift/planned-fields.ts";
import type { Json, JsonObject } from "../../../model/settings.ts";
import { mergeRules } from "../openapi.ts";

const service = (...ports: JsonObject[]): JsonObject => ({ spec: { ports } });
const pod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });

describe("what an object has of the fields that a manifest sets", () => {
  const cases: [
    rule: string,
    kind: "Service" | "Deployment",
    planned: JsonObject,
    object: JsonObject | undefined,
    found: Json | undefined,
  ][] = [
    ["is nothing where there is none", "Service", service({ port: 80 }), undefined, undefined],
    [
      "leaves out fields that the manifest leaves open",
      "Service",
      { spec: { type: "NodePort" } },
      { spec: { type: "NodePort", clusterIP: "10.0.0.1" }, status: {} },
      { spec: { type: "NodePort" } },
    ],
    [
      "leaves out what is missing",
      "Service",
      { spec: { type: "NodePort", a: { b: 1 } } },
      { spec: {} },
      { spec: {} },
    ],
    [
      "has the items of a list that others add to, in the manifest's order",
      "Deployment",
      pod({
        containers: [
          {
            name: "a",
            env: [
              { name: "X", value: "1" },
              { name: "Y", value: "2" },
            ],
          },
        ],
      }),
      pod({
        containers: [
          { name: "sidecar" },
          { name: "a", env: [{ name: "Y", value: "2" }, { name: "Z" }, { name: "X", value: "3" }] },
        ],
      }),
      pod({
        containers: [
          {
            name: "a",
            env: [
              { name: "X", value: "3" },
              { name: "Y", value: "2" },
            ],
          },
        ],
      }),
    ],
    [
      "tells items of one key apart by their place",
      "Service",
      service({ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }),
      service({ port: 53, protocol: "UDP", nodePort: 1 }, { port: 53, protocol: "TCP", nodePort: 2 }),
      service({ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }),
    ],
    [
      "tells texts apart by what they say",
      "Service",
      { metadata: { finalizers: ["a", "b"] } },
      { metadata: { finalizers: ["c", "b", "a"] } },
      { metadata: { finalizers: ["a", "b"] } },
    ],
    [
      "has a list as a whole that a merge would replace",
      "Deployment",
      pod({ containers: [{ name: "a", args: ["x"] }] }),
      pod({ containers: [{ name: "a", args: ["y", "x"] }] }),
      pod({ containers: [{ name: "a", args: ["y", "x"] }] }),
    ],
    [
      "has what is of another type",
      "Service",
      { spec: { ports: [{ port: 80 }] } },
      { spec: "x" },
      { spec: "x" },
    ],
  ];
  for (const [rule, kind, planned, object, found] of cases) {
    it(rule, async () => {
      const rules = await mergeRules(kind === "Service" ? "v1" : "apps/v1", kind);
      assert.deepEqual(plannedFields(planned, object, rules), found);
    });
  }

  it("has a hole for an item that is missing", async () => {
    const rules = await mergeRules("v1", "Service");
    const found = plannedFields(service({ port: 80 }, { port: 81 }), service({ port: 81 }), rules);
    assert.deepEqual(found, service(undefined as never, { port: 81 }));
  });
});

describe("the data of a Secret", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
  it("is its clear text encoded, beside what is encoded already", () => {
    assert.deepEqual(withEncodedData({ ...secret, data: { a: "eA==" }, stringData: { b: "y" } }), {
      ...secret,
      data: { a: "eA==", b: "eQ==" },
    });
  });

  it("is that of a Secret only", () => {
    const widget = { ...secret, apiVersion: "example.org/v1", stringData: { b: "y" } };
    assert.deepEqual(withEncodedData(widget), widget);
  });
});
