/**
 * From the stack configuration and the user's documents to one frozen value. Layers, highest first:
 * stack configuration > krateo-overrides.yaml > profiles, in the order named > the release document >
 * defaults.
 */

import { databaseStep } from "../components/catalogue.ts";
import { withoutLogins } from "../model/describe.ts";
import { deepFreeze } from "../model/freeze.ts";
import { nearestFirst } from "../model/nearest.ts";
import { ConfigurationError, type Problem, stackConfiguration } from "../model/problem.ts";
import type { TreeObject } from "../model/secret-value.ts";
import type { Settings, Step } from "../model/settings.ts";
import { bundledVersion } from "./bundle.ts";
import { type ComputedStep, computeStep } from "./computed-step.ts";
import { configLayer } from "./config-layer.ts";
import { databaseConfigProblems, externalDatabase } from "./database-config.ts";
import { debug, layerLines } from "./debug.ts";
import { checkDocument } from "./document.ts";
import { exposedServices } from "./exposure/exposure.ts";
import { bundleTokens, exposureLayer, extraSteps } from "./exposure/layer.ts";
import { sharedPortProblems } from "./exposure/planned-ports.ts";
import { type Findings, type Layer, mergeLayers, originIn, overrideLayers } from "./layers.ts";
import { completedSteps, partialStepsProblems } from "./partial-steps.ts";
import type { RawConfig } from "./raw-config.ts";
import { emptyDocument, releaseLayer } from "./release-document.ts";
import {
  documentSteps,
  ignoredSettings,
  type ResolvedComponent,
  referenceProblems,
  resolveComponents,
} from "./resolved-components.ts";
import { browserUrlWarnings } from "./rules/browser-urls.ts";
import { judgeCharts } from "./rules/chart-limits.ts";
import { needProblems } from "./rules/component-needs.ts";
import { disabledServices, unusedExposure } from "./rules/exposure-keys.ts";
import { literalSecretWarnings } from "./rules/literal-secrets.ts";
import { loggedSecretWarnings } from "./rules/logged-secrets.ts";
import { conflictProblems } from "./rules/profile-conflicts.ts";
import { replacedMapWarnings } from "./rules/replaced-maps.ts";
import { textFindings } from "./rules/text-values.ts";
import { lifecycleWarnings, unusedKeyWarnings } from "./rules/unused-settings.ts";
import { variableProblems } from "./rules/variable-use.ts";
import { applySet, type SetEntry } from "./set-paths.ts";
import { snapshotOf } from "./snapshot.ts";
import { defaultOtelEndpoint, readStackConfig, type StackConfig } from "./stack-config.ts";
import { typedStep } from "./typed-step.ts";

/** The settings, with what they were made of. */
export interface Configuration {
  readonly settings: Settings;
  /** All layers merged. */
  readonly document: TreeObject;
  /** Documents, lowest first. */
  readonly layers: readonly Layer[];
  /** What the stack configuration's `set` lays over them; the last one wins. */
  readonly set: readonly SetEntry[];
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
  const { config, problems } = readStackConfig(raw);
  const findings: Findings = { problems: [...problems], warnings: [] };
  const { namespace, exposure, type } = config;
  const bundled = config.version === bundledVersion;
  const tokens = bundleTokens(namespace, exposure, config.otelEndpoint ?? defaultOtelEndpoint);
  const release = releaseLayer(config, directory, tokens, extraSteps(type, exposure), findings);
  const { layers, profiles } = overrideLayers(config, directory, tokens, findings);
  // Without a release document, every name in the overrides would look unknown.
  if (release === undefined) throw new ConfigurationError(findings.problems);

  const given = [release, ...layers];
  const owners = resolveComponents(mergeLayers(given));
  const { layers: files, problems: shortList } = completedSteps(given, owners);
  findings.problems.push(...partialStepsProblems(layers, owners), ...shortList);
  const all = [...files, configLayer(config, files), ...(bundled ? [exposureLayer(type, exposure)] : [])];
  const set = applySet(mergeLayers(all), config.set, config.setIsSecret);
  debug(() => layerLines(all, set.entries));
  const origin = originIn(
    all,
    set.entries.map(({ path }) => path),
  );
  const { usable: document, problems: shape } = checkDocument("release", set.document, origin);
  const nothing = emptyDocument(document, release, findings);
  if (nothing !== undefined) throw new ConfigurationError([...findings.problems, nothing]);
  const components = resolveComponents(document);
  // The files were checked one by one; what is new is the doing of `set`.
  const newProblems = shape.filter(({ file }) => file === stackConfiguration);
  findings.problems.push(...set.problems, ...newProblems, ...referenceProblems(document, components, origin));
  findings.problems.push(...removalProblems(config, components));
  const chosen = /^krateo:(type|openshift|profiles)\b/;
  if (!problems.some(({ path }) => chosen.test(path ?? "")))
    findings.problems.push(...conflictProblems(config, profiles));
  findings.problems.push(...disabledServices(exposure, components));
  findings.warnings.push(...unusedExposure(exposure, type, bundled), ...lifecycleWarnings(directory, type));
  findings.warnings.push(...ignoredSettings(document));

