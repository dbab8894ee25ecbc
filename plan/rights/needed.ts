/** What an account needs for a purpose, by what the charts hold where they are rendered, else by what is known of them. */
import type { ChartStep, Json, ObjectStep, Settings } from "../../model/settings.ts";
import { installationCrd } from "../installation.ts";
import { chartStepsOf } from "../plan.ts";
import { rightsToDelegate } from "./delegation.ts";
import { kindsOf } from "./kinds.ts";
import { rightsByLookup, rightsOnChart } from "./known-charts.ts";
import { knownOfLegacy, type ObjectsByRelease, restorable, rightsOnLegacy } from "./migration.ts";
import { ownRequests } from "./own-requests.ts";
import { type PlannedObject, plannedObjects, rightsOnObjects } from "./planned-objects.ts";
import { rightsToRemove } from "./removal.ts";
import { includes, type Purpose, type Right } from "./right.ts";
import type { NamespaceNeeded } from "./roles.ts";

/** What charts hold, as far as it is known. */
export interface ChartContents {
  /** Manifests and hooks by step id, as Helm renders them with the step's values; without an entry where it does not. */
  readonly rendered: ReadonlyMap<string, readonly Json[]>;
  /** Those of releases that are installed: what the plan no longer has is removed. Default: none are known. */
  readonly installed?: readonly PlannedObject[];
  /** Those of installed releases that only a migration removes. Default: what is known of their charts. */
  readonly legacy?: ObjectsByRelease;
  /** Names of definitions that were made out of users' objects. Default: none are known. */
  readonly generated?: readonly string[];
}

/** Every right, each with its reason. */
export function rightsNeeded(settings: Settings, purpose: Purpose, contents: ChartContents): Right[] {
  const steps = chartStepsOf(settings);
  const objects = [
    ...steps.flatMap((step) => objectsOf(step, contents)),
    ...settings.steps.flatMap((step) =>
      step.type === "object" && step.enabled ? [objectOf(step, settings)] : [],
    ),
    ...(contents.installed ?? []),
    snapshotDefinition,
  ];
  const legacy: ObjectsByRelease =
    purpose === "migrate" ? (contents.legacy ?? knownOfLegacy(settings)) : new Map();
  const kindOf = kindsOf([...objects, ...[...legacy.values()].flat()].map(({ manifest }) => manifest));
  const makes = includes(purpose, "install");
  const held = [
    ...ownRequests(settings, purpose),
    ...rightsOnObjects(objects, kindOf, purpose),
    ...(purpose === "verify" ? [] : steps.flatMap(rightsByLookup)),
    ...(makes ? rightsToRemove(settings, objects, kindOf, contents.generated ?? []) : []),
    ...rightsOnLegacy(legacy, kindOf),
  ];
  const unknown = steps.filter(({ id }) => !contents.rendered.has(id));
  return [
    ...held,
    ...(makes ? rightsToDelegate([...objects, ...restorable(legacy)], kindOf, held) : []),
    ...(purpose === "verify" ? [] : unknown.flatMap(rightsOnChart)),
  ];
}

/** Namespaces that roles are needed in: the installation's, those of releases, and those that charts make. */
export function namespacesNeeded(settings: Settings, contents: ChartContents): NamespaceNeeded[] {
  const steps = chartStepsOf(settings);
  const made = steps.flatMap((step) =>
    objectsOf(step, contents).flatMap(({ manifest: { apiVersion, kind, metadata } }): NamespaceNeeded[] =>
      apiVersion === "v1" && kind === "Namespace" ? [{ name: metadata.name, release: step.release }] : [],
    ),
  );
  const own = new Set([settings.namespace, ...steps.map(({ release }) => release.namespace)]);
  return [...[...own].map((name) => ({ name })), ...made];
}

function objectsOf({ id, chart, release }: ChartStep, { rendered }: ChartContents): PlannedObject[] {
  return plannedObjects(`chart ${chart.name}`, release.namespace, rendered.get(id) ?? []);
}

function objectOf({ id, manifest }: ObjectStep, { namespace }: Settings): PlannedObject {
  return { maker: `step ${id}`, home: namespace, manifest, watched: true };
}

/** Made by the program itself, as the kind of its record of what is installed. */
const snapshotDefinition: PlannedObject = {
  maker: "this program",
  home: "",
  watched: true,
  manifest: {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    ...installationCrd,
  } as unknown as PlannedObject["manifest"],
};

/** Of an installation that finds no namespace: where a role in it was made before, it is there. */
export const rightToMakeNamespaces: Right = {
  group: "",
  resource: "namespaces",
  verbs: ["create"],
  why: "make the installation's namespace",
};
