import { legacyReleases } from "../components/deprecated.ts";
import type { DamagedRecord } from "../model/helm-record.ts";
import type { PreviousRun } from "../model/previous-run.ts";
import type { Settings } from "../model/settings.ts";

/**
 * Whether a damaged record is a reason to stop: what it records may be a release of the configuration or of the
 * last run, or one of Krateo 2.7.0 that must not be there. Its name is all that is known of it.
 */
export function concerns(
  { steps, namespace }: Pick<Settings, "steps" | "namespace">,
  previous?: PreviousRun,
): (record: DamagedRecord) => boolean {
  const names = new Set([
    ...steps.flatMap((step) =>
      step.type === "chart" ? [`${step.release.namespace}/${step.release.name}`] : [],
    ),
    ...Object.keys(previous?.releases ?? {}).map((name) => `${namespace}/${name}`),
    ...legacyReleases.map((name) => `${namespace}/${name}`),
  ]);
  return (record) => names.has(`${record.namespace}/${record.release}`);
}
