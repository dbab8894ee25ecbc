/** Tells under which plural a kind is served and whether its objects are in namespaces, without asking a cluster. */
import { isMap } from "../../model/secret-value.ts";
import type { Json } from "../../model/settings.ts";

/** What RBAC has to know of a kind. */
export interface KindOfObject {
  readonly group: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Kinds of Kubernetes and OpenShift whose objects are in no namespace; any other kind's are, unless its definition says so. */
const clusterScoped = [
  "APIService",
  "CSIDriver",
  "ClusterIssuer",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "GatewayClass",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "SecurityContextConstraints",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttributesClass",
];

/** Finds a kind by its API version and name. */
export type KindFinder = (apiVersion: string, kind: string) => KindOfObject;

/** @param objects Objects among which the definitions of custom kinds are looked for. */
export function kindsOf(objects: readonly Json[]): KindFinder {
  const defined = new Map(objects.flatMap(definedKind));
  return (apiVersion, kind) => {
    const group = groupOf(apiVersion);
    return (
      defined.get(`${group}/${kind}`) ?? {
        group,
        resource: pluralOf(kind),
        namespaced: !clusterScoped.includes(kind),
      }
    );
  };
}

/** API group of an API version; empty for the core. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] as string) : "";
}

function definedKind(object: Json): [string, KindOfObject][] {
  if (!isMap(object) || object["kind"] !== "CustomResourceDefinition") return [];
  const spec = object["spec"];
  const names = isMap(spec) ? spec["names"] : undefined;
  if (!isMap(spec) || !isMap(names)) return [];
  const { group, scope } = spec;
  const { kind, plural } = names;
  if (typeof group !== "string" || typeof kind !== "string" || typeof plural !== "string") return [];
  return [[`${group}/${kind}`, { group, resource: plural, namespaced: scope !== "Cluster" }]];
}

/** By the rule that the built-in kinds and nearly all others keep to. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  // Those that have no singular: endpoints, and OpenShift's constraints.
  if (/(endpoints|constraints)$/.test(singular)) return singular;
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
