/**
 * A release document of upstream's with everything of ours: the corrections, the steps that upstream lacks, and the types
 * of exposure that upstream has no document for.
 */
import { knownStep } from "../../components/catalogue.ts";
import { mergeMaps } from "../../model/merge.ts";
import { leavesOf, valueAt, withValueAt } from "../../model/path.ts";
import type { Json, JsonObject, Path, ReleaseType } from "../../model/settings.ts";
import { type BundleTokens, bundledRelease, commonSteps, type ExtraStep, typeOverlay } from "../bundle.ts";
import type { SourceFile } from "../yaml/yaml-file.ts";
import { type CorrectionOutcome, corrected, correctionsOf } from "./corrections.ts";

/** Types that upstream has documents for. */
export const upstreamTypes: readonly ReleaseType[] = ["nodeport", "loadbalancer", "ingress"];

/** The type whose document of upstream's a type is made from: its own, else nodeport's, with its exposure taken out again. */
export function basisOf(type: ReleaseType): ReleaseType {
  return upstreamTypes.includes(type) ? type : "nodeport";
}

type Step = JsonObject & { id: string; type: string; with?: JsonObject };
type Components = Readonly<Record<string, JsonObject & { steps?: string[] }>>;

/** What became of one correction, with the place of its value in upstream's file. */
export interface PlacedOutcome extends CorrectionOutcome {
  readonly at: Path;
}

export interface ComposedRelease {
  readonly source: SourceFile;
  readonly outcomes: readonly PlacedOutcome[];
}

interface CompositionOptions {
  readonly tokens: BundleTokens;
  /** Steps that the configuration asks for beside those of the type. */
  readonly extra: readonly ExtraStep[];
  /** Ids of corrections whose value the user keeps as upstream has it. */
  readonly keep: readonly string[];
}

/**
 * Charts that the bundled release has and upstream's document has not any more stay as steps that are skipped: what an
 * installation has of them is then removed, and guarded, like a component that is switched off.
 *
 * @param upstream Upstream's document of `basisOf(type)`, its shape checked.
 */
export function composedRelease(
  upstream: SourceFile,
  type: ReleaseType,
  { tokens, extra, keep }: CompositionOptions,
): ComposedRelease {
  const bundled = bundledRelease(type, tokens, extra);
  const ours = stepsOf(bundled);
  const theirs = stepsOf(upstream);
  const common = commonSteps(tokens);
  const overlay = typeOverlay(type, tokens);
  const basis = basisOf(type) === type ? undefined : typeOverlay(basisOf(type), tokens);
  const outcomes: PlacedOutcome[] = [];

  const adapted = (step: Step): Step => {
    const ourInput = ours.find(({ id }) => id === step.id)?.with ?? {};
    const corrections = (basis ? [common] : [common, overlay]).flatMap((parts) =>
      correctionsOf(step.id, parts.get(step.id)?.corrections ?? {}, ourInput),
    );
    const { result, outcomes: found } = corrected(step.with ?? {}, corrections, keep);
    const at = (path: Path): Path => ["steps", theirs.indexOf(step), "with", ...path];
    outcomes.push(...found.map((outcome) => ({ ...outcome, at: at(outcome.path) })));
    if (basis === undefined) return { ...step, with: result };
    const { with: input = {}, corrections: other = {} } = basis.get(step.id) ?? {};
    const exposure = [...leavesOf(input), ...correctionsOf(step.id, other, {}).map(({ path }) => path)];
    const bare = exposure.reduce((rest, path) => withValueAt(rest, path, undefined) as JsonObject, result);
    return { ...step, with: mergeMaps(bare, overlay.get(step.id)?.with ?? {}) as JsonObject };
  };

  // Of the type that another one is made from, the variables for its exposure go.
  const isForeign = ({ id }: Step): boolean => basis !== undefined && common.has(id) && !has(ours, id);
  const kept = theirs.filter((step) => !isForeign(step)).map(adapted);
  const missing = ours.filter(({ id }) => !has(kept, id));
  const gone: Step[] = [];
  for (const step of missing) if (isGone(step, gone)) gone.push(step);
  const added = missing.map((step) => (gone.includes(step) ? { ...step, skip: true } : step));
  const all = new Map([...kept, ...added].map((step) => [step.id, step]));
  const steps = inserted(idsOf(kept), idsOf(ours)).map((id) => all.get(id) as Step);
  const foreign = theirs.filter(isForeign);
  const root = { ...upstream.root, componentsDefinition: definition(upstream, bundled, foreign), steps };
  return { source: traced(root, upstream, bundled), outcomes };
}

