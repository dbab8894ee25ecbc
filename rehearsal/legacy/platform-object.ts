/**
 * The KrateoPlatformOps object of a Krateo 2.7.0 installation, as a rehearsal seeds it: the steps that 2.7.0 has, with
 * the values that matter to a migration, and with changes of a user's.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type LegacyType, legacyDefaults, legacyDomain } from "../../migration/legacy-defaults.ts";
import type { LegacyStep as PlatformStep } from "../../migration/legacy-platform.ts";
import type { Json } from "../../model/settings.ts";

/** One step; `with.set` holds the values as a list of paths. */
export interface LegacyStep {
  readonly id: string;
  readonly type: "chart" | "object" | "var";
  readonly with: {
    readonly name?: string;
    readonly releaseName?: string;
    readonly version?: string;
    readonly set?: readonly { readonly name?: string; readonly value?: unknown }[] | null;
    readonly [key: string]: unknown;
  };
}

type Values = Readonly<Record<string, unknown>>;

/** Host names of the ingress type. */
const domain = "krateo.example.org";

/** What a user has changed, by step: some of it goes over to 3.0.0, some has no place there. */
export const userChanges: Readonly<Record<string, Values>> = {
  "install-authn": { "resources.limits.memory": "384Mi" },
  "install-snowplow": { "env.DEBUG": "true" },
  "install-frontend": { "config.TITLE": "Our platform" },
  "install-core-provider": { "podLabels.example\\.org/team": "platform" },
  "install-eventsse": { "resources.limits.memory": "1Gi" },
};

/**
 * The object's steps for a type. With KRATEO_LEGACY_OBJECTS, the steps of `krateoplatformops-TYPE.yaml` in that
 * folder instead of our own. The user's changes come on top in both cases.
 *
 * @param openshift as 2.7.0 is set up there: cratedb's switch on (type loadbalancer)
 */
export async function legacySteps(type: LegacyType, openshift: boolean): Promise<LegacyStep[]> {
  const folder = process.env["KRATEO_LEGACY_OBJECTS"];
  const steps = folder
    ? (parse(await readFile(join(folder, `krateoplatformops-${type}.yaml`), "utf8")).spec
        .steps as LegacyStep[])
    : ownSteps(type);
  return steps.map((step) => {
    const changes: Values = {
      ...userChanges[step.id],
      ...(openshift && step.id === "install-finops-cratedb" ? { "openshift.enabled": "true" } : {}),
    };
    if (Object.keys(changes).length === 0) return step;
    return { ...step, with: { ...step.with, set: [...(step.with.set ?? []), ...setOf(changes)] } };
  });
}

/** 2.7.0's defaults, written as its own chart writes them: all values as entries of `set`, numbers as text. */
function ownSteps(type: LegacyType): LegacyStep[] {
  const text = JSON.stringify(legacyDefaults(type, "krateo-system")).replaceAll(legacyDomain, domain);
  return (JSON.parse(text) as PlatformStep[]).map(({ id, type: kind, with: input }): LegacyStep => {
    if (kind === "var") return { id, type: kind, with: input };
    if (kind === "object") {
      const { type: secretType, stringData: _, ...object } = input;
      const values = { type: secretType, "stringData.JWT_SIGN_KEY": "a-rehearsal-key" };
      return { id, type: kind, with: { ...object, set: setOf(values) } };
    }
    const { values, ...fields } = input;
    // Real objects hold such an entry, which sets nothing.
    const junk = id === "install-authn" ? [{ name: "map[]" }] : [];
    return { id, type: kind, with: { ...fields, set: [...entriesOf(values as Json), ...junk] } };
  });
}

/** Helm values as entries of a `set` list. */
export function entriesOf(value: Json, name = ""): { name: string; value: string | null }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => entriesOf(item, `${name}[${index}]`));
  if (value === null || typeof value !== "object") {
    return [{ name, value: value === null ? null : String(value).replace(/[\\,]/g, "\\$&") }];
  }
  return Object.entries(value).flatMap(([key, item]) =>
    entriesOf(item, `${name === "" ? "" : `${name}.`}${key.replaceAll(".", "\\.")}`),
  );
}

function setOf(values: Values): { name: string; value: unknown }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
