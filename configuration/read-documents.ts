/** Reads the documents that a stack configuration names: the release document, profiles, the override file. */
import { bundledVersion } from "./bundle.ts";
import { bundleTokens, extraSteps } from "./exposure/layer.ts";
import type { Findings, Layer } from "./layers.ts";
import { overrideLayers } from "./override-layers.ts";
import { releaseLayer } from "./release-document.ts";
import { defaultOtelEndpoint, type StackConfig } from "./stack-config.ts";
import { manifestProblems } from "./versions/manifests.ts";
import { storedVersion } from "./versions/stored-version.ts";

export interface Documents {
  /** Undefined when there is none that can be used; the findings say why. */
  readonly release: Layer | undefined;
  /** What is laid over it, lowest first. */
  readonly overrides: readonly Layer[];
  /** Profiles in merge order, the one that `krateo:openshift` stands for included. */
  readonly profiles: readonly string[];
  readonly documentFindings: Findings;
}

/** @param directory the project's folder, where documents are looked for */
export function readDocuments(config: StackConfig, directory: string): Documents {
  const { namespace, exposure, type, otelEndpoint = defaultOtelEndpoint } = config;
  const documentFindings: Findings = { problems: [], warnings: [] };
  const tokens = bundleTokens(namespace, exposure, otelEndpoint);
  const stored =
    config.local || config.version === bundledVersion
      ? undefined
      : storedVersion(directory, config.version, documentFindings);
  documentFindings.problems.push(...(stored ? manifestProblems(stored) : []));
  const extra = extraSteps(type, exposure);
  const release = releaseLayer(config, directory, { tokens, extra, stored }, documentFindings);
  const { layers, profiles } = overrideLayers(config, directory, { tokens, stored }, documentFindings);
  return { release, overrides: layers, profiles, documentFindings };
}
