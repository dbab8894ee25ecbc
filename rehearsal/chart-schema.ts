/** Values schemas of the stand-in charts, made whole: what Helm validates with cannot reach a second file. */

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  unevaluatedProperties?: boolean;
  [keyword: string]: unknown;
}

/**
 * Puts the shared definitions into a chart's values schema and turns every `allOf` with
 * `unevaluatedProperties: false` into one list of properties with `additionalProperties: false`. Both mean the same, but
 * only the latter makes Helm say which key is wrong and that it is not allowed.
 *
 * @param schema content of a chart's values.schema.json
 * @param definitions content of the library's values.definitions.json
 */
export function completeSchema(schema: Schema, definitions: Record<string, Schema>): Schema {
  return { ...(close(schema, definitions) as Schema), $defs: definitions };
}

function close(node: unknown, definitions: Record<string, Schema>): unknown {
  if (Array.isArray(node)) return node.map((item) => close(item, definitions));
  if (node === null || typeof node !== "object") return node;
  const { unevaluatedProperties, ...schema } = node as Schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, close(value, definitions)]),
  );
  if (unevaluatedProperties !== false) return inner;
  const { allOf: _, ...own } = inner;
  return {
    ...own,
    type: "object",
    properties: allProperties(inner as Schema, definitions),
    additionalProperties: false,
  };
}

/** Properties of a schema and of everything it takes in by `allOf` and `$ref`; its own win. */
function allProperties(schema: Schema, definitions: Record<string, Schema>): Record<string, Schema> {
  const referred = schema.$ref ? definitions[schema.$ref.replace("#/$defs/", "")] : undefined;
  const parts = [...(referred ? [referred] : []), ...(schema.allOf ?? [])];
  return Object.assign({}, ...parts.map((part) => allProperties(part, definitions)), schema.properties);
}
