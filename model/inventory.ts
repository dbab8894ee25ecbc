/**
 * What a cluster holds already, as plain data: cluster/ writes it, components/ reads it.
 * It decides options of resources (import, retain), never which resources exist.
 */
import type { DamagedRecord } from "./helm-record.ts";
import type { SecretContent } from "./secret-content.ts";

export interface Inventory {
  /** UID of kube-system, which is the cluster's identity; undefined when out of reach. */
  readonly clusterUid?: string;
  /** Why the cluster could not be read, in one sentence; undefined when it could. */
  readonly unreachable?: string;
  /** Set where the API server may answer later. */
  readonly isAway?: true;
  readonly namespace: ExistingObject | undefined;
  /** Latest revision of every Helm release in the namespace, by release name. */
  readonly releases: Readonly<Record<string, ExistingRelease>>;
  /** Records of Helm's that cannot be read; absent when there are none. */
  readonly damaged?: readonly DamagedRecord[];
  /** Those of the three Secrets that exist, by name. */
  readonly secrets: Readonly<Record<string, ExistingSecret>>;
  /** Objects of object steps, the pull Secret, the CRD, the Installation, and namespaces beside its own: those that exist, by `objectKey`. */
  readonly objects: Readonly<Record<string, ExistingObject>>;
  /** Platform version that the Installation records: what the last run that succeeded installed; undefined without one. */
  readonly platformVersion?: string;
  /** What earlier platform versions left and 3.0.0 must not run beside. */
  readonly legacy: Legacy;
  /**
   * What hangs on releases that exist although their component is switched off, by the key in `releases`; read
   * only where there are such.
   */
  readonly dependents?: Readonly<Record<string, Dependents>>;
  /** Whether the cluster serves OpenShift's Routes; read only where the settings ask for OpenShift. */
  readonly routesServed?: boolean;
  /** The cluster's nodes; read only where their addresses are needed. */
  readonly nodes?: readonly ExistingNode[];
  /** Host at which the installed frontend tells browsers to find the platform's APIs; read with the nodes. */
  readonly frontendAddress?: string;
  /** The Lease of the run that worked on the installation last; undefined when none ever did. */
  readonly lease?: ExistingLease;
}

export interface ExistingObject {
  /** True when it carries the marker annotation: this program made it. */
  readonly ours: boolean;
  readonly uid: string;
  /** Set only when it has any. */
  readonly finalizers?: readonly string[];
  /** Since when its deletion waits, and for what, in words; set only when its deletion was asked for. */
  readonly deleting?: string;
}

export interface ExistingSecret extends ExistingObject, SecretContent {
  /** Set only when the API server refuses every change of what it holds. */
  readonly immutable?: boolean;
}

export interface ExistingRelease {
  readonly chart: string;
  readonly chartVersion: string;
  readonly revision: number;
  /** Helm's word: deployed, failed, pending-install, uninstalling… */
  readonly status: string;
  /** When the revision, or its uninstallation, was begun, in milliseconds since 1970. */
  readonly updatedAt: number;
}

/** Held by a run while it works, in the installation's namespace. Times in milliseconds since 1970. */
export interface ExistingLease {
  /** Who, in words: user, host and process. */
  readonly holder: string;
  /** What it does, as a command line: `pulumi up`. Absent in Leases of earlier versions of this program. */
  readonly activity?: string;
  readonly acquiredAt: number;
  readonly renewedAt: number;
  /** How long it is valid after a renewal. */
  readonly durationSeconds: number;
  /** True when the holder gave it up, has ended, has not renewed it for its whole duration, or belongs to this very run. */
  readonly ended: boolean;
  /** The resourceVersion that was judged. A Lease that still has it has not been renewed since. */
  readonly version: string;
  /** The resourceVersion when it was seen first. What was read at that time is out of date if the Lease has another one now. */
  readonly firstVersion: string;
}

/** Name of that Lease. */
export const leaseName = "krateo-installer";

/** What would be lost with a Helm release beyond the release itself. */
export interface Dependents {
  /** Objects that users made of the release's kinds or in its namespaces, as `NAMESPACE/NAME`. */
  readonly objects: readonly {
    readonly kind: string;
    /** What kubectl calls the kind, e.g. `notebooks.finops.krateo.io`. */
    readonly crd: string;
    readonly names: readonly string[];
    /** Those of them that a finalizer holds. */
    readonly held: readonly string[];
  }[];
  /** Claims of its pods; `goes`: Kubernetes deletes it with the release. */
  readonly volumes: readonly { readonly name: string; readonly goes: boolean }[];
}

export interface Legacy {
  /** Deprecated releases, found by release name and chart name. */
  readonly releases: readonly LegacyRelease[];
  /** Names of PersistentVolumeClaims that belong to them. */
  readonly volumes: readonly string[];
  /** The installer of Krateo 2.7.0 with its object; undefined when nothing of it is there. */
  readonly platform?: LegacyPlatform;
  /** Name of the Installation by which upstream's CLI runs 2.7.0's charts; its `migrate-full` leaves things so. */
  readonly takenOver?: string;
  /** What earlier installers leave behind for ever. Absent when there is none. */
  readonly leftovers?: readonly Leftover[];
}

export interface LegacyRelease {
  readonly name: string;
  readonly chart: string;
  readonly chartVersion: string;
  /** Its hooks around an uninstall, which only Helm can run; set only when it has any. */
  readonly deleteHooks?: readonly string[];
}

export interface LegacyPlatform {
  /** KrateoPlatformOps objects of the namespace. */
  readonly objects: readonly {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly finalizers: readonly string[];
    /** Its deletion was asked for. */
    readonly deleting: boolean;
    /** Its conditions that are False, in words; set only when there are any. */
    readonly faults?: readonly string[];
  }[];
  /** KrateoPlatformOps objects of other namespaces, as `NAMESPACE/NAME`. */
  readonly elsewhere: readonly string[];
  /** The installer's own Helm releases, found by release name and chart name. */
  readonly releases: readonly LegacyRelease[];
  /** The Deployments that the release `installer` made, with the replicas that are asked for. */
  readonly installers: readonly {
    readonly name: string;
    readonly replicas: number;
    /** Of these, pods that are not available; set only when there are any. */
    readonly unready?: number;
  }[];
}

/** True while a 2.7.0 is there that a run migrates. */
export function isMigration({ legacy: { platform, takenOver } }: Inventory): boolean {
  return platform !== undefined || takenOver !== undefined;
}

/** An object by which some account keeps rights that nothing needs any more. */
export interface Leftover {
  readonly kind: "ClusterRoleBinding" | "Job" | "ServiceAccount";
  readonly name: string;
}

/** Marks what this program created; without it an object is adopted, and kept on removal. */
export const markerAnnotation = "krateo.io/created-by";
export const markerValue = "krateo-pulumi";

/** Key of `Inventory.objects`. */
export function objectKey(
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
): string {
  return [apiVersion, kind, namespace ?? "", name].join("/");
}

/** Key of `Inventory.releases`. @param home Namespace of the installation. */
export function releaseKey(
  release: { readonly name: string; readonly namespace: string },
  home: string,
): string {
  return release.namespace === home ? release.name : `${release.namespace}/${release.name}`;
}

/** A node of the cluster, with the addresses that its status lists, the preferred one of each kind first. */
export interface ExistingNode {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly createdAt: number;
  readonly ready: boolean;
  readonly externalIps: readonly string[];
  readonly internalIps: readonly string[];
  /** Host and DNS names. */
  readonly names: readonly string[];
}
