/** Finds the differences of Helm releases: chart, version, status, values. */
import { expandVariables, variablesIn } from "../../configuration/variables.ts";
import { startsWith } from "../../model/path.ts";
import { secretMask } from "../../model/secret-value.ts";
import type { ChartStep, Json, JsonObject, Path } from "../../model/settings.ts";
import type { HelmRelease } from "../client/helm-release.ts";
import { type Finding, wholeFinding } from "./finding.ts";
import { masked, secretTexts } from "./masking.ts";
import { assumingLive, valueDifferences } from "./value-difference.ts";
import type { VariableValues } from "./variable-values.ts";

/** The chart, version and status of a release, and the values that it was given. */
export function releaseFindings(
  step: ChartStep,
  name: string,
  live: HelmRelease | undefined,
  variables: VariableValues,
): Finding[] {
  const found = live && {
    chart: live.chart.metadata.name,
    version: live.chart.metadata.version,
    status: live.info.status,
  };
  if (!step.enabled) return found ? [wholeFinding(name, "release", undefined, found, "up")] : [];
  const planned: JsonObject = {
    chart: step.chart.name || (found?.chart ?? ""),
    version: step.chart.version || (found?.version ?? ""),
    status: "deployed",
  };
  if (!live || !found) return [wholeFinding(name, "release", planned, undefined, "refresh")];
  const differences = valueDifferences(planned, found);
  const changed: Finding = { release: name, subject: "release", planned, differences, remedy: "reapply" };
  return [
    ...(differences.length > 0 ? [changed] : []),
    ...valueFindings(step, name, (live.config ?? {}) as JsonObject, variables),
  ];
}

/** What is not known here, a secret or a variable, counts as planned where it has a live value. */
function valueFindings(
  step: ChartStep,
  release: string,
  live: JsonObject,
  variables: VariableValues,
): Finding[] {
  const isSecret = secretPlaces(step);
  const values = expandVariables(step.values, variables.values);
  const planned = assumingLive(values, live, unknownIn(step, variables)) as JsonObject;
  const differences = valueDifferences(planned, live);
  if (differences.length === 0) return [];
  return [{ release, subject: "values", planned, differences, isSecret, remedy: "reapply" }];
}

/** Which of a step's values are not known here: those that are encrypted, and texts with a variable that has no value. */
export function unknownIn(step: Parameters<typeof secretPlaces>[0], { missing }: VariableValues) {
  const isSecret = secretPlaces(step);
  return (value: Json, path: Path): boolean =>
    (value === secretMask && isSecret(path)) || refersTo(missing, value);
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
  return (text) => masked(text, { texts }) as string;
}