function stepsOf({ root }: Pick<SourceFile, "root">): Step[] {
  return (root["steps"] ?? []) as Step[];
}

function componentsOf({ root }: SourceFile): Components {
  return (root["componentsDefinition"] ?? {}) as Components;
}

function idsOf(steps: readonly Step[]): string[] {
  return steps.map(({ id }) => id);
}

function has(steps: readonly Step[], id: string): boolean {
  return steps.some((step) => step.id === id);
}

/** Whether a step of ours that upstream lacks is a chart's, or nothing without what is gone before it. */
function isGone({ id, type, with: input }: Step, before: readonly Step[]): boolean {
  const source = valueAt(input, ["valueFrom", "metadata", "name"]);
  return (
    type === "chart" ||
    before.some(
      (gone) =>
        knownStep(id)?.needs.some(({ on }) => on === gone.id) ||
        (source !== undefined &&
          [gone.with?.["releaseName"], valueAt(gone.with, ["metadata", "name"])].includes(source as Json)),
    )
  );
}

/** Upstream's components with our steps in them. One that is gone stays, with its steps. */
function definition(upstream: SourceFile, bundled: SourceFile, foreign: readonly Step[]): JsonObject {
  const [theirs, ours] = [componentsOf(upstream), componentsOf(bundled)];
  const owned = new Set(Object.values(theirs).flatMap(({ steps }) => steps ?? []));
  const names = inserted(Object.keys(theirs), Object.keys(ours));
  const entries = names.map((name): [string, JsonObject] => {
    const { steps = [], ...rest } = theirs[name] ?? { ...ours[name], steps: [] };
    const own = steps.filter((id) => !has(foreign, id));
    const wanted = (ours[name]?.steps ?? []).filter((id) => own.includes(id) || !owned.has(id));
    return [name, { ...rest, steps: inserted(own, wanted) }];
  });
  return Object.fromEntries(entries);
}

/** Puts what a list lacks of another one behind what stands before it there. */
function inserted(list: readonly string[], wanted: readonly string[]): string[] {
  const result = [...list];
  wanted.forEach((item, index) => {
    if (result.includes(item)) return;
    const before = wanted.slice(0, index).findLast((other) => result.includes(other));
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, item);
  });
  return result;
}

/** The document as one file of upstream's, with the way back to the file that a value comes from. */
function traced(root: JsonObject, upstream: SourceFile, bundled: SourceFile): SourceFile {
  const inDocument = (document: Pick<SourceFile, "root">, path: Path): Path | undefined => {
    const [section, index, ...rest] = path;
    if (section !== "steps" || typeof index !== "number") return path;
    const id = stepsOf({ root })[index]?.id;
    const there = stepsOf(document).findIndex((step) => step.id === id);
    return there < 0 ? undefined : [section, there, ...rest];
  };
  const lineOf = (path: Path): number | undefined => {
    const there = inDocument(upstream, path);
    return there && upstream.lineOf(there);
  };
  return {
    file: upstream.file,
    root,
    lineOf,
    partOf: (path) => {
      const there = inDocument(upstream, path);
      const isTheirs =
        there && JSON.stringify(valueAt(upstream.root, there)) === JSON.stringify(valueAt(root, path));
      const own = isTheirs ? undefined : inDocument(bundled, path);
      return (own && bundled.partOf?.(own)) ?? { file: upstream.file, line: lineOf(path) };
    },
  };
}
