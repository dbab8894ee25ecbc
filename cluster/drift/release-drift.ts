/** Finds the differences of Helm releases: chart, version, status, values. */

import { expandVariables, variablesIn } from "../../configuration/variables.ts";
import { startsWith } from "../../model/path.ts";
import { secretMask } from "../../model/secret-value.ts";
import type { ChartStep, Json, JsonObject, Path } from "../../model/settings.ts";
import type { HelmRelease } from "../client/helm-release.ts";
import { masked, secretTexts } from "./masking.ts";
import type { Means } from "./means.ts";
import type { Difference } from "./object-difference.ts";
import { assumingLive, valueDifferences } from "./value-difference.ts";
import type { VariableValues } from "./variable-values.ts";

/** Something that is not as planned, with its secrets in clear. */
export interface Finding {
  /** Helm release, or id of the step that makes the object; "platform" for what belongs to no step. */
  readonly release: string;
  /** What of it: release, values, or an object by kind and name. */
  readonly subject: string;
  /** All that was compared, as planned; undefined when it should not be there. */
  readonly planned: Json | undefined;
  readonly differences: readonly Difference[];
  /** Paths below `planned` that are secret whatever they are called. */
  readonly isSecret: (path: Path) => boolean;
  readonly remedy: Remedy;
  /** Of an object whose release is applied again: how it becomes as planned. */
  readonly means?: Means;
}

/**
 * What puts it back: `up` alone; `up` with a refresh, where the engine sees the difference once it looks; or applying
 * the release again, where it sees none. Or `up` by itself first, since a refresh would fail.
 */
export type Remedy = "up" | "refresh" | "reapply" | "up-first";

export const nothingSecret = (): boolean => false;

/** The chart, version and status of a release, and the values that it was given. */
export function releaseFindings(
  step: ChartStep,
  name: string,
  live: HelmRelease | undefined,
  variables: VariableValues,
): Finding[] {
  const base = { release: name, isSecret: nothingSecret };
  const found = live && {
    chart: live.chart.metadata.name,
    version: live.chart.metadata.version,
    status: live.info.status,
  };
  if (!step.enabled) {
    if (!found) return [];
    const differences = [{ path: [], planned: undefined, live: found }];
    return [{ ...base, subject: "release", planned: undefined, differences, remedy: "up" }];
  }
  const planned: JsonObject = {
    chart: step.chart.name || (found?.chart ?? ""),
    version: step.chart.version || (found?.version ?? ""),
    status: "deployed",
  };
  const whole = { ...base, subject: "release", planned };
  if (!live || !found) {
    return [{ ...whole, differences: [{ path: [], planned, live: undefined }], remedy: "refresh" }];
  }
  const differences = valueDifferences(planned, found);
  return [
    ...(differences.length > 0 ? [{ ...whole, differences, remedy: "reapply" as const }] : []),
    ...valueFindings(step, name, (live.config ?? {}) as JsonObject, variables),
  ];
}

function valueFindings(
  step: ChartStep,
  release: string,
  live: JsonObject,
  variables: VariableValues,
): Finding[] {
  const isSecret = secretPlaces(step);
  const planned = plannedValues(step, live, variables);
  const differences = valueDifferences(planned, live);
  if (differences.length === 0) return [];
  return [{ release, subject: "values", planned, differences, isSecret, remedy: "reapply" }];
}

/** The step's values with variables filled in; the live ones for a secret or a variable that is not known here. */
function plannedValues(step: ChartStep, live: JsonObject, { values, missing }: VariableValues): JsonObject {
  const isSecret = secretPlaces(step);
  const isUnknown = (value: Json, path: Path): boolean =>
    (value === secretMask && isSecret(path)) || refersTo(missing, value);
  return assumingLive(expandVariables(step.values, values), live, isUnknown) as JsonObject;
}

/** True for text with a variable that has no value. */
export function refersTo(missing: VariableValues["missing"], value: Json): boolean {
  return (
    typeof value === "string" &&
    missing.length > 0 &&
    variablesIn(value).some((name) => missing.some((step) => step.name === name))
  );
}

/** The places below a step's values that came from secret configuration, and all that is below them. */
export function secretPlaces({ secretPaths }: { readonly secretPaths?: readonly Path[] }) {
  return (path: Path): boolean => (secretPaths ?? []).some((secret) => startsWith(path, secret));
}

/** Masks the secrets among a step's values wherever a text holds one. @param values Those that it is given, if they are known. */
export function textMask(step: ChartStep, values: JsonObject = step.values): (text: string) => string {
  const texts = secretTexts(values, secretPlaces(step));
  return (text) => masked(text, { isSecret: nothingSecret, texts }) as string;
}
