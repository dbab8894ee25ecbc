/**
 * What the charts of Krateo 3.0.0 leave behind when Helm uninstalls them, and how it is recognised: objects that
 * their hooks or their containers make are no part of a Helm release, and Helm never deletes what stands in a
 * chart's crds folder.
 */
import { markerAnnotation, markerValue } from "../../model/inventory.ts";
import type { ChartStep } from "../../model/settings.ts";
import type { LiveObject, ObjectName } from "./objects.ts";

/** Put on what bears no mark of its release while that still exists, so that a later run knows it too. */
export const leftByAnnotation = "krateo.io/left-by";

/** A Helm release, by name. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** A Helm release of the configuration, whether its component is switched on or not. */
export interface ConfiguredRelease extends ReleaseName {
  readonly chart: string;
  /** What the chart calls its objects, when values say so. */
  readonly fullname?: string;
  /** Its pods' ServiceAccount, when values say so. */
  readonly account?: string;
}

/** An object that a chart leaves behind. */
export interface KnownLeftover {
  readonly kind: string;
  readonly name: string;
  readonly maker: "hook" | "oc" | "container" | "crds folder";
  /** A volume without which it is useless, and which is useless without it: they stay or go together. */
  readonly volume?: string;
  /** Of a role of oc's: the SecurityContextConstraints that it lets use. */
  readonly constraints?: string;
}

/** Why Helm does not remove what such a maker has made. */
export const whyLeft: Readonly<Record<KnownLeftover["maker"], string>> = {
  hook: "made by a hook of its chart",
  oc: "made by oc in a hook of its chart",
  container: "made by its container",
  "crds folder": "in its chart's crds folder",
};

/** Definitions in charts' crds folders, by chart. */
export const crdsFolders: Readonly<Record<string, readonly string[]>> = {
  "finops-operator-focus": ["focusconfigs.finops.krateo.io"],
  "finops-operator-scraper": ["scraperconfigs.finops.krateo.io"],
};

/** What bears no mark of its release when it is left, so that only its name and what uses it tell whose it is. */
export function knownLeftovers(release: ConfiguredRelease): KnownLeftover[] {
  const { chart } = release;
  if (chart === "cratedb") return crateLeftovers(release);
  if (chart === "core-provider")
    return [{ kind: "MutatingWebhookConfiguration", name: "core-provider", maker: "container" }];
  return (crdsFolders[chart] ?? []).map((name) => ({
    kind: "CustomResourceDefinition",
    name,
    maker: "crds folder",
  }));
}

/**
 * cratedb 0.1.4: templates with helm.sh/hook, its start-up script, and `oc adm policy add-scc-to-user` in its Job, which
 * binds in the namespace, or cluster-wide with an oc that takes none.
 */
function crateLeftovers(release: ConfiguredRelease): KnownLeftover[] {
  const name = release.fullname ?? fullnameOf(release.name, release.chart);
  const granted = `system:openshift:scc:${name}`;
  const hooks: [kind: string, name: string][] = [
    ["ServiceAccount", release.account ?? name],
    ["ConfigMap", "create-user-sidecar"],
    ["Role", `${name}-secret-creator`],
    ["RoleBinding", `${name}-secret-creator`],
    ["ClusterRole", name],
    ["ClusterRoleBinding", name],
    ["ClusterRole", `${name}-scc`],
    ["ClusterRoleBinding", `${name}-scc`],
    ["Job", name],
  ];
  return [
    ...hooks.map(([kind, name]): KnownLeftover => ({ kind, name, maker: "hook" })),
    ...["RoleBinding", "ClusterRoleBinding", "ClusterRole"].map(
      (kind): KnownLeftover => ({ kind, name: granted, maker: "oc", constraints: name }),
    ),
    // A new pod would make a new password, which the users in the old data do not have.
    { kind: "Secret", name: `${name}-system-credentials`, maker: "container", volume: `data-${name}-0` },
  ];
}

/** The Helm release that a step installs, with the names that its values give to the chart's objects. */
export function configuredRelease({ release, chart, values }: ChartStep): ConfiguredRelease {
  const { fullnameOverride, nameOverride, serviceAccount } = values as Readonly<Record<string, unknown>>;
  const account = textOf((serviceAccount as { readonly name?: unknown } | null | undefined)?.name);
  const fullname = textOf(fullnameOverride) ?? fullnameOf(release.name, textOf(nameOverride) ?? chart.name);
  return { ...release, chart: chart.name, fullname, ...(account !== undefined && { account }) };
}

/** What a chart calls its objects: as its release, where that already says which chart it is. */
function fullnameOf(release: string, chart: string): string {
  return release.includes(chart) ? release : `${release}-${chart}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Kind of the constraints under which OpenShift's pods run. */
export const constraintsKind = "SecurityContextConstraints";

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
  // Helm annotates no object of a hook; a StatefulSet's selector is all that its volumes' claims bear.
  return (
    namespace === release.namespace &&
    labels["app.kubernetes.io/instance"] === release.name &&
    labels["app.kubernetes.io/managed-by"] === "Helm"
  );
}

/** Helm makes a hook's object from its manifest, this annotation included, and marks it in no other way. */
export function isOfHook({ annotations }: LiveObject): boolean {
  return annotations["helm.sh/hook"] !== undefined;
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