  const computed = documentSteps(document).flatMap((step): ComputedStep[] => {
    const owner = components.find(({ steps }) => steps.includes(step.id));
    return owner === undefined ? [] : [computeStep(document, step, owner, origin)];
  });
  const steps = computed.flatMap((step) => typedStep(step, namespace, findings) ?? []);
  findings.problems.push(
    ...sharedReleases(steps, computed),
    ...(problems.some(({ path }) => path?.startsWith("krateo:nodePorts"))
      ? []
      : sharedPortProblems(steps, computed)),
    ...variableProblems(computed),
    ...needProblems(computed, namespace, origin),
    ...databaseConfigProblems(
      config,
      computed.some(({ id, enabled }) => enabled && id === databaseStep),
    ),
  );
  judgeCharts(steps, computed, findings);
  textFindings(steps, computed, findings);
  if (findings.problems.length > 0) throw new ConfigurationError(findings.problems);
  findings.warnings.push(
    ...unusedKeyWarnings(config, profiles, steps),
    ...replacedMapWarnings(all, document, computed),
    ...browserUrlWarnings(steps),
    ...literalSecretWarnings(computed),
    ...loggedSecretWarnings(steps, computed),
  );

  const database = externalDatabase(config);
  const settings: Settings = deepFreeze({
    type: config.type,
    openshift: profiles.includes("openshift"),
    profiles,
    namespace,
    platformVersion: config.version,
    secrets: config.secrets,
    allowRemoval: config.allowRemoval,
    purgeVolumes: config.purgeVolumes,
    charts: config.chartMirror === undefined ? {} : { mirror: config.chartMirror },
    cluster: {
      ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
      ...(config.context === undefined ? {} : { context: config.context }),
    },
    ...(exposure.nodeAddress === undefined ? {} : { nodeAddress: exposure.nodeAddress }),
    ...(exposure.domain === undefined ? {} : { domain: exposure.domain }),
    exposure: {
      services: exposedServices(type, exposure).map(({ name }) => name),
      https: type === "routes" || exposure.tls !== undefined || profiles.includes("tls"),
      ...(exposure.loadBalancerAddress && { loadBalancerAddress: exposure.loadBalancerAddress }),
    },
    ...(database === undefined ? {} : { database }),
    components: components.map(({ name, description, enabled, steps }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      enabled,
      steps,
    })),
    steps,
    snapshot: snapshotOf(document, computed, config.version),
    warnings: findings.warnings.map(withoutLogins),
  });
  return { settings, document, layers: all, set: set.entries, steps: computed };
}

function removalProblems({ allowRemoval }: StackConfig, components: readonly ResolvedComponent[]): Problem[] {
  const known = components.map(({ name }) => name);
  return allowRemoval
    .filter((name) => !known.includes(name))
    .map((name) => ({
      what: `there is no component "${name}"`,
      file: stackConfiguration,
      path: "krateo:allowRemoval",
      allowed: nearestFirst(name, known),
    }));
}

/** Two steps of one Helm release would upgrade each other's work away at every run. */
function sharedReleases(steps: readonly Step[], computed: readonly ComputedStep[]): Problem[] {
  const owners = new Map<string, string>();
  return steps.flatMap((step): Problem[] => {
    if (step.type !== "chart") return [];
    const release = `${step.release.namespace}/${step.release.name}`;
    const owner = owners.get(release);
    if (owner === undefined) {
      owners.set(release, step.id);
      return [];
    }
    return [
      {
        what: `steps ${owner} and ${step.id} install the same Helm release, ${release}`,
        ...computed.find(({ id }) => id === step.id)?.place(["releaseName"]),
        next: "give one of them another releaseName",
      },
    ];
  });
}
