/** Reads from the API server's OpenAPI document how it merges a patch into an object. */
import type { Path } from "../../model/settings.ts";
import { getOnce, rootOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";

/** How what a patch has at a place and what an object has there become one. */
export interface MergeRule {
  /** The items of a list are merged with those that are there. Otherwise the list takes their place as a whole. */
  readonly mergesItems: boolean;
  /** The key by which items are told apart. Without one they are texts, told apart by what they say. */
  readonly key: string | undefined;
  /** Only the fields that the patch names stay, in a map or in each item of a list: the others exclude them. */
  readonly retainsKeys: boolean;
}

export type MergeRules = (path: Path) => MergeRule;

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-group-version-kind"?: readonly { readonly kind: string }[];
}

type Schemas = Readonly<Record<string, Schema>>;

/**
 * The rules of a kind, as the API server declares them. A list of which it declares nothing is one value.
 *
 * @throws as `get` in api.ts
 */
export async function mergeRulesOf(
  connection: Connection,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): Promise<MergeRules> {
  // It is large, and the same for all kinds of an API version.
  const document = await getOnce<{ components?: { schemas?: Schemas } }>(
    connection,
    `/openapi/v3${rootOf(apiVersion)}`,
  );
  const schemas = document?.components?.schemas ?? {};
  const root = Object.values(schemas).find((schema) =>
    schema["x-kubernetes-group-version-kind"]?.some((one) => one.kind === kind),
  );
  return (path) => ruleOf(path.reduce((schema, segment) => below(resolved(schemas, schema), segment), root));
}

/** A schema that refers to another one says nothing about the fields itself. */
function resolved(schemas: Schemas, schema: Schema | undefined): Schema | undefined {
  const name = (schema?.allOf?.[0] ?? schema)?.$ref?.split("/").at(-1);
  return name === undefined ? schema : schemas[name];
}

function below(schema: Schema | undefined, segment: string | number): Schema | undefined {
  if (typeof segment === "number") return schema?.items;
  return schema?.properties?.[segment] ?? schema?.additionalProperties;
}

/** Rules without a single list whose items are merged. */
export const listsAsValues: MergeRules = () => ruleOf(undefined);

function ruleOf(schema: Schema | undefined): MergeRule {
  const strategies = schema?.["x-kubernetes-patch-strategy"]?.split(",") ?? [];
  return {
    mergesItems: strategies.includes("merge"),
    key: schema?.["x-kubernetes-patch-merge-key"],
    retainsKeys: strategies.includes("retainKeys"),
  };
}
