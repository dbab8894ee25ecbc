/** Finds and reads everything that is laid over the release document: profiles and the override file. */
import path from "node:path";
import { nearestFirst } from "../model/nearest.ts";
import { type Problem, stackConfiguration } from "../model/problem.ts";
import { isMap } from "../model/secret-value.ts";
import { type BundleTokens, bundledProfile, bundledProfiles } from "./bundle.ts";
import { aliasLayer } from "./exposure/layer.ts";
import { typesFor } from "./exposure/profile-aliases.ts";
import type { Findings, Layer } from "./layers.ts";
import { nearNames, nearProfiles, profileFileName, profileFilesIn } from "./near-names.ts";
import { misnamed, readLayer } from "./read-layer.ts";
import { namesOf, type StackConfig } from "./stack-config.ts";
import { type StoredVersion, storedProfile, storedProfiles } from "./versions/stored-version.ts";
import { readTextFile } from "./yaml/text-file.ts";
import { placeIn } from "./yaml/yaml-file.ts";

/** Override file that is read when the stack configuration names none. */
export const defaultOverrides = "krateo-overrides.yaml";

/**
 * Everything above the release document, lowest first: each profile in the order named (that of an added
 * version, the bundled one, then the file of that name), the profiles inside the override file, the rest of it.
 */
export function overrideLayers(
  config: StackConfig,
  directory: string,
  { tokens, stored }: { readonly tokens: BundleTokens; readonly stored: StoredVersion | undefined },
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
    const upstream = stored && storedProfile(stored, profile, tokens, findings)?.layer;
    const overlay = bundledLayer(profile, config, tokens);
    fromFiles.push(...[upstream, overlay].filter((layer) => layer !== undefined));
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
    if (
      readable &&
      upstream === undefined &&
      overlay === undefined &&
      ownFile === undefined &&
      entry === undefined
    ) {
      const ofVersion = stored ? storedProfiles(stored) : [];
      const known = new Set([
        ...bundledProfiles,
        ...ofVersion,
        ...profileFilesIn(folder),
        ...Object.keys(inFile),
      ]);
      findings.problems.push(unknownProfile(profile, [...known], config, base, folder));
    }
  }
  const { profile: _, profiles: __, ...rest } = base?.root ?? {};
  const own: Layer[] = base === undefined ? [] : [{ ...base, root: rest }];
  return { layers: [...fromFiles, ...fromBase, ...own], profiles };
}

/** What comes with this program under that name; undefined when nothing does. */
function bundledLayer(profile: string, { exposure }: StackConfig, tokens: BundleTokens): Layer | undefined {
  const alias = aliasLayer(profile, exposure);
  if (alias !== undefined || !bundledProfiles.includes(profile)) return alias;
  const source = bundledProfile(profile, tokens);
  return { source, base: [], root: source.root };
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
