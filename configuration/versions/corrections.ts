/**
 * Corrections of upstream's documents, as data: the files in profiles/ say below `corrections` where they differ from
 * upstream's, with the value that upstream is expected to have and the reason. Here they are applied to a document of
 * upstream's, of whichever version. Ours is the value that stands in those files.
 */
import { isDeepStrictEqual } from "node:util";
import { valueAt, withValueAt } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { Json, JsonObject, Path } from "../../model/settings.ts";
import type { Deviations } from "../bundle.ts";
import { parseSetPath } from "../set-paths.ts";

/** One difference from upstream's documents, made on purpose. */
export interface Correction {
  /** What it is called: the step or profile, and the path in it. */
  readonly id: string;
  readonly path: Path;
  /** What upstream is expected to have; undefined: nothing. */
  readonly upstream: Json | undefined;
  /** Undefined: it is taken out. */
  readonly ours: Json | undefined;
  readonly why: string;
}

/**
 * What became of a correction. `applied`: upstream has the value that was expected, and ours took its place. `obsolete`:
 * upstream has ours already. `kept`: upstream has a third one, which the user wants to keep. `unexpected`: the same, and
 * nobody has said so.
 */
export interface CorrectionOutcome extends Correction {
  readonly state: "applied" | "obsolete" | "kept" | "unexpected";
  readonly found: Json | undefined;
}

/** @param owner Step or profile. @param ours What it says in profiles/. */
export function correctionsOf(owner: string, deviations: Deviations, ours: JsonObject): Correction[] {
  return Object.entries(deviations).map(([text, { upstream, why }]) => {
    const path = parseSetPath(text);
    if (path === undefined) throw new Error(`profiles/: ${owner} has a correction at no path: ${text}`);
    return { id: `${owner}.${text}`, path, upstream, ours: valueAt(ours, path) as Json | undefined, why };
  });
}

/**
 * Lays corrections over a document of upstream's, or over the input of one of its steps.
 *
 * @param keep Ids of those whose value the user keeps as upstream has it, where it is not the expected one
 */
export function corrected(
  given: JsonObject,
  corrections: readonly Correction[],
  keep: readonly string[],
): { result: JsonObject; outcomes: CorrectionOutcome[] } {
  let result = given;
  const outcomes = corrections.map((correction): CorrectionOutcome => {
    const found = valueAt(given, correction.path) as Json | undefined;
    const state = stateOf(correction, found, keep);
    if (state === "applied") result = withValueAt(result, correction.path, correction.ours) as JsonObject;
    return { ...correction, state, found };
  });
  return { result, outcomes };
}

function stateOf(
  { id, upstream, ours }: Correction,
  found: Json | undefined,
  keep: readonly string[],
): CorrectionOutcome["state"] {
  if (isDeepStrictEqual(found, ours)) return "obsolete";
  if (isDeepStrictEqual(found, upstream)) return "applied";
  return keep.includes(id) ? "kept" : "unexpected";
}

/** @param place where the value stands in upstream's file */
export function unexpectedProblem(
  { id, upstream, found, ours, why }: CorrectionOutcome,
  version: string,
  place: Pick<Problem, "file" | "line" | "path">,
): Problem {
  return {
    what: `upstream's ${version} has another value than the one that this program corrects: ${why}`,
    ...place,
    given: valueText(found),
    allowed: `${valueText(upstream)}, which is replaced by ${valueText(ours)}`,
    next: `to keep upstream's value, add the version again as before with: --keep-upstream ${id}`,
  };
}

/** A value on one line. */
export function valueText(value: Json | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
