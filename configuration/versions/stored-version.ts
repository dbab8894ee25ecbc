/** A platform version that was added to the project: upstream's documents, as they came, in versions/VERSION/. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { knownStep } from "../../components/catalogue.ts";
import { mergeMaps } from "../../model/merge.ts";
import type { Problem } from "../../model/problem.ts";
import { isMap, type TreeObject } from "../../model/secret-value.ts";
import type { JsonObject, ReleaseType } from "../../model/settings.ts";
import {
  type BundleTokens,
  bundledProfile,
  bundledProfiles,
  type ExtraStep,
  profileDeviations,
} from "../bundle.ts";
import { aliasOf } from "../exposure/profile-aliases.ts";
import type { Findings, Layer } from "../layers.ts";
import { type LockedVersion, lockFileName, readLockFile } from "../lock-file.ts";
import { profileFileName, profileFilesIn } from "../near-names.ts";
import { readLayer } from "../read-layer.ts";
import { documentSteps, mapOf } from "../resolved-components.ts";
import { readTextFile } from "../yaml/text-file.ts";
import { placeIn } from "../yaml/yaml-file.ts";
import { basisOf, composedRelease, type PlacedOutcome } from "./composed-release.ts";
import { type CorrectionOutcome, corrected, correctionsOf, unexpectedProblem } from "./corrections.ts";

/** Folder of the project that holds a folder for each added version. */
export const versionsFolder = "versions";

/** What a version may be called: it is the name of a folder, and versions are compared. */
export const versionForm = /^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/;

export interface StoredVersion {
  readonly version: string;
  /** Its folder, and what messages call it. */
  readonly folder: string;
  readonly shown: string;
  /** Ids of what the user keeps as upstream has it. */
  readonly keep: readonly string[];
}

