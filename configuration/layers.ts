/** Finds and reads the layers of configuration, and says where in them a value comes from. */
import path from "node:path";
import { mergeMaps } from "../model/merge.ts";
import { nearestFirst } from "../model/nearest.ts";
import { pathText, valueAt } from "../model/path.ts";
import { type Problem, stackConfiguration } from "../model/problem.ts";
import { isMap, type TreeObject } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";
import { type BundleTokens, bundledProfile, bundledProfiles, typesFor } from "./bundle.ts";
import { checkDocument } from "./document.ts";
import { nearNames, nearProfiles, profileFileName, profileFilesIn } from "./near-names.ts";
import { type PartialSteps, takePartialSteps } from "./partial-steps.ts";
import { namesOf, type StackConfig } from "./stack-config.ts";
import { readTextFile, type TextFile } from "./yaml/text-file.ts";
import { parseFile, placeIn, type SourceFile } from "./yaml/yaml-file.ts";

/** One document, or the part of one that counts as a layer. */
export interface Layer {
  readonly source: SourceFile;
  /** Path of the layer's root inside the file. */
  readonly base: Path;
  readonly root: TreeObject;
  /** Lists of single steps that were taken out of the root; none where nothing was. */
  readonly partialSteps?: readonly PartialSteps[];
}

/** What has been found out so far; every stage adds to it. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: string[];
}

/** Override file that is read when the stack configuration names none. */
export const defaultOverrides = "krateo-overrides.yaml";

/** Parses a file of the user's and checks its shape; undefined when it cannot be used at all. */
export function readLayer(
  kind: "release" | "profile" | "overrides",
  given: TextFile,
  name: string,
  namespace: string,
  findings: Findings,
): Layer | undefined {
  if ("problem" in given) {
    findings.problems.push(given.problem);
    return undefined;
  }
  const { text } = given;
  const { source, problems, warnings } = parseFile(text, name, { Namespace: namespace });
  findings.problems.push(...problems);
  findings.warnings.push(...warnings);
  if (source === undefined) return undefined;
  const whole = kind === "release";
  const { root, partial } = whole ? { root: source.root, partial: [] } : takePartialSteps(source.root);
  const checked = checkDocument(kind, root, (at) => placeIn(source, at));
  findings.problems.push(...checked.problems);
  return { source, base: [], root: checked.usable, partialSteps: partial };
}

/**
 * Everything above the release document, lowest first: each profile in the order named (the bundled
 * one, then the file of that name), the profiles inside the override file, the rest of it.
 */
export function overrideLayers(
  config: StackConfig,
  directory: string,
  tokens: BundleTokens,
  findings: Findings,
): { layers: Layer[]; profiles: string[] } {
  const name = config.overrides ?? defaultOverrides;
  const file = path.resolve(directory, name);
  const folder = path.dirname(file);
  const given = readTextFile(file, name);
  passedOver(folder, path.basename(file), config.overrides === undefined, findings);
  if (given === undefined && config.overrides !== undefined) {
    findings.problems.push({
      what: "the override file does not exist",
      file: stackConfiguration,
      path: "krateo:overrides",
      given: name,
      next: "create it, or take the key out: pulumi config rm krateo:overrides",
    });
  }
  const base =
    given === undefined ? undefined : readLayer("overrides", given, name, config.namespace, findings);
  const profiles = profileNames(config, base);
  const inFile = isMap(base?.root["profiles"]) ? base.root["profiles"] : {};
  const fromFiles: Layer[] = [];
  const fromBase: Layer[] = [];
  for (const profile of profiles) {
    // One that is made for another type names steps that this one lacks; it is reported, and once is enough.
    if (!(typesFor(profile)?.includes(config.type) ?? true)) continue;
    const overlay = bundledProfiles.includes(profile) ? bundledProfile(profile, tokens) : undefined;
    if (overlay !== undefined) fromFiles.push({ source: overlay, base: [], root: overlay.root });
    const profileFile = profileFileName(profile);
    const shown = path.join(path.dirname(name), profileFile);
    const ownFile = isFileName(profile) ? readTextFile(path.join(folder, profileFile), shown) : undefined;
    if (ownFile !== undefined) {
      const layer = readLayer("profile", ownFile, shown, config.namespace, findings);
      if (layer !== undefined) fromFiles.push(layer);
    }
    const entry = Object.hasOwn(inFile, profile) ? inFile[profile] : undefined;
    if (base !== undefined && isMap(entry)) {
      fromBase.push({ source: base.source, base: ["profiles", profile], root: entry });
    }
    // A file that is missing or cannot be read may hold it.
    const readable = base !== undefined || (given === undefined && config.overrides === undefined);
    if (readable && overlay === undefined && ownFile === undefined && entry === undefined) {
      const known = [...bundledProfiles, ...profileFilesIn(folder), ...Object.keys(inFile)];
      findings.problems.push(unknownProfile(profile, known, config, base, folder));
    }
  }
  const { profile: _, profiles: __, ...rest } = base?.root ?? {};
  const own: Layer[] = base === undefined ? [] : [{ ...base, root: rest }];
  return { layers: [...fromFiles, ...fromBase, ...own], profiles };
}

