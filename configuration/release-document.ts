/** Picks and reads the release document: the bundled one, or one of the user's own. */
import { existsSync } from "node:fs";
import path from "node:path";
import { nearestFirst, nearestName } from "../model/nearest.ts";
import { stackConfiguration } from "../model/problem.ts";
import type { ReleaseType } from "../model/settings.ts";
import { type BundleTokens, bundledRelease, bundledVersion, type ExtraStep } from "./bundle.ts";
import type { Findings, Layer } from "./layers.ts";
import { nearNames } from "./near-names.ts";
import { misnamed, readLayer } from "./read-layer.ts";
import type { StackConfig } from "./stack-config.ts";
import { readTextFile } from "./yaml/text-file.ts";

/** Value of `version` for a release document in the project's folder. */
export const localVersion = "local";

/** Names that a release document of a type may have, the one that comes first at the front. */
function namesFor(type: ReleaseType): readonly string[] {
  // Upstream has its document for clusters of kind beside that of the type.
  const kind = type === "nodeport" ? ["krateo.kind.yaml"] : [];
  return [...kind, `krateo.${type}.yaml`, "krateo.yaml"];
}

/**
 * The release document as the lowest layer; undefined when there is none that can be used, which is
 * among the findings then. Of the user's files the first that exists is taken: one that is broken is
 * a problem, never a reason to take the next.
 */
export function releaseLayer(
  config: StackConfig,
  directory: string,
  tokens: BundleTokens,
  extra: readonly ExtraStep[],
  findings: Findings,
): Layer | undefined {
  if (config.bundled) {
    const source = bundledRelease(config.type, tokens, extra);
    const unused =
      namesFor(config.type).find((name) => existsSync(path.join(directory, name))) ??
      nearNames(directory, namesFor(config.type))[0]?.file;
    if (unused !== undefined) {
      findings.warnings.push(
        `${unused} is not used: krateo:version is ${bundledVersion}, the bundled release. Set it to ${localVersion} to use the file.`,
      );
    }
    return { source, base: [], root: source.root };
  }
  if (config.version !== localVersion) {
    findings.problems.push({
      what: "a platform version that is not bundled",
      file: stackConfiguration,
      path: "krateo:version",
      given: config.version,
      allowed: nearestFirst(config.version, [bundledVersion, localVersion]),
      next: versionAdvice(config),
    });
    return undefined;
  }
  const near = nearNames(directory, namesFor(config.type)).filter(({ taken }) => !taken);
  for (const name of namesFor(config.type)) {
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
    allowed: namesFor(config.type),
    next: `add one of these files, or set krateo:version to ${bundledVersion}`,
  });
  return undefined;
}

function versionAdvice({ version, type }: StackConfig): string {
  const plain = version.replace(/^v/i, "");
  if (`${bundledVersion}.`.startsWith(`${plain}.`)) {
    const number = /^[\d.]+$/.test(version) ? "; without quotes, YAML reads 3.0 as the number 3" : "";
    return `pulumi config set krateo:version ${bundledVersion}${number}`;
  }
  if (nearestName(version, [localVersion]) !== undefined) return `did you mean ${localVersion}?`;
  return `put the release document of that version into the project as krateo.${type}.yaml and set krateo:version to ${localVersion}`;
}
