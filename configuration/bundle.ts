/**
 * The release that comes with this program, as data in profiles/VERSION: base.yaml plus the overlay of a type, and the
 * profiles. Only here do entries of `steps` merge by id; in every other document lists are replaced.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mergeMaps } from "../model/merge.ts";
import { valueAt } from "../model/path.ts";
import type { JsonObject, Path, ReleaseType } from "../model/settings.ts";
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

type ReleaseStep = JsonObject & { id: string };

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
  const catalogue = base.root["steps"] as ReleaseStep[];
  const additions = new Map((overlay.root["steps"] as ReleaseStep[]).map((step) => [step.id, step]));
  for (const id of [...claimed, ...additions.keys()]) {
    if (!catalogue.some((step) => step.id === id))
      throw new Error(`${type}.yaml: base.yaml has no step ${id}`);
  }
  const steps = catalogue
    .filter((step) => claimed.has(step.id))
    .map((step) => mergeMaps(step, additions.get(step.id) ?? {}) as ReleaseStep);
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
  const own = (part.root["steps"] as ReleaseStep[]).findIndex(({ id }) => id === steps[index]?.id);
  return own < 0 ? undefined : [section, own, ...rest];
}

/** A bundled profile that is a document, for overrides. */
export function bundledProfile(name: string, tokens: BundleTokens): SourceFile {
  return read(`profile-${name}.yaml`, tokens);
}

/** A bundled file as it is written. */
export function bundledText(name: string): string {
  return readFileSync(new URL(`${bundledVersion}/${name}`, profilesFolder), "utf8");
}

function read(name: string, { namespace, hosts, scheme, otelEndpoint }: BundleTokens): SourceFile {
  const text = bundledText(name);
  const tokens = {
    Namespace: namespace,
    Scheme: scheme,
    OtelEndpoint: otelEndpoint,
    ...Object.fromEntries(Object.entries(hosts).map(([service, host]) => [hostToken(service), host])),
  };
  const { source, problems } = parseFile(text, `bundled ${folder}/${name}`, tokens);
  if (source === undefined) throw new Error(`${folder}/${name} is broken: ${JSON.stringify(problems)}`);
  return source;
}

/** `EventsPresenterHost` for events-presenter. */
function hostToken(service: string): string {
  return `${service.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Host`;
}