/** Files that are like the override file or a profile's: named, and refused where the one that is meant is not there. */
function passedOver(folder: string, overrides: string, isDefault: boolean, findings: Findings): void {
  const like = [...(isDefault ? nearNames(folder, [defaultOverrides]) : []), ...nearProfiles(folder)];
  for (const { file, meant, taken } of like) {
    if (file === overrides) continue;
    if (meant === defaultOverrides && !taken) findings.problems.push(misnamed(file, meant));
    else findings.warnings.push(`${file} is not read: the name of such a file is ${meant}`);
  }
}

/** A file that is taken for one that is not there. */
export function misnamed(file: string, meant: string): Problem {
  return {
    what: `a file is not read: its name is not ${meant}`,
    file,
    next: `rename it to ${meant}, or move it away`,
  };
}

/** Merges layers, lowest first. */
export function mergeLayers(layers: readonly Layer[]): TreeObject {
  return layers.reduce<TreeObject>((below, { root }) => mergeMaps(below, root), {});
}

/**
 * Where a value of the merged document comes from: the topmost layer that has it, or the deepest part
 * of its path. `set` holds the paths that the stack configuration sets.
 */
export function originIn(layers: readonly Layer[], set: readonly Path[]) {
  return (at: Path): Pick<Problem, "file" | "line" | "path"> => {
    const own = set.find((path) => startsWith(at, path) || startsWith(path, at));
    if (own !== undefined) return { file: stackConfiguration, path: `krateo:set ${pathText(own)}` };
    for (let length = at.length; length > 0; length--) {
      const layer = layers.findLast(({ root }) => valueAt(root, at.slice(0, length)) !== undefined);
      if (layer !== undefined) return placeIn(layer.source, [...layer.base, ...at]);
    }
    return { path: pathText(at) };
  };
}

function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((segment, index) => segment === path[index]);
}

/** The stack configuration's profiles, else the override file's; the one of `openshift: true` lies below them. */
function profileNames(config: StackConfig, base: Layer | undefined): string[] {
  const chosen = base?.root["profile"];
  const named =
    config.profiles.length > 0 ? config.profiles : namesOf(typeof chosen === "string" ? chosen : "");
  return [...new Set([...(config.openshift && !named.includes("openshift") ? ["openshift"] : []), ...named])];
}

function unknownProfile(
  profile: string,
  known: readonly string[],
  config: StackConfig,
  base: Layer | undefined,
  folder: string,
): Problem {
  const near = nearProfiles(folder).find(({ meant }) => meant === profileFileName(profile));
  const place =
    config.profiles.length > 0 || base === undefined
      ? { file: stackConfiguration, path: "krateo:profiles" }
      : placeIn(base.source, ["profile"]);
  return {
    what: `there is no profile "${profile}"`,
    ...place,
    allowed: nearestFirst(profile, known),
    next:
      near === undefined
        ? `name a known profile, or write it: ${profileFileName(profile)}`
        : `rename ${near.file} to ${near.meant}`,
  };
}

/** A profile's name must not lead to another folder. */
function isFileName(profile: string): boolean {
  return !/[/\\]/.test(profile);
}
