import assert from "node:assert/strict";
import { completeSchema } from "../../rehearsal/chart-schema.ts";

const definitions = {
  port: { type: "integer" },
  names: { properties: { nameOverride: { type: "string" } } },
  workload: { allOf: [{ $ref: "#/$defs/names" }], properties: { image: { type: "object" } } },
};

describe("the schema of a stand-in chart's values", () => {
  it("lists its own properties and those it takes in, and allows no others", () => {
    const schema = {
      title: "shop",
      allOf: [{ $ref: "#/$defs/workload" }],
      properties: { port: { $ref: "#/$defs/port" } },
      unevaluatedProperties: false,
    };
    assert.deepEqual(completeSchema(schema, definitions), {
      title: "shop",
      type: "object",
      properties: {
        nameOverride: { type: "string" },
        image: { type: "object" },
        port: { $ref: "#/$defs/port" },
      },
      additionalProperties: false,
      $defs: definitions,
    });
  });

  it("prefers its own property to one of the same name that it takes in", () => {
    const schema = {
      allOf: [{ $ref: "#/$defs/names" }],
      properties: { nameOverride: { const: "shop" } },
      unevaluatedProperties: false,
    };
    assert.deepEqual(completeSchema(schema, definitions).properties, { nameOverride: { const: "shop" } });
  });

  it("is closed at every depth that says so, and only there", () => {
    const schema = {
      properties: {
        open: { type: "object" },
        inner: { allOf: [{ $ref: "#/$defs/names" }], unevaluatedProperties: false },
      },
    };
    assert.deepEqual(completeSchema(schema, definitions), {
      properties: {
        open: { type: "object" },
        inner: {
          type: "object",
          properties: { nameOverride: { type: "string" } },
          additionalProperties: false,
        },
      },
      $defs: definitions,
    });
  });
});
