/** Collects what a backup holds. */
import { stringify } from "yaml";
import { get, type KubeObject, list, pathOf } from "../../cluster/client/api.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { type HelmRelease, type HelmSecret, helmSecretType } from "../../cluster/client/helm-release.ts";
import { readClusterUid } from "../../cluster/client/identity.ts";
import { latestRevisions, readRecord, readReleases, refuseDamaged } from "../../cluster/client/releases.ts";
import { readInstallation } from "../../cluster/installation.ts";
import { deprecatedReleases, legacyReleases } from "../../components/deprecated.ts";
import { writing } from "../../configuration/yaml/go-scalars.ts";
import type { DamagedRecord } from "../../model/helm-record.ts";
import { legacyKind, legacyVersion } from "../legacy-facts.ts";
import type { BackupIndex, BackupRelease } from "./backup-index.ts";
import { legacyInstallation, legacyVolume, readLegacy } from "./legacy-inventory.ts";
import { volumesOf } from "./volume.ts";

/** Everything that a backup holds, as text by path inside its folder. */
export interface BackupContents {
  readonly index: BackupIndex;
  readonly files: ReadonlyMap<string, string>;
  /** Records of Helm's that cannot be read: they are in the files as they are, without values and manifest. */
  readonly damaged: readonly DamagedRecord[];
}

interface SecretObject extends KubeObject {
  readonly type?: string;
}

/** Its own tokens are of no use to anybody later on. */
const tokenType = "kubernetes.io/service-account-token";

/**
 * Reads what a backup of a 2.7.0 platform holds: its object, values, manifest and every record of each Helm release of
 * the namespace, and the Secrets.
 *
 * @throws as `get` in api.ts; ConfigurationError when the record of a release that a migration removes cannot be read
 */
export async function readBackup(connection: Connection, namespace: string): Promise<BackupContents> {
  const [reading, finding] = [readReleases(connection, namespace), readInstallation(connection, namespace)];
  const [clusterUid = "", secrets, legacy, { damaged }, volumes] = await Promise.all([
    readClusterUid(connection),
    list<SecretObject>(connection, pathOf("v1", "secrets", namespace)),
    readLegacy(
      connection,
      namespace,
      {},
      reading.then(({ releases }) => releases),
      finding,
    ),
    reading,
    volumesOf(connection, namespace),
  ]);
  // What a migration removes must be in the backup whole; of any other release its Secrets are enough.
  refuseDamaged(damaged, ({ release }) => legacyReleases.includes(release));
  const [name] = (legacy.platform?.objects ?? []).map((one) => one.name);
  const object =
    name === undefined
      ? undefined
      : await get<KubeObject>(connection, pathOf(legacyKind.apiVersion, legacyKind.plural, namespace, name));
  const installation = legacyInstallation(await finding);
  const records = secrets.filter(({ type }) => type === helmSecretType) as unknown as HelmSecret[];
  const others = secrets.filter(({ type }) => type !== helmSecretType && type !== tokenType);
  const latest = latestRevisions(records).flatMap((secret) => {
    const read = readRecord(secret);
    return typeof read === "object" ? [read] : [];
  });

  const files = new Map<string, string>();
  if (object)
    files.set(objectFile, stringify(cleaned(object, legacyKind.kind, legacyKind.apiVersion), writing));
  // A migration writes the steps of 3.0.0 into it: what upstream's CLI ran stands nowhere else.
  if (installation)
    files.set("installation.yaml", stringify(cleaned(installation, "Installation", "krateo.io/v1"), writing));
  for (const release of latest) {
    files.set(`releases/${release.name}/values.yaml`, stringify(release.config ?? {}, writing));
    files.set(`releases/${release.name}/manifest.yaml`, release.manifest);
  }
  for (const secret of records) {
    const release = secret.metadata.labels?.["name"] ?? "unnamed";
    const record = stringify(cleaned(secret, "Secret", "v1"), writing);
    files.set(`releases/${release}/${secret.metadata.name}.yaml`, record);
  }
  for (const secret of others)
    files.set(`secrets/${secret.metadata.name}.yaml`, stringify(cleaned(secret, "Secret", "v1"), writing));
  return {
    index: {
      format: 1,
      createdAt: new Date().toISOString(),
      server: connection.server,
      clusterUid,
      namespace,
      ...(object && {
        object: {
          name: object.metadata.name,
          uid: object.metadata.uid,
          generation: object.metadata.generation ?? 0,
        },
      }),
      installers: [...(legacy.platform?.installers ?? [])],
      releases: latest.map(summary),
      volumes: volumes.map(({ metadata, spec }) => ({
        claim: legacyVolume,
        volume: metadata.name,
        reclaimPolicy: spec.persistentVolumeReclaimPolicy ?? "Retain",
      })),
      secrets: others.map(({ metadata }) => metadata.name),
    },
    files,
    damaged,
  };
}

/** Name of the object's file: beside the backup's folder it bears the folder's name. */
export const objectFile = "krateoplatformops.yaml";

/** What every name of a backup begins with. */
export const backupName = `krateo-${legacyVersion}-backup`;

function summary({ name, version, info, chart }: HelmRelease): BackupRelease {
  const { name: chartName, version: chartVersion } = chart.metadata;
  const deprecated = deprecatedReleases.some((one) => one.name === name && one.chart === chartName);
  return { name, chart: chartName, chartVersion, revision: version, status: info.status, deprecated };
}

/** An object as it can be applied again: without status and what the API server writes. */
function cleaned(object: KubeObject, kind: string, apiVersion: string): Record<string, unknown> {
  const { status: _, metadata, ...rest } = object as KubeObject & { status?: unknown };
  const { name, namespace, labels, annotations, finalizers } = metadata;
  const kept = Object.fromEntries(
    Object.entries(annotations ?? {}).filter(
      ([key]) => key !== "kubectl.kubernetes.io/last-applied-configuration",
    ),
  );
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      ...(labels && { labels }),
      ...(Object.keys(kept).length > 0 && { annotations: kept }),
      ...(finalizers && { finalizers }),
    },
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== "apiVersion" && key !== "kind")),
  };
}
