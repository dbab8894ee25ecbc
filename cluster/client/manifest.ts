/** Parses the manifest of a Helm release. */
import { acceptedObjects } from "../../configuration/yaml/object-file.ts";
import type { Json, JsonObject } from "../../model/settings.ts";

/** An object of a Helm release's manifest, with all its fields. */
export type ManifestObject = JsonObject & {
  apiVersion: string;
  kind: string;
  metadata: JsonObject & { name: string; namespace?: string; annotations?: { [key: string]: string } };
};

/**
 * Objects of a manifest that Helm has accepted, in the order it lists them; empty documents (a template that renders
 * nothing) left out.
 */
export function parseManifest(manifest: string): ManifestObject[] {
  return acceptedObjects(manifest).filter(isObject);
}

/** Whether a document is an object, as far as it can be told without the cluster. */
export function isObject(document: Json): document is ManifestObject {
  const candidate = document as Partial<ManifestObject> | null;
  return Boolean(candidate?.apiVersion && candidate.kind && candidate.metadata?.name);
}

/** True for what Helm leaves behind when it uninstalls. */
export function isKept(object: ManifestObject): boolean {
  return object.metadata.annotations?.["helm.sh/resource-policy"]?.trim().toLowerCase() === "keep";
}

/** Kinds in Helm's uninstall order: what others work through goes first, what they need last. */
const uninstallOrder = [
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "APIService",
  "Ingress",
  "IngressClass",
  "Service",
  "CronJob",
  "Job",
  "StatefulSet",
  "HorizontalPodAutoscaler",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "Pod",
  "DaemonSet",
  "RoleBinding",
  "Role",
  "ClusterRoleBinding",
  "ClusterRole",
  "CustomResourceDefinition",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "StorageClass",
  "ConfigMap",
  "Secret",
  "ServiceAccount",
  "PodDisruptionBudget",
  "LimitRange",
  "ResourceQuota",
  "NetworkPolicy",
  "PriorityClass",
  "Namespace",
];

/** Objects in the order in which Helm would delete them; kinds that it does not know come last. */
export function inUninstallOrder<T extends { readonly kind: string }>(objects: readonly T[]): T[] {
  const rank = ({ kind }: T): number => {
    const index = uninstallOrder.indexOf(kind);
    return index < 0 ? uninstallOrder.length : index;
  };
  return objects.toSorted((one, other) => rank(one) - rank(other));
}

/** How messages call an object. */
export function nameOf({ kind, metadata }: ManifestObject): string {
  return `${kind} ${metadata.name}`;
}
