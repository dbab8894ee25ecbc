/** All that is looked at before anything is touched, in the order in which it is reported. */
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { isMap } from "../model/secret-value.ts";
import { exposureKeys } from "./exposure/keys.ts";
import type { MergedDocument } from "./merged-document.ts";
import type { Documents } from "./read-documents.ts";
import { stepsIn } from "./resolved-components.ts";
import type { ResolvedSteps } from "./resolved-steps.ts";
import { browserUrlWarnings } from "./rules/browser-urls.ts";
import { chartProblems, chartWarnings } from "./rules/chart-limits.ts";
import { sharedPortProblems, sharedReleaseProblems } from "./rules/collisions.ts";
import { needProblems } from "./rules/component-needs.ts";
import { databaseLoginProblems, databaseMadeProblems } from "./rules/database-keys.ts";
import { emptyDocumentProblems } from "./rules/empty-document.ts";
import {
  disabledServices,
  hiddenServices,
  hostProblems,
  misplacedKeys,
  nodePortProblems,
} from "./rules/exposure-keys.ts";
import { literalSecretWarnings } from "./rules/literal-secrets.ts";
import { loggedSecretWarnings } from "./rules/logged-secrets.ts";
import { conflictProblems } from "./rules/profile-conflicts.ts";
import { referenceProblems, removalProblems } from "./rules/references.ts";
import { replacedMapWarnings } from "./rules/replaced-maps.ts";
import { textProblems, textWarnings } from "./rules/text-values.ts";
import {
  aliasWarnings,
  ignoredSettings,
  lifecycleWarnings,
  unusedKeyWarnings,
} from "./rules/unused-settings.ts";
import { variableProblems } from "./rules/variable-use.ts";
import type { StackReading } from "./stack-config.ts";

/** What rules look at: all that was read, merged and resolved, with what was found on the way. */
export interface Subject extends StackReading, Documents, MergedDocument, ResolvedSteps {
  /** The project's folder. */
  readonly directory: string;
}

interface Rule {
  readonly name: string;
  /** Keys of the stack configuration that it judges by. One at fault has its default, and what follows from that means nothing. */
  readonly keys?: readonly string[];
  /** Holds names against the document's steps: without any, none would be known. */
  readonly needsSteps?: true;
  /** A rule above that reports the same, nearer to where the user wrote it. */
  readonly unless?: string;
  readonly problems?: (subject: Subject) => readonly Problem[];
  /** Asked only when there is no problem. */
  readonly warnings?: (subject: Subject) => readonly string[];
}

const keys = [...Object.keys(exposureKeys), "type"];

const rules: readonly Rule[] = [
  { name: "stack-configuration", problems: ({ keyProblems }) => keyProblems },
  { name: "misplaced-keys", keys, problems: ({ config }) => misplacedKeys(config) },
  { name: "node-ports", keys, problems: ({ config }) => nodePortProblems(config) },
  { name: "hosts", keys, problems: ({ config }) => hostProblems(config) },
  { name: "hidden-services", keys, problems: ({ config }) => hiddenServices(config) },
  {
    name: "documents",
    problems: ({ documentFindings }) => documentFindings.problems,
    warnings: ({ documentFindings }) => documentFindings.warnings,
  },
  { name: "merging", problems: ({ mergeProblems }) => mergeProblems },
  { name: "empty-document", problems: ({ document, ...read }) => emptyDocumentProblems(document, read) },
  {
    name: "references",
    needsSteps: true,
    problems: ({ document, components, origin }) => referenceProblems(document, components, origin),
  },
  {
    name: "allowed-removal",
    needsSteps: true,
    problems: ({ config, components }) => removalProblems(config.allowRemoval, components),
  },
  {
    name: "profile-conflicts",
    keys: ["type", "openshift", "profiles"],
    problems: ({ config, profiles }) => conflictProblems(config, profiles),
  },
  {
    name: "disabled-services",
    problems: ({ config, components }) => disabledServices(config.exposure, components),
  },
  {
    name: "profile-aliases",
    warnings: ({ config, profiles, overrides }) => aliasWarnings(config, profiles, overrides),
  },
  {
    name: "unused-keys",
    warnings: ({ config, profiles, steps }) => unusedKeyWarnings(config, profiles, steps),
  },
  {
    name: "lifecycle-files",
    warnings: ({ directory, config }) => lifecycleWarnings(directory, config.type),
  },
  { name: "ignored-settings", warnings: ({ document }) => ignoredSettings(document) },
  {
    name: "steps",
    problems: ({ stepFindings }) => stepFindings.problems,
    warnings: ({ stepFindings }) => stepFindings.warnings,
  },
  { name: "shared-releases", problems: ({ steps, computed }) => sharedReleaseProblems(steps, computed) },
  {
    name: "shared-ports",
    keys: ["nodePorts"],
    unless: "node-ports",
    problems: ({ steps, computed }) => sharedPortProblems(steps, computed),
  },
  { name: "variables", problems: ({ computed }) => variableProblems(computed) },
  {
    name: "component-needs",
    problems: ({ computed, config, origin }) => needProblems(computed, config.namespace, origin),
  },
  {
    name: "database-made",
    needsSteps: true,
    problems: ({ config, computed }) => databaseMadeProblems(config, computed),
  },
  { name: "database-login", problems: ({ config }) => databaseLoginProblems(config) },
  {
    name: "chart-limits",
    problems: ({ steps, computed }) => chartProblems(steps, computed),
    warnings: ({ steps, computed }) => chartWarnings(steps, computed),
  },
  {
    name: "text-values",
    problems: ({ steps, computed }) => textProblems(steps, computed),
    warnings: ({ steps, computed }) => textWarnings(steps, computed),
  },
  {
    name: "replaced-maps",
    warnings: ({ layers, document, computed }) => replacedMapWarnings(layers, document, computed),
  },
  { name: "browser-urls", warnings: ({ steps }) => browserUrlWarnings(steps) },
  { name: "literal-secrets", warnings: ({ computed }) => literalSecretWarnings(computed) },
  { name: "logged-secrets", warnings: ({ steps, computed }) => loggedSecretWarnings(steps, computed) },
];

/**
 * Asks every rule.
 *
 * @returns what is worth knowing, but no reason to stop
 * @throws ConfigurationError with every problem
 */
export function validate(subject: Subject): string[] {
  const hasSteps = stepsIn(subject.document).some(isMap);
  const found = new Map<string, readonly Problem[]>();
  for (const { name, keys = [], needsSteps = false, unless, problems } of rules) {
    const isPointless =
      keys.some((key) => subject.faultyKeys.has(key)) ||
      (needsSteps && !hasSteps) ||
      (unless !== undefined && found.get(unless)?.length !== 0);
    found.set(name, isPointless ? [] : (problems?.(subject) ?? []));
  }
  const all = [...found.values()].flat();
  if (all.length > 0) throw new ConfigurationError(all);
  return rules.flatMap(({ warnings }) => warnings?.(subject) ?? []);
}
