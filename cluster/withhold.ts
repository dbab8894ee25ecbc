/** Keeps secrets of what a run takes over out of Pulumi's state. */
import { isDeepStrictEqual } from "node:util";
import { releaseKey } from "../model/inventory.ts";
import { leavesOf, pathText, valueAt, withValueAt } from "../model/path.ts";
import type { TreeObject } from "../model/secret-value.ts";
import type { ChartStep, Json, Path, Settings } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { patch } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { HelmRelease } from "./client/helm-release.ts";
import { masked, secretTexts } from "./drift/masking.ts";
import { secretPlaces } from "./drift/release-drift.ts";
import { installationPath, readInstallation } from "./installation.ts";
import { changeRecord } from "./record-change.ts";

/** A release that the engine will import, and where the values that Helm has stored of it hold a secret. */
interface Withheld {
  readonly step: ChartStep;
  readonly revision: number;
  readonly paths: readonly Path[];
}

/**
 * The releases with secrets among their stored values that are there and not in the stack's state. The engine imports them:
 * it writes these values into its state as they are, and learns only from the upgrade that follows which of them are secret.
 *
 * @param latest Latest revision of each release, by its key in the inventory.
 * @param known What the state has: the engine's name of each release, by release name.
 */
export function withheldReleases(
  settings: Settings,
  latest: ReadonlyMap<string, Pick<HelmRelease, "version" | "config">>,
  known: Readonly<Record<string, string>>,
): Withheld[] {
  return chartStepsOf(settings).flatMap((step) => {
    const live = latest.get(releaseKey(step.release, settings.namespace));
    if (!live || known[step.release.name] !== undefined) return [];
    const paths = secretValues(step, live.config);
    return paths.length > 0 ? [{ step, revision: live.version, paths }] : [];
  });
}

/** In one line, for a plan. */
export function describeWithheld({ step, revision, paths }: Withheld): string {
  return (
    `${step.release.name} will be taken over: so that no secret gets into Pulumi's state, ${paths.map(pathText).join(", ")} ` +
    `goes out of Helm's record of revision ${revision} before; the upgrade that follows brings it back`
  );
}

/**
 * Takes the secrets out of the values that Helm has stored of a revision. Helm needs them for nothing: the upgrade that follows
 * brings its own values, and a rollback uses the stored objects. Safe to repeat.
 *
 * @throws as `changeRecord`
 */
export async function withhold(connection: Connection, step: ChartStep, revision: number): Promise<void> {
  const { name, namespace } = step.release;
  await changeRecord(connection, { release: name, namespace, revision }, ({ config, ...record }) => {
    const paths = secretValues(step, config);
    if (paths.length === 0) return undefined;
    const without = paths.reduce(
      (values, path) => withValueAt(values, path, undefined),
      config as TreeObject,
    );
    return { ...record, config: without };
  });
}

/**
 * Masks the secrets in the Installation object, as every run writes them. Upstream's CLI writes them in clear, and the engine
 * would copy them. The update that follows replaces what the object says. Safe to repeat.
 *
 * @throws as `get` in api.ts
 */
export async function maskSnapshot(connection: Connection, namespace: string): Promise<void> {
  const found = await readInstallation(connection, namespace);
  const spec = (found?.spec ?? {}) as Json;
  const shown = masked(spec, { texts: [] });
  if (isDeepStrictEqual(shown, spec)) return;
  await patch(connection, installationPath(namespace), "application/merge-patch+json", { spec: shown });
}

/** Where stored values hold what would be masked if they were shown. A list counts as a whole. */
function secretValues(step: ChartStep, config: HelmRelease["config"] = {}): Path[] {
  const isSecret = secretPlaces(step);
  const secrecy = { isSecret, texts: secretTexts(step.values, isSecret) };
  return leavesOf(config as TreeObject).filter((path) => {
    const [value, parent] = [path, path.slice(0, -1)].map((at) => valueAt(config, at) as Json);
    return value !== "" && !isDeepStrictEqual(masked(value as Json, secrecy, path, parent), value);
  });
}
