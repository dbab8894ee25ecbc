/**
 * The release that comes with this program, as data in profiles/VERSION: base.yaml plus the overlay of a type, and the
 * profiles. Entries of `steps` merge by id here, and `corrections` of a step say where upstream's documents differ.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { deepFreeze } from "../model/freeze.ts";
import { mergeMaps } from "../model/merge.ts";
import { valueAt } from "../model/path.ts";
import type { Json, JsonObject, Path, ReleaseType } from "../model/settings.ts";
import { aliasNames } from "./exposure/profile-aliases.ts";
import { parseFile, type SourceFile } from "./yaml/yaml-file.ts";

/** What the bundle's own tokens stand for; only the namespace is one in other documents too. */
export interface BundleTokens {
  readonly namespace: string;
  /** Host of each Service in type ingress, by the Service's name. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly scheme: "http" | "https";
  readonly otelEndpoint: string;
}

/** A step of base.yaml that the configuration asks for beside those of the type. */
export interface ExtraStep {
  readonly component: string;
  readonly id: string;
}

/** What upstream's documents have at a place where the bundled ones differ on purpose. */
export interface Deviation {
  /** Undefined: upstream has nothing there. */
  readonly upstream?: Json;
  readonly why: string;
}

/** By the path that it is about: of a step below its input, of a profile from the top. */
export type Deviations = Readonly<Record<string, Deviation>>;

type ReleaseStep = JsonObject & { id: string };

/** A step as a file of the bundle has it. */
type BundledStep = ReleaseStep & { corrections?: Record<string, Deviation & JsonObject> };

const profilesFolder = new URL("../profiles/", import.meta.url);

/** The platform version whose documents come with this program: the name of their folder. A stray file beside it is none. */
export const bundledVersion = readdirSync(profilesFolder).find((name) =>
  existsSync(new URL(`${name}/base.yaml`, profilesFolder)),
) as string;

const folder = `profiles/${bundledVersion}`;

/** Names of the bundled profiles, those that stand for a key included. */
export const bundledProfiles: readonly string[] = readdirSync(new URL(`${bundledVersion}/`, profilesFolder))
  .flatMap((file) => /^profile-(.+)\.yaml$/.exec(file)?.[1] ?? [])
  .concat(aliasNames)
  .sort();

/** Names of the charts that the release installs. */
export const bundledCharts: readonly string[] = [
  ...bundledText("base.yaml").matchAll(/^ {6}repo: (\S+)$/gm),
].map(([, name]) => name as string);

/** The bundled release document of a type. */
export function bundledRelease(
  type: ReleaseType,
  tokens: BundleTokens,
  extra: readonly ExtraStep[] = [],
): SourceFile {
  const base = read("base.yaml", tokens);
  const overlay = read(`${type}.yaml`, tokens);
  const definition = mergeMaps(
    base.root["componentsDefinition"] as JsonObject,
    (overlay.root["componentsDefinition"] ?? {}) as JsonObject,
  ) as Record<string, JsonObject & { steps: string[] }>;
  for (const { component, id } of extra) {
    const { steps, ...rest } = definition[component] as JsonObject & { steps: string[] };
    definition[component] = { ...rest, steps: [...new Set([...steps, id])] };
  }
  const claimed = new Set(Object.values(definition).flatMap(({ steps }) => steps));
  const catalogue = stepsOf(base);
  const additions = new Map(stepsOf(overlay).map((step) => [step.id, step]));
  for (const id of [...claimed, ...additions.keys()]) {
    if (!catalogue.some((step) => step.id === id))
      throw new Error(`${type}.yaml: base.yaml has no step ${id}`);
  }
  const steps = catalogue
    .filter((step) => claimed.has(step.id))
    .map((step) => {
      const { corrections: _, ...whole } = mergeMaps(step, additions.get(step.id) ?? {}) as BundledStep;
      return whole as ReleaseStep;
    });
  return {
    file: `bundled release (${folder}/base.yaml and ${folder}/${type}.yaml)`,
    root: { componentsDefinition: definition, steps },
    lineOf: () => undefined,
    partOf: (path) => {
      for (const part of [overlay, base]) {
        const own = pathInPart(path, steps, part);
        if (own && (part === base || valueAt(part.root, own) !== undefined)) {
          return { file: part.file, line: part.lineOf(own) };
        }
      }
      return { file: base.file, line: undefined };
    },
  };
}

/** A path of the whole in one of its parts, where the same step has another index; undefined when it has no such step. */
function pathInPart(path: Path, steps: readonly ReleaseStep[], part: SourceFile): Path | undefined {
  const [section, index, ...rest] = path;
  if (section !== "steps" || typeof index !== "number") return path;
  const own = stepsOf(part).findIndex(({ id }) => id === steps[index]?.id);
  return own < 0 ? undefined : [section, own, ...rest];
}

/** What a type's overlay lays over the steps of base.yaml, by step: below `with` its input, and where upstream differs. */
export function typeOverlay(type: ReleaseType, tokens: BundleTokens): ReadonlyMap<string, StepPart> {
  return partsOf(read(`${type}.yaml`, tokens));
}

/** The same for what all types have. */
export function commonSteps(tokens: BundleTokens): ReadonlyMap<string, StepPart> {
  return partsOf(read("base.yaml", tokens));
}

/** What one file of the bundle says of a step. */
export interface StepPart {
  readonly with: JsonObject;
  readonly corrections: Deviations;
}

function partsOf(source: SourceFile): Map<string, StepPart> {
  return new Map(
    stepsOf(source).map(({ id, with: input = {}, corrections = {} }) => [
      id,
      { with: input as JsonObject, corrections },
    ]),
  );
}

function stepsOf({ root }: SourceFile): BundledStep[] {
  return (root["steps"] ?? []) as BundledStep[];
}

/** A bundled profile that is a document, for overrides. */
export function bundledProfile(name: string, tokens: BundleTokens): SourceFile {
  const source = read(`profile-${name}.yaml`, tokens);
  const { corrections: _, ...root } = source.root;
  return { ...source, root };
}

/** Where upstream's file of a bundled profile differs. */
export function profileDeviations(name: string, tokens: BundleTokens): Deviations {
  return (read(`profile-${name}.yaml`, tokens).root["corrections"] ?? {}) as unknown as Deviations;
}

/** A bundled file as it is written. */
export function bundledText(name: string): string {
  return readFileSync(new URL(`${bundledVersion}/${name}`, profilesFolder), "utf8");
}

/** What was parsed, by file and tokens: the bundle does not change while a process runs, and its base takes 30 ms. */
const parsed = new Map<string, SourceFile>();

function read(name: string, tokens: BundleTokens): SourceFile {
  const key = JSON.stringify([name, tokens]);
  const source = parsed.get(key) ?? parse(name, tokens);
  parsed.set(key, source);
  return source;
}

function parse(name: string, { namespace, hosts, scheme, otelEndpoint }: BundleTokens): SourceFile {
  const text = bundledText(name);
  const tokens = {
    Namespace: namespace,
    Scheme: scheme,
    OtelEndpoint: otelEndpoint,
    ...Object.fromEntries(Object.entries(hosts).map(([service, host]) => [hostToken(service), host])),
  };
  const { source, problems } = parseFile(text, `bundled ${folder}/${name}`, tokens);
  if (source === undefined) throw new Error(`${folder}/${name} is broken: ${JSON.stringify(problems)}`);
  deepFreeze(source.root);
  return source;
}

/** `EventsPresenterHost` for events-presenter. */
function hostToken(service: string): string {
  return `${service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Host`;
}
