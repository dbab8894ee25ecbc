/** Tries a platform version of the project with every type of exposure, before anything is installed from it. */
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import { type ReleaseType, releaseTypes } from "../../model/settings.ts";
import { bundleTokens } from "../exposure/layer.ts";
import type { Findings } from "../layers.ts";
import { loadSettings } from "../load.ts";
import { defaultOtelEndpoint } from "../stack-config.ts";
import type { CorrectionOutcome } from "./corrections.ts";
import { exampleConfig } from "./example-config.ts";
import { manifestsIn } from "./manifests.ts";
import { storedProfile, storedProfiles, storedRelease, storedVersion } from "./stored-version.ts";

const notUnderstood =
  "nothing was changed; where upstream means it so, the document is newer than this program: look for a newer one";

/** A correction with the types that it is for; none for one of a profile. */
export interface JudgedCorrection extends CorrectionOutcome {
  readonly types: readonly ReleaseType[];
}

export interface Judgement {
  readonly problems: readonly Problem[];
  /** What the bundled version does not warn of. */
  readonly warnings: readonly string[];
  /** Empty where there are problems. */
  readonly corrections: readonly JudgedCorrection[];
  /** Ids of all that the user may keep as upstream has it. */
  readonly keepable: readonly string[];
}

/** @param directory The project's folder. @param version One that is in it. */
export async function judgeVersion(directory: string, version: string): Promise<Judgement> {
  const problems = new Map<string, Problem>();
  const warnings = new Set<string>();
  const load = (values: Readonly<Record<string, unknown>>) =>
    loadSettings({ values, secretKeys: [] }, directory);
  const report = (found: readonly Problem[]): void => {
    for (const problem of found)
      problems.set(JSON.stringify(problem), { ...problem, next: problem.next ?? notUnderstood });
  };
  for (const type of releaseTypes) {
    const values = { type, ...exampleConfig[type] };
    try {
      const own = await load({ ...values, version });
      const usual = own.warnings.length > 0 ? (await load(values)).warnings : [];
      for (const warning of own.warnings) if (!usual.includes(warning)) warnings.add(warning);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      report(error.problems);
    }
  }
  const findings: Findings = { problems: [], warnings: [] };
  const corrections = problems.size > 0 ? [] : judgedCorrections(directory, version, findings);
  report(findings.problems);
  const stored = storedVersion(directory, version, { problems: [], warnings: [] });
  return {
    problems: [...problems.values()],
    warnings: [...warnings],
    corrections,
    keepable: [...corrections.map(({ id }) => id), ...(stored ? manifestsIn(stored.folder) : [])],
  };
}

/** What the corrections of a version's documents come to, with nothing of the user's; what is wrong is among the findings. */
export function judgedCorrections(
  directory: string,
  version: string,
  findings: Findings,
): JudgedCorrection[] {
  const stored = storedVersion(directory, version, findings);
  if (stored === undefined) return [];
  const all = new Map<string, JudgedCorrection>();
  for (const type of releaseTypes) {
    const tokens = bundleTokens("krateo-system", exampleConfig[type], defaultOtelEndpoint);
    const { outcomes = [] } = storedRelease(stored, type, { tokens, extra: [] }, findings) ?? {};
    for (const { at: _, ...outcome } of outcomes) {
      const key = JSON.stringify([outcome.id, outcome.state, outcome.found, outcome.ours]);
      all.set(key, { ...outcome, types: [...(all.get(key)?.types ?? []), type] });
    }
  }
  const tokens = bundleTokens("krateo-system", {}, defaultOtelEndpoint);
  for (const profile of storedProfiles(stored)) {
    for (const outcome of storedProfile(stored, profile, tokens, findings)?.outcomes ?? [])
      all.set(outcome.id, { ...outcome, types: [] });
  }
  return [...all.values()];
}
