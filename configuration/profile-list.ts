/** Every profile that a stack could name, with its purpose and what it changes. */
import path from "node:path";
import { leavesOf, pathText } from "../model/path.ts";
import type { TreeObject } from "../model/secret-value.ts";
import type { ReleaseType } from "../model/settings.ts";
import { type BundleTokens, bundledProfile, bundledProfiles, bundledText } from "./bundle.ts";
import { aliasLayer, bundleTokens } from "./exposure/layer.ts";
import { aliasOf, typesFor } from "./exposure/profile-aliases.ts";
import type { Findings } from "./layers.ts";
import { nearProfiles, profileFileName, profileFilesIn } from "./near-names.ts";
import { defaultOverrides } from "./override-layers.ts";
import { misnamed, readLayer } from "./read-layer.ts";
import { mapOf } from "./resolved-components.ts";
import { conflicts } from "./rules/profile-conflicts.ts";
import { defaultOtelEndpoint, type StackConfig } from "./stack-config.ts";
import {
  type StoredVersion,
  storedProfile,
  storedProfiles,
  storedVersion,
} from "./versions/stored-version.ts";
import { readTextFile } from "./yaml/text-file.ts";

export interface ProfileEntry {
  readonly name: string;
  /** "bundled", or the file that holds it: of the user, or of a platform version that was added. */
  readonly source: string;
  /** The first sentence of its opening comment; empty when it has none. */
  readonly purpose: string;
  /** Types that it is made for; undefined when it suits all. */
  readonly types?: readonly ReleaseType[];
  /** Profiles that it contradicts. */
  readonly contradicts: readonly string[];
  /** What it changes, for a reader: components and steps, in document order. */
  readonly touches: readonly string[];
  /** What it changes, exactly: paths in the document. */
  readonly paths: readonly string[];
}

/**
 * Lists the bundled profiles, then those that the platform version alone has, then those in the user's files, each group by
 * name. A file whose profile bears a bundled name is listed as well: it is laid over that one.
 *
 * @param directory the project's folder
 * @param overrides the override file, whose folder and whose `profiles` are looked into too
 * @returns `problems` in words: files that cannot be read as profiles
 */
export function listProfiles(
  directory: string,
  { overrides, namespace, version }: Pick<StackConfig, "overrides" | "namespace" | "version">,
): { profiles: ProfileEntry[]; problems: Findings["problems"] } {
  const findings: Findings = { problems: [], warnings: [] };
  const hosts = { domain: "DOMAIN" };
  const tokens = bundleTokens(namespace, hosts, defaultOtelEndpoint);
  const bundled = bundledProfiles.map((name) => {
    const alias = aliasOf(name);
    if (alias === undefined) {
      const purpose = purposeIn(bundledText(`profile-${name}.yaml`));
      return entry(name, "bundled", purpose, bundledProfile(name, tokens).root);
    }
    const { key, value, purpose } = alias;
    const root = aliasLayer(name, hosts)?.root ?? {};
    return entry(name, "bundled", `The older name of krateo:${key} ${value}: ${purpose}.`, root);
  });
  const stored = storedVersion(directory, version, findings);
  const upstream = stored === undefined ? [] : upstreamProfiles(stored, tokens, findings);
  const name = overrides ?? defaultOverrides;
  const folder = path.dirname(path.resolve(directory, name));
  const files = profileFilesIn(folder)
    .toSorted()
    .flatMap((profile) => {
      const file = profileFileName(profile);
      const given = readTextFile(path.join(folder, file), file) ?? { text: "" };
      const layer = readLayer("profile", given, file, namespace, findings);
      return layer === undefined || "problem" in given
        ? []
        : [entry(profile, file, purposeIn(given.text), layer.root)];
    });
  const given = readTextFile(path.resolve(directory, name), name);
  const own = given === undefined ? undefined : readLayer("overrides", given, name, namespace, findings);
  for (const { file, meant, taken } of nearProfiles(folder))
    if (!taken && file !== path.basename(name)) findings.problems.push(misnamed(file, meant));
  const inside = Object.entries(mapOf(own?.root["profiles"])).map(([profile, root]) =>
    entry(profile, name, "", mapOf(root)),
  );
  return { profiles: [...bundled, ...upstream, ...files, ...inside], problems: findings.problems };
}

/** Those of a version that was added, where nothing of ours lies above them. */
function upstreamProfiles(stored: StoredVersion, tokens: BundleTokens, findings: Findings): ProfileEntry[] {
  const names = storedProfiles(stored).filter((name) => !bundledProfiles.includes(name));
  return names.toSorted().flatMap((name) => {
    const { layer } = storedProfile(stored, name, tokens, findings) ?? {};
    if (layer === undefined) return [];
    const { file } = layer.source;
    const given = readTextFile(path.join(stored.folder, profileFileName(name)), file);
    const purpose = given !== undefined && "text" in given ? purposeIn(given.text) : "";
    return [entry(name, file, purpose, layer.root)];
  });
}

function entry(name: string, source: string, purpose: string, root: TreeObject): ProfileEntry {
  const types = typesFor(name);
  return {
    name,
    source,
    purpose,
    ...(types === undefined ? {} : { types }),
    contradicts: conflicts.flatMap(({ profiles }) =>
      profiles.includes(name) ? profiles.filter((other) => other !== name) : [],
    ),
    touches: touchesOf(root),
    paths: leavesOf(root).map(pathText),
  };
}

/** The first sentence of the comment that a file opens with, on one line. */
export function purposeIn(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !/^#\s*\S/.test(line));
  const comment = lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.replace(/^#+\s*/, "").trim())
    .join(" ");
  return /^.*?[.!?](?=\s|$)/.exec(comment)?.[0] ?? comment;
}

function touchesOf(root: TreeObject): string[] {
  return Object.entries(mapOf(root["components"])).flatMap(([component, given]) => {
    const { enabled, stepConfig, helmDefaults } = mapOf(given);
    const steps = Object.keys(mapOf(stepConfig)).map((id) => id.replace(/^install-(finops-)?/, ""));
    return [
      ...(enabled === false ? [`${component} off`] : []),
      ...(enabled === true ? [`${component} on`] : []),
      ...(helmDefaults === undefined ? [] : [`all of ${component}`]),
      ...steps,
    ];
  });
}
