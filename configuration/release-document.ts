/** Picks and reads the release document: the bundled one, or one of the user's own. */
import { existsSync } from "node:fs";
import path from "node:path";
import { nearestFirst, nearestName } from "../model/nearest.ts";
import { stackConfiguration } from "../model/problem.ts";
import { type BundleTokens, bundledRelease, bundledVersion, type ExtraStep } from "./bundle.ts";
import type { Findings, Layer } from "./layers.ts";
import { nearNames } from "./near-names.ts";
import { misnamed, readLayer } from "./read-layer.ts";
import type { StackConfig } from "./stack-config.ts";
import { readTextFile } from "./yaml/text-file.ts";

/** Value of `version` for a release document in the project's folder. */
export const localVersion = "local";

const names = {
  nodeport: ["krateo.kind.yaml", "krateo.nodeport.yaml", "krateo.yaml"],
  loadbalancer: ["krateo.loadbalancer.yaml", "krateo.yaml"],
  ingress: ["krateo.ingress.yaml", "krateo.yaml"],
  routes: ["krateo.routes.yaml", "krateo.yaml"],
} as const;

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
      names[config.type].find((name) => existsSync(path.join(directory, name))) ??
      nearNames(directory, names[config.type])[0]?.file;
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
  const near = nearNames(directory, names[config.type]).filter(({ taken }) => !taken);
  for (const name of names[config.type]) {
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
    allowed: names[config.type],
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
