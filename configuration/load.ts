/**
 * From the stack configuration and the user's documents to one frozen value. Layers, highest first:
 * stack configuration > krateo-overrides.yaml > profiles, in the order named > the release document >
 * defaults.
 */

import type { Problem } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import type { ComputedStep } from "./computed-step.ts";
import { settingsOf } from "./configured-settings.ts";
import { type MergedDocument, mergeDocuments } from "./merged-document.ts";
import type { RawConfig } from "./raw-config.ts";
import { readDocuments } from "./read-documents.ts";
import type { ResolvedConfiguration } from "./resolved-configuration.ts";
import { resolveSteps } from "./resolved-steps.ts";
import { readStackConfig } from "./stack-config.ts";
import { problemsOf, validate } from "./validate.ts";

/** The settings, with what they were made of. */
export interface Configuration extends Pick<MergedDocument, "document" | "layers" | "set"> {
  readonly settings: Settings;
  readonly steps: readonly ComputedStep[];
}

/** `loadConfiguration`, for those who need to know only what it adds up to. */
export async function loadSettings(raw: RawConfig, directory: string): Promise<Settings> {
  return (await loadConfiguration(raw, directory)).settings;
}

/**
 * Reads, merges and checks the whole configuration. Touches no cluster.
 *
 * @param raw the stack configuration of project `krateo`
 * @param directory the project's folder, where documents are looked for
 * @throws ConfigurationError with every problem of every layer
 */
export async function loadConfiguration(raw: RawConfig, directory: string): Promise<Configuration> {
  const configuration = resolve(raw, directory);
  const warnings = validate(configuration);
  const { document, layers, set, computed: steps } = configuration;
  return { settings: settingsOf(configuration, warnings), document, layers, set, steps };
}

/** What is wrong with the whole configuration, for those who need nothing of it. Parameters as of `loadConfiguration`. */
export function configurationProblems(raw: RawConfig, directory: string): Problem[] {
  return problemsOf(resolve(raw, directory));
}

function resolve(raw: RawConfig, directory: string): ResolvedConfiguration {
  const stack = readStackConfig(raw);
  const documents = readDocuments(stack.config, directory);
  const merged = mergeDocuments(stack.config, documents);
  return { directory, ...stack, ...documents, ...merged, ...resolveSteps(merged, stack.config.namespace) };
}
