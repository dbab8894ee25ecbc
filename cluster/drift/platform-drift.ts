/** Finds the differences of Secrets, the snapshot and variables. */
import { holdsNull } from "../../model/nulls.ts";
import type { JsonObject, Settings } from "../../model/settings.ts";
import { secretNamesOf } from "../../plan/database-secrets.ts";
import { installationName } from "../../plan/installation.ts";
import { get, pathOf } from "../client/api.ts";
import type { Connection } from "../client/connection.ts";
import { inParallel } from "../client/parallel.ts";
import { readInstallation } from "../installation.ts";
import { type Finding, wholeFinding } from "./finding.ts";
import { textsInSecret } from "./object-drift.ts";
import { snapshotDrift } from "./snapshot-drift.ts";
import type { VariableValues } from "./variable-values.ts";

/** What belongs to no release and no step. */
export const platform = "platform";

/**
 * Those of the three Secrets that are missing.
 *
 * @returns `secrets`: texts that the others hold.
 * @throws as `get` in api.ts
 */
export async function secretFindings(
  connection: Connection,
  settings: Settings,
): Promise<{ findings: Finding[]; secrets: string[] }> {
  const { namespace, secrets: origin } = settings;
  const names = secretNamesOf(settings);
  const found = await inParallel(names, (name) =>
    get<JsonObject>(connection, pathOf("v1", "secrets", namespace, name)),
  );
  const missing = names.filter((_, index) => !found[index]);
  const remedy = origin === "generated" ? "refresh" : "up";
  const findings = missing.map((name) =>
    wholeFinding(platform, `Secret ${name}`, "there", undefined, remedy),
  );
  return { findings, secrets: found.flatMap(textsInSecret) };
}

/** How the stored snapshot differs from the plan. Errors as `get` in api.ts. */
export async function snapshotFindings(connection: Connection, settings: Settings): Promise<Finding[]> {
  const stored = await readInstallation(connection, settings.namespace);
  const { planned, differences } = snapshotDrift(settings.snapshot, stored);
  if (differences.length === 0) return [];
  const subject = `Installation ${installationName}`;
  // An earlier version stored it with nulls, and the state has them too: the provider would not survive a refresh.
  const remedy = holdsNull(stored?.spec?.spec) ? "up-first" : "refresh";
  return [{ release: platform, subject, planned, differences, remedy }];
}

/**
 * Variables without a value, for other reasons than that what they read is reported missing already. What depends on
 * them is not compared any further.
 */
export function variableFindings({ missing }: VariableValues, reported: readonly Finding[]): Finding[] {
  const gone = reported.filter(({ differences }) =>
    differences.some(({ path, live }) => path.length === 0 && live === undefined),
  );
  return missing.flatMap((step): Finding[] => {
    const { kind, name, selector } = step.valueFrom ?? {};
    const known = gone.some(
      ({ release, subject }) => subject === `${kind} ${name}` || (subject === "release" && release === name),
    );
    if (known) return [];
    const planned = `${selector} of ${kind} ${name}`;
    return [wholeFinding(step.id, `variable ${step.name}`, planned, undefined, "up")];
  });
}
