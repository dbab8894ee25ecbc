/**
 * What the charts of Krateo 3.0.0 leave behind when Helm uninstalls them, and how it is recognised: objects that
 * their hooks or their containers make are no part of a Helm release, and Helm never deletes what stands in a
 * chart's crds folder.
 */
import { markerAnnotation, markerValue } from "../inventory.ts";
import type { LiveObject, ObjectName } from "./objects.ts";

/** Put on what bears no mark of its release while that still exists, so that a later run knows it too. */
export const leftByAnnotation = "krateo.io/left-by";

/** A Helm release, by name. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** An object that a chart leaves behind. */
export interface KnownLeftover {
  /** Chart that leaves it. */
  readonly chart: string;
  readonly kind: string;
  readonly name: string;
  /** Why Helm does not remove it. */
  readonly why: string;
  /** A volume without which it is useless, and which is useless without it: they stay or go together. */
  readonly volume?: string;
}

/** Leftovers that may bear no label at all, so that only their names tell. */
export const knownLeftovers: readonly KnownLeftover[] = [
  ...(
    [
      ["ServiceAccount", "cratedb"],
      ["ConfigMap", "create-user-sidecar"],
      ["Role", "cratedb-secret-creator"],
      ["RoleBinding", "cratedb-secret-creator"],
      ["Job", "cratedb"],
    ] as const
  ).map(([kind, name]) => ({ chart: "cratedb", kind, name, why: "made by a hook of its chart" })),
  {
    chart: "cratedb",
    kind: "Secret",
    name: "cratedb-system-credentials",
    why: "made by its container",
    // A new pod would make a new password, which the users in the old data do not have.
    volume: "data-cratedb-0",
  },
  {
    chart: "core-provider",
    kind: "MutatingWebhookConfiguration",
    name: "core-provider",
    why: "made by its container",
  },
  {
    chart: "finops-operator-focus",
    kind: "CustomResourceDefinition",
    name: "focusconfigs.finops.krateo.io",
    why: "in its chart's crds folder",
  },
  {
    chart: "finops-operator-scraper",
    kind: "CustomResourceDefinition",
    name: "scraperconfigs.finops.krateo.io",
    why: "in its chart's crds folder",
  },
];

/** Finalizers that a chart's own post-delete Job takes away, which does not run when an uninstall was cut short. */
export const chartFinalizers: Readonly<Record<string, readonly string[]>> = {
  "finops-notebooks": ["finops.krateo.io/notebooks"],
};

/** True when the object says itself that it belongs to that Helm release. */
export function bearsReleaseOf(
  { labels, annotations, namespace }: LiveObject,
  release: ReleaseName,
): boolean {
  if (annotations["meta.helm.sh/release-name"] !== undefined) {
    return (
      annotations["meta.helm.sh/release-name"] === release.name &&
      annotations["meta.helm.sh/release-namespace"] === release.namespace
    );
  }
  if (annotations[leftByAnnotation] !== undefined) {
    return annotations[leftByAnnotation] === `${release.namespace}/${release.name}`;
  }
  // Helm annotates no object of a hook, and a StatefulSet copies its labels only onto its volumes' claims.
  return (
    namespace === release.namespace &&
    labels["app.kubernetes.io/instance"] === release.name &&
    labels["app.kubernetes.io/managed-by"] === "Helm"
  );
}

/** True when something else claims the object, so that its name alone must not be trusted. */
export function isClaimed({ labels, annotations, owners }: LiveObject): boolean {
  return (
    owners.length > 0 ||
    labels["app.kubernetes.io/managed-by"] !== undefined ||
    annotations["meta.helm.sh/release-name"] !== undefined ||
    annotations[leftByAnnotation] !== undefined
  );
}

/** True for an object that this program made itself. */
export function bearsMarker({ annotations }: LiveObject): boolean {
  return annotations[markerAnnotation] === markerValue;
}

/** Made by every cluster in every namespace, or a record of what goes on: nobody's work would be lost with it. */
export function isHousekeeping({ kind, name }: ObjectName): boolean {
  if (["Event", "Endpoints", "EndpointSlice", "Lease", "PodMetrics"].includes(kind)) return true;
  if (kind === "ConfigMap") return ["kube-root-ca.crt", "openshift-service-ca.crt"].includes(name);
  if (kind === "ServiceAccount") return openshiftAccounts.includes(name);
  if (kind === "RoleBinding") return /^system:(image-pullers|image-builders|deployers)$/.test(name);
  return kind === "Secret" && openshiftAccounts.some((account) => isAccountSecret(name, account));
}

const openshiftAccounts = ["default", "builder", "deployer"];

/** OpenShift gives each of its accounts a token and a login to its image registry. */
function isAccountSecret(name: string, account: string): boolean {
  return new RegExp(`^${account}-(token|dockercfg)-[a-z0-9]+$`).test(name);
}
