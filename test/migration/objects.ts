/** KrateoPlatformOps objects for tests: the unchanged ones of each type, and how to change them. */

import type { ChangeOutcome } from "../../migration/change-outcome.ts";
import type { LegacyType } from "../../migration/legacy-defaults.ts";
import { legacyDefaults } from "../../migration/legacy-defaults.ts";
import { type LegacyPlatform, readLegacyPlatform } from "../../migration/legacy-platform.ts";
import { type Migration, migrate } from "../../migration/migrate.ts";
import { overridesText } from "../../migration/overrides-file.ts";
import { stackValues } from "../../migration/stack-configuration.ts";
import type { Json, JsonObject, Settings } from "../../model/settings.ts";
import { entriesOf } from "../../rehearsal/legacy/platform-object.ts";
import { load } from "../configuration/project.ts";

export interface GivenStep {
  id: string;
  type: string;
  with: JsonObject & { set?: { name: string; value?: Json; asString?: boolean }[] };
}

export interface GivenObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
  spec: { steps: GivenStep[] };
}

/** An object in which nothing differs from the defaults. */
export function unchanged(type: LegacyType = "nodeport", namespace = "krateo-system"): GivenObject {
  const steps = legacyDefaults(type, namespace).map(({ id, type: kind, with: input }): GivenStep => {
    const { values = null, type: secretType = null, stringData: _, ...fields } = structuredClone(input);
    if (kind === "var") return { id, type: kind, with: fields };
    const set = entriesOf(kind === "chart" ? values : { type: secretType });
    return { id, type: kind, with: { ...fields, set } };
  });
  return {
    apiVersion: "krateo.io/v1alpha1",
    kind: "KrateoPlatformOps",
    metadata: { name: "krateo", namespace },
    spec: { steps },
  };
}

export function stepOf(object: GivenObject, id: string): GivenStep {
  const step = object.spec.steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}

/** Adds entries to a step's `set` list. */
export function set(object: GivenObject, id: string, entries: Readonly<Record<string, Json>>): GivenObject {
  const step = stepOf(object, id);
  const added = Object.entries(entries).map(([name, value]) => ({ name, value }));
  step.with = { ...step.with, set: [...(step.with.set ?? []), ...added] };
  return object;
}

export function without(object: GivenObject, ...ids: string[]): GivenObject {
  object.spec.steps = object.spec.steps.filter(({ id }) => !ids.includes(id));
  return object;
}

export function read(object: GivenObject): LegacyPlatform {
  const { platform, problems } = readLegacyPlatform(object as unknown as Json, "object", "krateo-system");
  if (platform === undefined) throw new Error(JSON.stringify(problems));
  return platform;
}

export function merge(object: GivenObject, type?: LegacyType): Migration {
  return migrate(read(object), type);
}

/** Loads what a migration comes to, as the program would. */
export async function settingsOf(migration: Migration): Promise<Settings> {
  const text = overridesText(migration);
  const files: Record<string, string> = text === undefined ? {} : { "krateo-overrides.yaml": text };
  return load(files, stackValues(migration));
}

/** `step path: outcome`, and where a value goes or why it does not. */
export function lineOf({ change, outcome }: ChangeOutcome): string {
  const where = `${change.step.id} ${change.path.join(".") || "(step)"}`;
  switch (outcome.kind) {
    case "carried": {
      const values = outcome.overrides.map(
        ({ path, value }) => `${path.join(".")} = ${JSON.stringify(value)}`,
      );
      return `${where}: ${outcome.secret ? "secret " : ""}${values.join(", ")}`;
    }
    case "configured":
      return `${where}: ${outcome.key} ${outcome.value}`;
    case "same":
      return `${where}: same`;
    case "left":
      return `${where}: left, ${outcome.why}`;
  }
}

/** The types of 2.7.0. */
export const types: readonly LegacyType[] = ["nodeport", "loadbalancer", "ingress"];
/** What becomes of each change, a line each. */
export const lines = (object: GivenObject, type?: LegacyType) => merge(object, type).outcomes.map(lineOf);
/** Where krateo-overrides.yaml keeps the Helm values of a step. */
const helm = (component: string, step: string) => `components.${component}.stepConfig.${step}.helmValues`;
export const authn = helm("backend", "install-authn");
export const frontend = helm("frontend", "install-frontend");
