/** The CRDs that two platform versions bring: in the charts that differ, rendered with the helm on the PATH. */
import { isDeepStrictEqual } from "node:util";
import type { FetchOptions } from "../../charts/fetch.ts";
import { stepsOfVersion, type VersionDifference } from "../../configuration/versions/difference.ts";
import { ConfigurationError } from "../../model/problem.ts";
import type { ChartStep, JsonObject, ReleaseType } from "../../model/settings.ts";

/** Names of CRDs. */
export interface CrdDifference {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  /** Versions of kinds that are served no more, as NAME VERSION: objects and clients may still use them. */
  readonly versionsGone: readonly string[];
  /** Charts that do not render without a cluster, as NAME VERSION: their CRDs are not among these. */
  readonly notCompared: readonly string[];
}

/**
 * Compares the CRDs of the charts that differ, which it fetches.
 *
 * @throws ConfigurationError without a helm, and for a chart that cannot be fetched
 */
export async function crdDifference(
  { from, to, charts }: VersionDifference,
  type: ReleaseType,
  options: FetchOptions,
): Promise<CrdDifference> {
  const [{ helmVersion }, { crdsOfManifests, renderedManifests }, { fetchArchives }] = await Promise.all([
    import("../../cluster/checks/rendering/helm-template.ts"),
    import("../../cluster/checks/rendering/rendered-manifests.ts"),
    import("../../charts/fetch.ts"),
  ]);
  if ((await helmVersion()) === undefined) {
    throw new ConfigurationError([
      {
        what: "--crds renders charts, and there is no helm on the PATH",
        next: "install helm, or leave --crds out",
      },
    ]);
  }
  const ids = new Set([...charts.added, ...charts.gone, ...charts.changed].map(({ step }) => step));
  const crdsOf = async (version: string) => {
    const steps = (stepsOfVersion(options.directory, type, version) ?? []).filter(
      (step): step is ChartStep => step.type === "chart" && ids.has(step.id),
    );
    const manifests = await renderedManifests(steps, await fetchArchives(steps, options));
    return {
      crds: new Map([...manifests.values()].flatMap((one) => [...crdsOfManifests(one)])),
      notCompared: steps
        .filter(({ id }) => !manifests.has(id))
        .map(({ chart }) => `${chart.name} ${chart.version}`),
    };
  };
  const [before, after] = [await crdsOf(from), await crdsOf(to)];
  const both = [...after.crds].flatMap(([name, spec]) => {
    const was = before.crds.get(name);
    return was === undefined ? [] : [{ name, was, spec }];
  });
  return {
    added: [...after.crds.keys()].filter((name) => !before.crds.has(name)),
    gone: [...before.crds.keys()].filter((name) => !after.crds.has(name)),
    changed: both.filter(({ was, spec }) => !isDeepStrictEqual(was, spec)).map(({ name }) => name),
    versionsGone: both.flatMap(({ name, was, spec }) => {
      const served = servedVersions(spec);
      return servedVersions(was)
        .filter((version) => !served.includes(version))
        .map((version) => `${name} ${version}`);
    }),
    notCompared: [...before.notCompared, ...after.notCompared],
  };
}

function servedVersions({ versions }: JsonObject): string[] {
  const list = Array.isArray(versions) ? (versions as { name?: string; served?: boolean }[]) : [];
  return list.flatMap(({ name, served }) => (name !== undefined && served ? [name] : []));
}

/** A line for each difference. */
export function crdLines({ added, gone, changed, versionsGone, notCompared }: CrdDifference): string[] {
  return [
    ...added.map((name) => `CRD ${name} is new`),
    ...gone.map(
      (name) => `CRD ${name} is gone: unless its chart keeps it, every object of it is deleted with it`,
    ),
    ...changed.map((name) => `CRD ${name} changes`),
    ...versionsGone.map((name) => `CRD ${name} is served no more`),
    ...notCompared.map(
      (chart) => `CRDs of chart ${chart} are not compared: it does not render without a cluster`,
    ),
  ];
}
