/** Compares the cluster with the plan. */
import { expandVariables } from "../../configuration/variables.ts";
import { damagedWarning } from "../../model/helm-record.ts";
import { releaseKey } from "../../model/inventory.ts";
import { pathText } from "../../model/path.ts";
import type { Json, JsonObject, ObjectStep, Settings } from "../../model/settings.ts";
import { concerns } from "../../plan/concerned-records.ts";
import type { Connection } from "../client/connection.ts";
import { type ManifestObject, parseManifest } from "../client/manifest.ts";
import { inParallel } from "../client/parallel.ts";
import { readReleases, refuseDamaged } from "../client/releases.ts";
import { chartSteps } from "../observation.ts";
import { withDifferences } from "./difference.ts";
import type { FieldHolder } from "./field-holder.ts";
import type { Finding, Remedy } from "./finding.ts";
import { masked, maskedDifference, secretTexts } from "./masking.ts";
import type { Means } from "./means.ts";
import { objectFinding, type Wanted } from "./object-drift.ts";
import { outdatedFindings } from "./outdated-drift.ts";
import { secretFindings, snapshotFindings, variableFindings } from "./platform-drift.ts";
import { releaseFindings, secretPlaces, unknownIn } from "./release-drift.ts";
import { readVariables, type VariableValues } from "./variable-values.ts";

/** Something that is not as planned, as it may be shown: secrets are masked. */
export interface Drift {
  /** Helm release, or id of the step that it belongs to; "platform" for what belongs to none. */
  readonly release: string;
  /** What of it: release, values, a variable, or an object by kind and name. */
  readonly subject: string;
  /** All that was compared; undefined when it should not be there. */
  readonly planned: Json | undefined;
  /** The same as it is in the cluster; undefined when it is not there. */
  readonly live: Json | undefined;
  readonly differences: readonly {
    /** Place below `planned`; empty for all of it. */
    readonly path: string;
    readonly planned: Json | undefined;
    readonly live: Json | undefined;
    readonly holder?: FieldHolder;
  }[];
  readonly remedy: Remedy;
  /** Of an object whose release is applied again: how it becomes as planned. */
  readonly means?: Means;
}

/** What was compared, and what is not as planned in it. */
export interface DriftReport {
  readonly drifts: readonly Drift[];
  readonly compared: {
    readonly releases: number;
    readonly objects: number;
    /** How many of the objects were compared here, since the user may not ask the API server. */
    readonly here: number;
  };
  /** What could not be read of the namespaces, and is none of the plan's, in sentences. */
  readonly unread: readonly string[];
}

/**
 * Compares the cluster with the plan: Helm releases, their values, every object of their manifests, objects of the
 * document's own, the three Secrets and the snapshot. Changes nothing.
 *
 * @throws as `get` in api.ts; ConfigurationError when the record of a release of the plan cannot be read
 */
export async function findDrift(connection: Connection, settings: Settings): Promise<DriftReport> {
  const [{ releases, unread }, variables, secrets, snapshot, outdated] = await Promise.all([
    readPlanned(connection, settings),
    readVariables(connection, settings),
    secretFindings(connection, settings),
    snapshotFindings(connection, settings),
    outdatedFindings(connection, settings),
  ]);
  const wanted = [...releases.flatMap(wantedOf), ...objectsOfSteps(settings, variables)];
  const objects = await inParallel(wanted, (one) => objectFinding(connection, one));
  const order = [...releases.map(({ name }) => name), ...settings.steps.map(({ id }) => id)];
  const found = [
    ...releases.flatMap(({ step, name, live }) => releaseFindings(step, name, live, variables)),
    ...objects.flatMap(({ finding }) => finding ?? []),
    ...outdated,
  ];
  const findings = [...found, ...variableFindings(variables, found)].toSorted(
    (one, other) => order.indexOf(one.release) - order.indexOf(other.release),
  );

  const texts = [
    ...releases.flatMap(({ step, live }) =>
      [step.values, live?.config as JsonObject | undefined].flatMap((values) =>
        secretTexts(values, secretPlaces(step)),
      ),
    ),
    ...objects.flatMap((object) => object.secrets),
    ...secrets.secrets,
  ];
  return {
    drifts: shown([...findings, ...secrets.findings, ...snapshot], texts),
    compared: {
      releases: releases.filter(({ step }) => step.enabled).length,
      objects: wanted.length,
      here: objects.filter(({ isForbidden }) => isForbidden).length,
    },
    unread,
  };
}

/** Compares the stored snapshot of the last run with the plan. Changes nothing. Errors as `get` in api.ts. */
export async function findInstalledDrift(connection: Connection, settings: Settings): Promise<DriftReport> {
  const drifts = shown(await snapshotFindings(connection, settings), []);
  return { drifts, compared: { releases: 0, objects: 1, here: 0 }, unread: [] };
}

type PlannedRelease = Awaited<ReturnType<typeof readPlanned>>["releases"][number];

/** Every chart step with its live release, and the name that the inventory has for it. */
async function readPlanned(connection: Connection, settings: Settings) {
  const steps = chartSteps(settings);
  const named = (one: { name: string; namespace: string }) => releaseKey(one, settings.namespace);
  // A switched-off step may share its release's name with one that is on.
  const on = new Set(steps.filter(({ enabled }) => enabled).map(({ release }) => named(release)));
  const namespaces = [...new Set([settings.namespace, ...steps.map(({ release }) => release.namespace)])];
  const lists = await inParallel(namespaces, (namespace) => readReleases(connection, namespace));
  const damaged = lists.flatMap((list) => list.damaged);
  const concerned = concerns(settings);
  refuseDamaged(damaged, concerned);
  const found = lists.flatMap(({ releases }) => [...releases.values()]);
  const live = new Map(found.map((one) => [named(one), one]));
  return {
    releases: steps
      .map((step) => ({ step, name: named(step.release), live: live.get(named(step.release)) }))
      .filter(({ step, name }) => step.enabled || !on.has(name)),
    unread: damaged.filter((record) => !concerned(record)).map(damagedWarning),
  };
}

function wantedOf({ step, name, live }: PlannedRelease): Wanted[] {
  if (!live || !step.enabled) return [];
  return parseManifest(live.manifest).map((planned) => ({
    release: name,
    planned,
    home: live.namespace,
    remedy: "reapply",
  }));
}

function objectsOfSteps(settings: Settings, variables: VariableValues): Wanted[] {
  const steps = settings.steps.filter((step): step is ObjectStep => step.type === "object" && step.enabled);
  return steps.map((step) => ({
    release: step.id,
    planned: expandVariables(step.manifest, variables.values) as ManifestObject,
    home: settings.namespace,
    remedy: "refresh",
    isSecret: secretPlaces(step),
    isUnknown: unknownIn(step, variables),
  }));
}

/** Findings as they may be shown. */
function shown(findings: readonly Finding[], texts: readonly string[]): Drift[] {
  // A secret may contain another one: the longer one goes first.
  const sorted = [...new Set(texts)].toSorted((one, other) => other.length - one.length);
  return findings.map(({ release, subject, planned, differences, isSecret, remedy, means }) => {
    const secrecy = { isSecret, texts: sorted };
    const hidden = differences.map((one) => maskedDifference(one, secrecy, planned ?? null));
    const all = planned === undefined ? undefined : masked(planned, secrecy);
    return {
      release,
      subject,
      planned: all,
      live: withDifferences(all ?? null, hidden),
      differences: hidden.map((one) => ({ ...one, path: pathText(one.path) })),
      remedy,
      ...(means && { means: { ...means, because: masked(means.because, secrecy) as string } }),
    };
  });
}
