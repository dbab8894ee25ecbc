/** What a removal has to know of the cluster and of the stack, as plain data: cluster/ and commands/ write it. */

import type { DamagedRecord } from "../../model/helm-record.ts";
import type { ConfiguredRelease, ReleaseName } from "./known.ts";
import type { CustomKind, LiveObject, ObjectName } from "./objects.ts";

/** What the stack's state holds. */
export interface StackRecord {
  /** False when the state holds nothing: it was never used, or all of it has been destroyed. */
  readonly filled: boolean;
  /** Of the last run that succeeded, or of the provider; undefined when neither says. */
  readonly clusterUid?: string;
  readonly namespace?: string;
  readonly releases: readonly ReleaseName[];
  /** Helm releases whose creation was cut short before the state recorded it. */
  readonly interrupted: readonly ReleaseName[];
  readonly objects: readonly StackObject[];
}

export interface StackObject extends ObjectName {
  /** True for what a destroy leaves alone: it was there before, or holds what is the users'. */
  readonly retained: boolean;
}

export interface LiveRelease extends ConfiguredRelease {
  readonly chartVersion: string;
  /** Helm's word: deployed, failed, pending-install, uninstalling… */
  readonly status: string;
  /** Objects of its manifest, with `kept` for those that Helm leaves behind. */
  readonly manifest: readonly (ObjectName & { readonly kept: boolean })[];
  readonly hooks: readonly ObjectName[];
  /** Whether any of its workloads has a pod available; undefined when it has no workload. */
  readonly available?: boolean;
}

export interface RemovalSurvey {
  /** Of the installation. */
  readonly namespace: string;
  /** Milliseconds since 1970. */
  readonly readAt: number;
  readonly stack: StackRecord;
  /** In the order of installation. */
  readonly configured: readonly ConfiguredRelease[];
  /** In the namespaces of the configured ones, whoever's they are. */
  readonly releases: readonly LiveRelease[];
  /** Records of Helm's in those namespaces that cannot be read. */
  readonly damaged: readonly DamagedRecord[];
  /**
   * Namespaces beyond those in which a release of a configured name exists, by name; `unreadable` for a user who may not
   * list the Secrets of all namespaces.
   */
  readonly elsewhere: Readonly<Record<string, readonly string[]>> | "unreadable";
  readonly customKinds: readonly CustomKind[];
  /** Definitions that core-provider and oasgen-provider made out of users' objects, by the chart that did. */
  readonly generated: Readonly<Record<string, readonly string[]>>;
  /**
   * Every definition; custom objects of the kinds that may go, anywhere in the cluster; whatever lives in the
   * installation's namespaces and in those that a release made; and cluster-scoped objects that Helm manages, or of
   * a kind that a release's record or a chart's description names.
   */
  readonly objects: readonly LiveObject[];
  /** Kinds that could not be listed, so that nobody knows whether objects of theirs are left. */
  readonly unreadable: readonly string[];
}
