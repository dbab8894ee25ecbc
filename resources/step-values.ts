/** Fills the variables in a step's values, and marks secret values again. */
import * as pulumi from "@pulumi/pulumi";
import { expandVariables, variablesIn } from "../configuration/variables.ts";
import type { ChartStep, Json, JsonObject, Path } from "../model/settings.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * A step's values, or a part of them that keeps its places, with variables filled in, and secret again what came from
 * secret stack configuration.
 */
export function filledValues(
  build: BuildContext,
  { secretPaths }: ChartStep,
  values: JsonObject,
): pulumi.Input<{ [key: string]: pulumi.Input<unknown> }> {
  const fill = (value: Json, path: Path): pulumi.Input<unknown> => {
    const filled = leafOrBranch(value, path);
    return isSecret(secretPaths, path) ? pulumi.secret(filled) : filled;
  };
  const leafOrBranch = (value: Json, path: Path): pulumi.Input<unknown> => {
    if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index]));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]),
      );
    }
    const names = variablesIn(value);
    if (names.length === 0) return expandVariables(value, {});
    return build.variables(names).apply((variables) => expandVariables(value, variables));
  };
  return fill(values, []) as pulumi.Input<{ [key: string]: pulumi.Input<unknown> }>;
}

function isSecret(secretPaths: readonly Path[], path: Path): boolean {
  return secretPaths.some(
    (secret) => secret.length === path.length && secret.every((key, i) => key === path[i]),
  );
}
