/** What two platform versions install differently, whatever a stack lays over them. */
import { isDeepStrictEqual } from "node:util";
import { leavesOf, pathText, valueAt } from "../../model/path.ts";
import type { Json, ReleaseType, Step } from "../../model/settings.ts";
import { bundledRelease, bundledVersion } from "../bundle.ts";
import { bundleTokens } from "../exposure/layer.ts";
import { platformImages } from "../images/platform-images.ts";
import { type Findings, type Layer, originIn } from "../layers.ts";
import { resolveSteps } from "../resolved-steps.ts";
import { defaultOtelEndpoint } from "../stack-config.ts";
import { valueText } from "./corrections.ts";
import { exampleConfig } from "./example-config.ts";
import { storedRelease, storedVersion } from "./stored-version.ts";

export interface VersionDifference {
  readonly from: string;
  readonly to: string;
  readonly charts: {
    readonly added: readonly { readonly step: string; readonly chart: string }[];
    readonly gone: readonly { readonly step: string; readonly chart: string }[];
    readonly changed: readonly {
      readonly step: string;
      readonly chart: string;
      readonly from: string;
      readonly to: string;
    }[];
  };
  /** Of steps that both have; `from` or `to` is left out where there is nothing. */
  readonly values: readonly {
    readonly step: string;
    readonly path: string;
    readonly from?: Json;
    readonly to?: Json;
  }[];
  /** As pods name them. */
  readonly images: { readonly added: readonly string[]; readonly gone: readonly string[] };
}

/**
 * @param directory The project's folder.
 * @returns undefined when the documents of one are not in the project, or cannot be used
 */
export function differenceOf(
  directory: string,
  type: ReleaseType,
  from: string,
  to: string,
): VersionDifference | undefined {
  const [before, after] = [from, to].map((version) => stepsOfVersion(directory, type, version));
  if (before === undefined || after === undefined) return undefined;
  const [old, next] = [before, after].map((steps) => new Map(steps.map((step) => [step.id, step])));
  const only = (steps: readonly Step[], others: ReadonlyMap<string, Step> | undefined) =>
    steps.flatMap((step) =>
      step.type === "chart" && !others?.has(step.id)
        ? [{ step: step.id, chart: `${step.chart.name} ${step.chart.version}` }]
        : [],
    );
  const changed = after.flatMap((step) => {
    const was = old?.get(step.id);
    if (step.type !== "chart" || was?.type !== "chart" || isDeepStrictEqual(was.chart, step.chart)) return [];
    const { name } = step.chart;
    const named = (one: typeof step.chart): string =>
      one.name === name ? one.version : `${one.name} ${one.version}`;
    return [{ step: step.id, chart: name, from: named(was.chart), to: named(step.chart) }];
  });
  return {
    from,
    to,
    charts: { added: only(after, old), gone: only(before, next), changed },
    values: after.flatMap((step) => valueDifferences(old?.get(step.id), step)),
    images: imageDifferences(before, after),
  };
}

/**
 * The steps that a version installs, without anything of a stack's.
 *
 * @returns undefined when its documents are not in the project, or cannot be used
 */
export function stepsOfVersion(directory: string, type: ReleaseType, version: string): Step[] | undefined {
  const findings: Findings = { problems: [], warnings: [] };
  const tokens = bundleTokens("krateo-system", exampleConfig[type], defaultOtelEndpoint);
  const layer = version === bundledVersion ? bundled(type, tokens) : added();
  if (layer === undefined || findings.problems.length > 0) return undefined;
  const { steps } = resolveSteps({ document: layer.root, origin: originIn([layer], []) }, "krateo-system");
  return steps.filter(({ enabled }) => enabled);

  function added(): Layer | undefined {
    const stored = storedVersion(directory, version, findings);
    return stored && storedRelease(stored, type, { tokens, extra: [] }, findings)?.layer;
  }
}

function bundled(type: ReleaseType, tokens: Parameters<typeof bundledRelease>[1]): Layer {
  const source = bundledRelease(type, tokens);
  return { source, base: [], root: source.root };
}

function valueDifferences(before: Step | undefined, after: Step): VersionDifference["values"] {
  if (before?.type !== "chart" || after.type !== "chart") return [];
  const paths = new Map(
    [before, after].flatMap(({ values }) => leavesOf(values).map((path) => [pathText(path), path])),
  );
  return [...paths].flatMap(([text, path]) => {
    const [from, to] = [before, after].map(({ values }) => valueAt(values, path) as Json | undefined);
    if (isDeepStrictEqual(from, to)) return [];
    return [
      { step: after.id, path: text, ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    ];
  });
}

function imageDifferences(before: readonly Step[], after: readonly Step[]): VersionDifference["images"] {
  const [old, next] = [before, after].map((steps) => {
    const images = platformImages({ steps, images: { strict: false, pullSecrets: [], redirected: [] } });
    return [...new Set(images.map(({ reference }) => reference))];
  }) as [string[], string[]];
  return {
    added: next.filter((image) => !old.includes(image)),
    gone: old.filter((image) => !next.includes(image)),
  };
}

/** A line for each difference. */
export function differenceLines({ charts, values, images }: VersionDifference): string[] {
  const lines = [
    ...charts.changed.map(({ chart, from, to }) => `chart ${chart} ${from} -> ${to}`),
    ...charts.added.map(({ step, chart }) => `chart ${chart} is new (${step})`),
    ...charts.gone.map(
      ({ step, chart }) => `chart ${chart} is gone (${step}): what is installed of it would be removed`,
    ),
    ...values.map(
      ({ step, path, from, to }) => `value ${step} ${path}: ${valueText(from)} -> ${valueText(to)}`,
    ),
    ...images.added.map((image) => `image ${image} is new`),
    ...images.gone.map((image) => `image ${image} is gone`),
  ];
  return lines.length > 0 ? lines : ["no chart and no value differs"];
}

/** What a preview says of another version than the one that is installed. @param directory The project's folder. */
export function changeLines(directory: string, type: ReleaseType, from: string, to: string): string[] {
  const difference = differenceOf(directory, type, from, to);
  const lines = difference
    ? differenceLines(difference)
    : [`what differs is not known: the documents of ${from} are not in the project`];
  return [`platform version ${from} -> ${to}`, ...lines.map((line) => `  ${line}`)];
}