/** Names of the versions that were added. */
export function addedVersions(directory: string): string[] {
  const folder = path.join(directory, versionsFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && versionForm.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/**
 * A version of the project, held against krateo.lock. What is wrong is among the findings.
 *
 * @returns undefined when there is no such version, or its documents are not what the lock records
 */
export function storedVersion(
  directory: string,
  version: string,
  findings: Findings,
): StoredVersion | undefined {
  if (!addedVersions(directory).includes(version)) return undefined;
  const folder = path.join(directory, versionsFolder, version);
  const shown = `${versionsFolder}/${version}`;
  const locked = readLockFile(directory).versions[version];
  const problems = locked
    ? changedDocuments({ version, folder, shown }, locked)
    : [
        {
          what: `krateo.lock knows nothing of version ${version}, whose documents are in the project`,
          file: lockFileName,
          path: `versions.${version}`,
          next: `restore krateo.lock from version control, or check the documents and add them: npx krateo versions add ${version} --from ${shown}`,
        },
      ];
  findings.problems.push(...problems);
  return problems.length > 0 ? undefined : { version, folder, shown, keep: locked?.keepUpstream ?? [] };
}

/** A problem for each document that was changed, taken away or put in since the version was added. */
function changedDocuments(
  { version, folder, shown }: Omit<StoredVersion, "keep">,
  { documents }: LockedVersion,
): Problem[] {
  // Folders are never read.
  const there = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return [...new Set([...Object.keys(documents), ...there])].flatMap((name): Problem[] => {
    const found = there.includes(name) ? `sha256:${fileDigest(path.join(folder, name))}` : "no file";
    const expected = documents[name] ?? "no file";
    if (found === expected) return [];
    return [
      {
        what: `a document of version ${version} is not the one that krateo.lock records`,
        file: `${shown}/${name}`,
        given: found,
        allowed: expected,
        next:
          name in documents
            ? `restore the folder from version control, or get the documents again: npx krateo versions add ${version}; your own changes belong in krateo-overrides.yaml`
            : "remove it: in this folder are upstream's documents alone",
      },
    ];
  });
}

/** sha256 of a file, in hexadecimal. */
export function fileDigest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Upstream's names of a type's release document, the one that comes first at the front. */
export function releaseFileNames(type: ReleaseType): readonly string[] {
  // Upstream has its document for clusters of kind beside that of the type.
  const kind = type === "nodeport" ? ["krateo.kind.yaml"] : [];
  return [...kind, `krateo.${type}.yaml`, "krateo.yaml"];
}

/**
 * The release document of a type, with everything of ours. What is wrong with it is among the findings.
 *
 * @returns the layer, and what became of the corrections; undefined when there is no document that can be used
 */
export function storedRelease(
  { version, folder, shown, keep }: StoredVersion,
  type: ReleaseType,
  { tokens, extra }: { readonly tokens: BundleTokens; readonly extra: readonly ExtraStep[] },
  findings: Findings,
): { layer: Layer; outcomes: readonly PlacedOutcome[] } | undefined {
  const names = releaseFileNames(basisOf(type));
  const name = names.find((one) => existsSync(path.join(folder, one)));
  const given = name === undefined ? undefined : readTextFile(path.join(folder, name), `${shown}/${name}`);
  if (given === undefined) {
    findings.problems.push({
      what: `version ${version} has no release document for type ${type}`,
      file: shown,
      allowed: names,
      next: `add the version again: npx krateo versions add ${version}`,
    });
    return undefined;
  }
  const layer = readLayer("release", given, `${shown}/${name}`, tokens.namespace, findings);
  if (layer === undefined) return undefined;
  const upstream = { ...layer.source, root: layer.root as JsonObject };
  const { source, outcomes } = composedRelease(upstream, type, { tokens, extra, keep });
  for (const outcome of outcomes.filter(({ state }) => state === "unexpected"))
    findings.problems.push(unexpectedProblem(outcome, version, placeIn(upstream, outcome.at)));
  const added = documentSteps(source.root).filter(({ id, type }) => type === "chart" && !knownStep(id));
  if (added.length > 0) {
    findings.warnings.push(
      `version ${version} installs charts that this program does not know: ${added.map(({ id }) => id).join(", ")}; each is installed after all that stands before it in the document`,
    );
  }
  return { layer: { ...layer, source, root: source.root }, outcomes };
}

/** Names of the profiles that a version's files hold. */
export function storedProfiles({ folder }: StoredVersion): string[] {
  return profileFilesIn(folder);
}

/**
 * Upstream's profile of a version, corrected; ours of the same name lies above it.
 *
 * @returns undefined when the version has none of that name, or it cannot be used
 */
export function storedProfile(
  { version, folder, shown, keep }: StoredVersion,
  profile: string,
  tokens: BundleTokens,
  findings: Findings,
): { layer: Layer; outcomes: readonly CorrectionOutcome[] } | undefined {
  const name = profileFileName(profile);
  const isThere = profileFilesIn(folder).includes(profile);
  const given = isThere ? readTextFile(path.join(folder, name), `${shown}/${name}`) : undefined;
  const layer = given && readLayer("profile", given, `${shown}/${name}`, tokens.namespace, findings);
  if (layer === undefined) return undefined;
  const isOurs = bundledProfiles.includes(profile) && aliasOf(profile) === undefined;
  const corrections = isOurs
    ? correctionsOf(profile, profileDeviations(profile, tokens), bundledProfile(profile, tokens).root)
    : [];
  const { result, outcomes } = corrected(valuesOfCharts(layer.root) as JsonObject, corrections, keep);
  for (const outcome of outcomes.filter(({ state }) => state === "unexpected"))
    findings.problems.push(unexpectedProblem(outcome, version, placeIn(layer.source, outcome.path)));
  return { layer: { ...layer, root: result }, outcomes };
}

/**
 * Upstream's profiles set values by `with.values`, which wins over the `helmValues` of every layer above: ours, and the
 * user's. Here they are `helmValues`.
 */
function valuesOfCharts(root: TreeObject): TreeObject {
  const components = Object.entries(mapOf(root["components"])).map(([name, component]) => {
    const steps = Object.entries(mapOf(mapOf(component)["stepConfig"])).map(([id, given]) => {
      const { with: input, ...rest } = mapOf(given);
      const { values, ...others } = mapOf(input);
      if (!isMap(values)) return [id, given];
      const left = Object.keys(others).length > 0 ? { with: others } : {};
      return [id, { ...rest, ...left, helmValues: mergeMaps(mapOf(rest["helmValues"]), values) }];
    });
    const stepConfig = steps.length > 0 ? { stepConfig: Object.fromEntries(steps) } : {};
    return [name, isMap(component) ? { ...component, ...stepConfig } : component];
  });
  return components.length > 0 ? { ...root, components: Object.fromEntries(components) } : root;
}
