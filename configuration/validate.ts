/** Everything that is checked in a configuration, in the order in which it is reported. */
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { isMap } from "../model/secret-value.ts";
import { exposureKeys } from "./exposure/keys.ts";
import { stepsIn } from "./resolved-components.ts";
import type { ResolvedConfiguration } from "./resolved-configuration.ts";
import { backendPortProblems } from "./rules/backend-ports.ts";
import { browserUrlWarnings } from "./rules/browser-urls.ts";
import { certificateProblems } from "./rules/certificate-keys.ts";
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
import { gatewayProblems } from "./rules/gateway-keys.ts";
import { imageProblems, imageWarnings } from "./rules/images.ts";
import { literalSecretWarnings } from "./rules/literal-secrets.ts";
import { loggedSecretWarnings } from "./rules/logged-secrets.ts";
import { conflictProblems } from "./rules/profile-conflicts.ts";
import { referenceProblems, removalProblems } from "./rules/references.ts";
import { registryProblems } from "./rules/registry-keys.ts";
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

interface Rule {
  readonly name: string;
  /** Keys of the stack configuration that it judges by. One at fault has its default, and what follows from that means nothing. */
  readonly keys?: readonly string[];
  /** Holds names against the document's steps: without any, none would be known. */
  readonly needsSteps?: true;
  /** A rule above that reports the same, nearer to where the user wrote it. */
  readonly unless?: string;
  readonly problems?: (configuration: ResolvedConfiguration) => readonly Problem[];
  /** Asked only when there is no problem. */
  readonly warnings?: (configuration: ResolvedConfiguration) => readonly string[];
}

const keys = [...Object.keys(exposureKeys), "type"];

/** Rules that look at nothing but the stack configuration. */
const stackRules = [
  { name: "misplaced-keys", keys, problems: misplacedKeys },
  { name: "node-ports", keys, problems: nodePortProblems },
  { name: "hosts", keys, problems: hostProblems },
  { name: "certificates", keys, problems: certificateProblems },
  { name: "gateway", keys, problems: gatewayProblems },
  { name: "hidden-services", keys, problems: hiddenServices },
];

const rules: readonly Rule[] = [
  { name: "stack-configuration", problems: ({ keyProblems }) => keyProblems },
  ...stackRules,
  {
    name: "documents",
    problems: ({ documentFindings }) => documentFindings.problems,
    warnings: ({ documentFindings }) => documentFindings.warnings,
  },
  { name: "merging", problems: ({ mergeProblems }) => mergeProblems },
  { name: "empty-document", problems: emptyDocumentProblems },
  { name: "references", needsSteps: true, problems: referenceProblems },
  { name: "allowed-removal", needsSteps: true, problems: removalProblems },
  { name: "profile-conflicts", keys: ["type", "openshift", "profiles"], problems: conflictProblems },
  { name: "disabled-services", problems: disabledServices },
  { name: "profile-aliases", warnings: aliasWarnings },
  { name: "unused-keys", warnings: unusedKeyWarnings },
  { name: "lifecycle-files", warnings: lifecycleWarnings },
  { name: "ignored-settings", warnings: ignoredSettings },
  {
    name: "steps",
    problems: ({ stepFindings }) => stepFindings.problems,
    warnings: ({ stepFindings }) => stepFindings.warnings,
  },
  { name: "shared-releases", problems: sharedReleaseProblems },
  { name: "shared-ports", keys: ["nodePorts"], unless: "node-ports", problems: sharedPortProblems },
  { name: "backend-ports", problems: backendPortProblems },
  { name: "variables", problems: variableProblems },
  { name: "component-needs", problems: needProblems },
  { name: "database-made", needsSteps: true, problems: databaseMadeProblems },
  { name: "database-login", problems: databaseLoginProblems },
  { name: "registry-logins", keys: ["registries"], problems: registryProblems },
  { name: "chart-limits", problems: chartProblems, warnings: chartWarnings },
  { name: "text-values", problems: textProblems, warnings: textWarnings },
  { name: "replaced-maps", warnings: replacedMapWarnings },
  { name: "browser-urls", warnings: browserUrlWarnings },
  {
    name: "images",
    keys: ["imageRegistry", "imagePullSecrets", "registries"],
    problems: imageProblems,
    warnings: imageWarnings,
  },
  { name: "literal-secrets", warnings: literalSecretWarnings },
  { name: "logged-secrets", warnings: loggedSecretWarnings },
];

/**
 * Asks every rule.
 *
 * @returns what is worth knowing, but no reason to stop
 * @throws ConfigurationError with every problem
 */
export function validate(configuration: ResolvedConfiguration): string[] {
  const all = problemsOf(configuration);
  if (all.length > 0) throw new ConfigurationError(all);
  return rules.flatMap(({ warnings }) => warnings?.(configuration) ?? []);
}

/** What every rule says is wrong. */
export function problemsOf(configuration: ResolvedConfiguration): Problem[] {
  const hasSteps = stepsIn(configuration.document).some(isMap);
  const found = new Map<string, readonly Problem[]>();
  for (const { name, keys = [], needsSteps = false, unless, problems } of rules) {
    const isPointless =
      keys.some((key) => configuration.faultyKeys.has(key)) ||
      (needsSteps && !hasSteps) ||
      (unless !== undefined && found.get(unless)?.length !== 0);
    found.set(name, isPointless ? [] : (problems?.(configuration) ?? []));
  }
  return [...found.values()].flat();
}

/** What is wrong with a stack configuration whatever the documents say: its keys, each on its own and together. */
export function stackProblems(reading: StackReading): Problem[] {
  if (reading.keyProblems.length > 0) return [...reading.keyProblems];
  return stackRules.flatMap(({ problems }) => problems(reading));
}
