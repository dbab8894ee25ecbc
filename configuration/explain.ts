/** Says what a value is, which layer set it, and what the layers below said. */

import { nearestFirst } from "../model/nearest.ts";
import { pathText, startsWith, valueAt } from "../model/path.ts";
import { ConfigurationError, type Problem, stackConfiguration } from "../model/problem.ts";
import { isMap, type Tree } from "../model/secret-value.ts";
import type { Json, Path } from "../model/settings.ts";
import { shown } from "../model/shown.ts";
import { placesOf } from "./computed-step.ts";
import { documentKeys } from "./document.ts";
import { saidAt } from "./layers.ts";
import type { Configuration } from "./load.ts";
import { pathInLayer } from "./override-steps.ts";
import { definitionSection, documentSteps } from "./resolved-components.ts";
import { parseSetPath } from "./set-paths.ts";
import { placeIn } from "./yaml/yaml-file.ts";

/** One place that says something about a value. */
export interface Setting {
  readonly file: string;
  /** Undefined in the stack configuration. */
  readonly line?: number;
  /** Where in that file; shorter than what was asked for when it replaces all of it. */
  readonly path: string;
  readonly value: Json;
}

export interface Explanation {
  /** As it was asked for. */
  readonly path: string;
  /** The step whose input it is. */
  readonly step?: string;
  /** Undefined when a layer takes away what another one sets. */
  readonly value?: Json;
  /** Highest first: the first one counts, or all of them where they are maps. None for a default. */
  readonly settings: readonly Setting[];
}

/** What is asked for: its value, where it may be set, and what its neighbours are called. */
interface Subject {
  readonly value: Tree | undefined;
  readonly places: readonly Path[];
  readonly step?: string;
  readonly root: Tree | undefined;
  /** Path of the value below `root`. */
  readonly below: Path;
}

/**
 * @param text A path in the document (`components.finops.enabled`), or a chart's value behind the name of its step or
 *   Helm release (`authn.env.AUTHN_DEBUG`); behind `with`, an input of the step (`authn.with.version`).
 * @throws ConfigurationError for a path that leads nowhere, with the nearest name
 */
export function explainPath(configuration: Configuration, text: string): Explanation {
  const path = parseSetPath(text);
  if (path === undefined) {
    throw new ConfigurationError([
      {
        what: "a path that cannot be read",
        given: text,
        allowed: "keys joined by dots, list items as [0], a dot inside a key as \\.",
      },
    ]);
  }
  const subject = subjectOf(configuration, path);
  const settings = subject.places.flatMap((place) => settingsAt(configuration, place));
  if (subject.value === undefined && settings.length === 0) {
    throw new ConfigurationError([nowhere(text, subject)]);
  }
  return {
    path: text,
    ...(subject.step !== undefined && { step: subject.step }),
    ...(subject.value !== undefined && { value: shown(subject.value, path) }),
    settings,
  };
}

function subjectOf(configuration: Configuration, path: Path): Subject {
  const { document } = configuration;
  const [first, component, section, step, kind, ...rest] = path;
  if (section === "stepConfig" && typeof step === "string" && (kind === "helmValues" || kind === "with")) {
    return inputOf(configuration, step, kind === "with" ? rest : ["values", ...rest]);
  }
  if (first === "components" && typeof component === "string") {
    const below = path.slice(2);
    const places = [path, [definitionSection(document), component, ...below]];
    const root: Tree = { enabled: true, ...asMap(document, places[1], 2), ...asMap(document, path, 2) };
    return { value: valueAt(root, below) as Tree | undefined, places: distinct(places), root, below };
  }
  if (documentKeys.includes(String(first))) {
    return {
      value: valueAt(document, path) as Tree | undefined,
      places: [path],
      root: document,
      below: path,
    };
  }
  const [, ...input] = path;
  const name = String(first);
  if (input[0] === "with") return inputOf(configuration, name, input.slice(1));
  const isChart = stepNamed(configuration, name)?.type === "chart";
  return inputOf(configuration, name, isChart ? ["values", ...input] : input);
}

function asMap(document: Tree, path: Path | undefined, length: number): { [key: string]: Tree } {
  const found = valueAt(document, path?.slice(0, length) ?? []) as Tree | undefined;
  return isMap(found) ? found : {};
}

/** An input of a step, below `with`. */
function inputOf(configuration: Configuration, name: string, path: Path): Subject {
  const step = stepNamed(configuration, name);
  if (step === undefined) throw new ConfigurationError([unknownName(configuration, name)]);
  const found = documentSteps(configuration.document).find(({ id }) => id === step.id);
  const computed = configuration.steps.find(({ id }) => id === step.id);
  const defaults: { [key: string]: Tree } =
    step.type === "chart"
      ? {
          releaseName: step.release.name,
          namespace: step.release.namespace,
          wait: step.wait,
          timeout: `${step.timeoutSeconds}s`,
          maxHistory: step.maxHistory,
        }
      : {};
  const root: Tree = { ...defaults, ...computed?.with };
  return {
    value: valueAt(root, path) as Tree | undefined,
    places: distinct(
      placesOf(configuration.document, { id: step.id, index: found?.index ?? 0 }, step.component, path),
    ),
    step: step.id,
    root,
    below: path,
  };
}

function stepNamed({ settings }: Configuration, name: string) {
  return (
    settings.steps.find(({ id }) => id === name) ??
    settings.steps.find((step) => step.type === "chart" && step.release.name === name)
  );
}

function distinct(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [pathText(path), path])).values()];
}

/** What each layer says at one place of the document, highest first. */
function settingsAt({ document, layers, set }: Configuration, place: Path): Setting[] {
  const own = set.toReversed().flatMap(({ path, value }): Setting[] => {
    const inside = startsWith(path, place);
    const found = inside ? { path, value } : startsWith(place, path) && saidAt(value, path, place);
    if (!found) return [];
    const at = inside ? path : found.path;
    return [
      { file: stackConfiguration, path: `krateo:set ${pathText(path)}`, value: shown(found.value, at) },
    ];
  });
  const documents = layers.toReversed().flatMap(({ source, base, root }): Setting[] => {
    const there = pathInLayer(document, root, place);
    const found = there && saidAt(root, [], there);
    if (!found) return [];
    const inFile = [...base, ...found.path];
    const { file = source.file, line } = source.partOf?.(inFile) ?? placeIn(source, inFile);
    const path = pathText(inFile);
    return [{ file, ...(line !== undefined && { line }), path, value: shown(found.value, found.path) }];
  });
  return [...own, ...documents];
}

function nowhere(text: string, { root, below, step }: Subject): Problem {
  const length = below.findIndex((_, index) => valueAt(root, below.slice(0, index + 1)) === undefined);
  const parent = valueAt(root, below.slice(0, length)) as Tree | undefined;
  const names = isMap(parent) ? Object.keys(parent) : [];
  return {
    what: `no layer sets anything at ${text}`,
    ...(names.length > 0 && { allowed: nearestFirst(String(below[length]), names) }),
    next:
      step === undefined
        ? "npx krateo render prints the whole document"
        : "npx krateo render prints all that is set; for what is not, the chart's own default counts: helm show values",
  };
}

function unknownName({ settings }: Configuration, name: string): Problem {
  const releases = settings.steps.flatMap((step) => (step.type === "chart" ? [step.release.name] : []));
  const known = [...documentKeys, ...releases, ...settings.steps.map(({ id }) => id)];
  return {
    what: `there is no section, step or Helm release "${name}"`,
    allowed: nearestFirst(name, known),
    next: "npx krateo explain authn.env, or a path in the document such as components.finops.enabled",
  };
}
