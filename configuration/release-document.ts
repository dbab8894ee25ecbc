/** Picks and reads the release document: the bundled one, one of an added version, or one of the user's own. */
import { existsSync } from "node:fs";
import path from "node:path";
import { nearestFirst, nearestName } from "../model/nearest.ts";
import { stackConfiguration } from "../model/problem.ts";
import { localVersion } from "../model/settings.ts";
import { type BundleTokens, bundledRelease, bundledVersion, type ExtraStep } from "./bundle.ts";
import type { Findings, Layer } from "./layers.ts";
import { nearNames } from "./near-names.ts";
import { misnamed, readLayer } from "./read-layer.ts";
import type { StackConfig } from "./stack-config.ts";
import {
  addedVersions,
  releaseFileNames,
  type StoredVersion,
  storedRelease,
  versionForm,
} from "./versions/stored-version.ts";
import { readTextFile } from "./yaml/text-file.ts";

export interface ReleaseOptions {
  readonly tokens: BundleTokens;
  /** Steps that the configuration asks for beside those of the type. */
  readonly extra: readonly ExtraStep[];
  /** The version of the configuration, where it was added to the project. */
  readonly stored: StoredVersion | undefined;
}

/**
 * The release document as the lowest layer; undefined when there is none that can be used, which is
 * among the findings then. Of the user's files the first that exists is taken: one that is broken is
 * a problem, never a reason to take the next.
 */
export function releaseLayer(
  config: StackConfig,
  directory: string,
  { tokens, extra, stored }: ReleaseOptions,
  findings: Findings,
): Layer | undefined {
  if (!config.local) {
    const unused =
      releaseFileNames(config.type).find((name) => existsSync(path.join(directory, name))) ??
      nearNames(directory, releaseFileNames(config.type))[0]?.file;
    if (unused !== undefined) {
      const which = config.version === bundledVersion ? ", the bundled release" : "";
      findings.warnings.push(
        `${unused} is not used: krateo:version is ${config.version}${which}. Set it to ${localVersion} to use the file.`,
      );
    }
    if (config.version === bundledVersion) {
      const source = bundledRelease(config.type, tokens, extra);
      return { source, base: [], root: source.root };
    }
    if (stored !== undefined) return storedRelease(stored, config.type, { tokens, extra }, findings)?.layer;
    const added = addedVersions(directory);
    // What is wrong with one that is there has been said.
    if (added.includes(config.version)) return undefined;
    findings.problems.push({
      what: "a platform version that is neither bundled nor added to the project",
      file: stackConfiguration,
      path: "krateo:version",
      given: config.version,
      allowed: nearestFirst(config.version, [bundledVersion, ...added, localVersion]),
      next: versionAdvice(config),
    });
    return undefined;
  }
  const near = nearNames(directory, releaseFileNames(config.type)).filter(({ taken }) => !taken);
  for (const name of releaseFileNames(config.type)) {
    const misspelt = near.find(({ meant }) => meant === name);
    if (misspelt !== undefined) {
      findings.problems.push(misnamed(misspelt.file, name));
      return undefined;
    }
    const given = readTextFile(path.join(directory, name), name);
    if (given !== undefined) return readLayer("release", given, name, config.namespace, findings);
  }
  findings.problems.push({
    what: "there is no release document in the project",
    file: stackConfiguration,
    path: "krateo:version",
    given: localVersion,
    allowed: releaseFileNames(config.type),
    next: `add one of these files, or set krateo:version to ${bundledVersion}`,
  });
  return undefined;
}

function versionAdvice({ version }: StackConfig): string {
  const plain = version.replace(/^v/i, "");
  if (`${bundledVersion}.`.startsWith(`${plain}.`)) {
    const number = /^[\d.]+$/.test(version) ? "; without quotes, YAML reads 3.0 as the number 3" : "";
    return `pulumi config set krateo:version ${bundledVersion}${number}`;
  }
  if (nearestName(version, [localVersion]) !== undefined) return `did you mean ${localVersion}?`;
  if (!versionForm.test(plain)) return `a version has three numbers, as ${bundledVersion}`;
  return `add it to the project: npx krateo versions add ${plain}`;
}
