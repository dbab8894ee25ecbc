import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type MergeRules, mergeRulesOf } from "../../cluster/drift/merge-rules.ts";
import { holding, withApiServer } from "./api-server.ts";

/**
 * OpenAPI documents by path, as Kubernetes 1.35.4 answers them, with the fields that tests use and without descriptions,
 * types and defaults.
 */
export const openapi: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "openapi.json"), "utf8"),
);

/** The merge rules of a kind, by those documents. */
export async function mergeRules(apiVersion: string, kind: string): Promise<MergeRules> {
  let rules: MergeRules | undefined;
  await withApiServer(holding(openapi), async (connection) => {
    rules = await mergeRulesOf(connection, { apiVersion, kind });
  });
  return rules as MergeRules;
}
