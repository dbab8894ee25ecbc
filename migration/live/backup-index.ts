/** The index file of a backup, and what has changed since. */
import { z } from "zod";
import type { HelmRelease } from "../../cluster/client/helm-release.ts";

const release = z.object({
  name: z.string(),
  chart: z.string(),
  chartVersion: z.string(),
  revision: z.number(),
  status: z.string(),
  /** 3.0.0 has no place for it: the migration removes it. */
  deprecated: z.boolean(),
});

/** What a backup says of itself; its file is written last, so that a folder without it is none. */
export const backupIndex = z.object({
  format: z.literal(1),
  createdAt: z.string(),
  server: z.string(),
  clusterUid: z.string(),
  namespace: z.string(),
  /** The KrateoPlatformOps object; absent when there was none. */
  object: z.object({ name: z.string(), uid: z.string(), generation: z.number() }).optional(),
  installers: z.array(z.object({ name: z.string(), replicas: z.number() })),
  releases: z.array(release),
  volumes: z.array(z.object({ claim: z.string(), volume: z.string(), reclaimPolicy: z.string() })),
  secrets: z.array(z.string()),
});

export type BackupIndex = z.infer<typeof backupIndex>;
export type BackupRelease = z.infer<typeof release>;

/**
 * Whether an earlier backup holds all that a removal would take away by now: of the same installation, its object as it
 * is, and the deprecated releases that are left. A run that goes on after a kill needs no second one.
 */
export function covers(earlier: BackupIndex, now: BackupIndex): boolean {
  const held = (wanted: BackupRelease): boolean =>
    earlier.releases.some(
      ({ name, chart, revision }) =>
        name === wanted.name && chart === wanted.chart && revision === wanted.revision,
    );
  const sameObject =
    now.object === undefined ||
    (earlier.object?.uid === now.object.uid && earlier.object.generation === now.object.generation);
  return (
    earlier.clusterUid === now.clusterUid &&
    earlier.namespace === now.namespace &&
    sameObject &&
    now.releases.filter(({ deprecated }) => deprecated).every(held)
  );
}

/** What a release is now, as `replacedSince` compares it. */
export function identities(releases: ReadonlyMap<string, HelmRelease>): ReadonlyMap<string, LiveIdentity> {
  return new Map(
    [...releases].map(([name, { chart, version }]) => [
      name,
      { chartVersion: chart.metadata.version, revision: version },
    ]),
  );
}

interface LiveIdentity {
  readonly chartVersion: string;
  readonly revision: number;
}

/** What of an installation has changed since its backup, so that going back would not lead to what was. */
export function replacedSince(backup: BackupIndex, live: ReadonlyMap<string, LiveIdentity>): string[] {
  return backup.releases
    .filter(({ deprecated }) => !deprecated)
    .flatMap(({ name, chartVersion, revision }) => {
      const now = live.get(name);
      if (!now) return [`Helm release ${name} is gone`];
      if (now.chartVersion !== chartVersion)
        return [`Helm release ${name} is of version ${now.chartVersion}, and was of ${chartVersion}`];
      if (now.revision !== revision)
        return [`Helm release ${name} is at revision ${now.revision}, and was at ${revision}`];
      return [];
    });
}
