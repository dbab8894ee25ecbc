/** JSON Schemas of the files that users write, for editors: they complete keys and mark what is misspelt. */
import { z } from "zod";
import { components } from "../components/catalogue.ts";
import type { ComponentDescription } from "../components/description.ts";
import type { JsonObject } from "../model/settings.ts";
import { documentSchemas } from "./document.ts";
import { serviceNamed } from "./exposure/exposed-services.ts";
import { clusterKeys } from "./fleet/config-problems.ts";
import { fleetSchema, secretKey } from "./fleet/fleet-file.ts";
import { keyReference } from "./key-reference.ts";
import { stackConfigSchema } from "./stack-config.ts";

/** File names below schemas/, with what they hold. */
export function jsonSchemas(): Readonly<Record<string, JsonObject>> {
  return {
    "stack.schema.json": stackSchema(),
    "overrides.schema.json": documentSchema(documentSchemas.overrides, "krateo-overrides.yaml"),
    "release.schema.json": documentSchema(documentSchemas.release, "krateo.yaml"),
    "fleet.schema.json": fleetFileSchema(),
  };
}

function converted(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", target: "draft-7" }) as JsonObject;
}

/** Pulumi.STACK.yaml: Pulumi's own keys, which are left open, and ours below `config`. */
function stackSchema(): JsonObject {
  const { properties } = converted(stackConfigSchema) as { properties: Record<string, JsonObject> };
  const keys = Object.entries(properties).map(([key, schema]) => [`krateo:${key}`, configValue(key, schema)]);
  return {
    $schema: draft,
    title: "Pulumi.STACK.yaml of project krateo",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(keys),
        // Keys of other projects and providers, and of ours in Pulumi's old form, are not judged here.
        patternProperties: { "^(?!krateo:)": {}, "^krateo:config:": {} },
        additionalProperties: false,
      },
    },
  };
}

/** Any value may be stored encrypted, and the text of a boolean counts as one. */
function configValue(key: string, schema: JsonObject): JsonObject {
  const forms: JsonObject[] = [described(key, schema), encrypted];
  if (schema["type"] === "boolean") forms.push({ enum: ["true", "false"] });
  if (key === "tls") forms.push({ enum: [true, "true"] });
  return { ...description(key), anyOf: forms };
}

const encrypted: JsonObject = {
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

/** With descriptions of the keys below a map. */
function described(key: string, schema: JsonObject): JsonObject {
  const { properties } = schema as { properties?: Record<string, JsonObject> };
  if (properties === undefined) return schema;
  const inner = Object.entries(properties).map(([name, below]) => {
    const place = `${key}.${serviceNamed(name) ? "SERVICE" : name}`;
    return [name, { ...description(place), anyOf: [below, encrypted] }];
  });
  return { ...schema, properties: Object.fromEntries(inner) };
}

function description(key: string): JsonObject {
  const reference = keyReference[key];
  if (reference === undefined) return {};
  return { markdownDescription: `${reference.values}\n\nDefault: ${reference.byDefault}` };
}

/** FLEET.yaml, with the keys of the stack configuration wherever they may stand. */
function fleetFileSchema(): JsonObject {
  const { properties } = converted(stackConfigSchema) as { properties: Record<string, JsonObject> };
  const keys = Object.entries(properties).filter(([key]) => !clusterKeys.includes(key));
  const config = keys.map(([key, schema]) => [key, { ...description(key), anyOf: clearForms(key, schema) }]);
  const secret = keys.map(([key]) => [key, { ...description(key), $ref: "#/definitions/secretKey" }]);
  const { properties: fleet, ...rest } = converted(fleetSchema) as { properties: Record<string, JsonObject> };
  const closed = (entries: unknown[][]): JsonObject => ({
    type: "object",
    properties: Object.fromEntries(entries),
    additionalProperties: false,
  });
  const withKeys = (shape: Record<string, JsonObject>): Record<string, JsonObject> => ({
    ...shape,
    config: { ...shape["config"], ...closed(config) },
    secretConfig: { ...shape["secretConfig"], ...closed(secret) },
  });
  const ofItems = (list: JsonObject): JsonObject => {
    const items = list["items"] as JsonObject;
    const shape = withKeys(items["properties"] as Record<string, JsonObject>);
    return { ...list, items: { ...items, properties: shape } };
  };
  return {
    ...rest,
    $schema: draft,
    title: "A fleet of clusters, for npx krateo fleet render",
    definitions: { secretKey: converted(secretKey) },
    properties: {
      ...withKeys(fleet),
      rings: ofItems(fleet["rings"] as JsonObject),
      clusters: ofItems(fleet["clusters"] as JsonObject),
    },
  };
}

/** Forms of a value that is not encrypted. */
function clearForms(key: string, schema: JsonObject): JsonObject[] {
  return key === "tls" ? [schema, { enum: [true] }] : [schema];
}

/** A document, with the components and steps of the bundled release where their names stand. Others are possible, too. */
function documentSchema(schema: z.ZodType, title: string): JsonObject {
  const { properties, ...rest } = converted(schema) as { properties: Record<string, JsonObject> };
  const component = entriesOf(properties["components"]);
  const known = components.map((one) => [one.name, knownComponent(one, component)]);
  return {
    ...rest,
    $schema: draft,
    title,
    properties: {
      ...properties,
      components: {
        markdownDescription:
          "What a component does: on or off, values for all of its charts, values for single steps",
        type: ["object", "null"],
        properties: Object.fromEntries(known),
        additionalProperties: component,
      },
    },
  };
}

/** What a schema says of each entry of a map that may be null. */
function entriesOf(map: JsonObject | undefined): JsonObject {
  return formOf(map)["additionalProperties"] as JsonObject;
}

/** The form beside null. */
function formOf(schema: JsonObject | undefined): JsonObject {
  const [form] = (schema?.["anyOf"] ?? [schema]) as [JsonObject];
  return form;
}

/** @param generic What the schema says of any component. */
function knownComponent({ steps }: ComponentDescription, generic: JsonObject): JsonObject {
  const form = formOf(generic) as { properties: Record<string, JsonObject> };
  const step = entriesOf(form.properties["stepConfig"]);
  const charts = steps.flatMap(({ chart }) => chart?.name ?? []);
  const known = steps.map(({ id, chart }) => [
    id,
    { ...step, markdownDescription: chart ? `Installs chart ${chart.name}` : "Makes an object" },
  ]);
  return {
    ...form,
    type: ["object", "null"],
    properties: {
      ...form.properties,
      helmDefaults: {
        ...form.properties["helmDefaults"],
        markdownDescription: `Values for all of its charts: ${charts.join(", ")}`,
      },
      stepConfig: {
        markdownDescription: "Values of single steps, by the step's id",
        type: ["object", "null"],
        properties: Object.fromEntries(known),
        additionalProperties: step,
      },
    },
  };
}

/** The one that editors' YAML language servers know. */
const draft = "http://json-schema.org/draft-07/schema#";
