/**
 * What the charts of Krateo 3.0.0 leave behind when Helm uninstalls them, and how it is recognised: objects that
 * their hooks or their containers make are no part of a Helm release, and Helm never deletes what stands in a
 * chart's crds folder.
 */
import { knownChart } from "../../components/catalogue.ts";
import type { LeftoverDescription } from "../../components/description.ts";
import { markerAnnotation, markerValue } from "../../model/inventory.ts";
import type { ChartStep } from "../../model/settings.ts";
import { rightsLabel } from "../rights/right.ts";
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

/** Why Helm does not remove what such a maker has made. */
export const whyLeft: Readonly<Record<LeftoverDescription["maker"], string>> = {
  hook: "made by a hook of its chart",
  oc: "made by oc in a hook of its chart",
  container: "made by its container",
  "crds folder": "in its chart's crds folder",
};

/** Definitions in the crds folder of a chart. */
export function crdsFolderOf(chart: string): readonly string[] {
  return (knownChart(chart)?.leaves ?? []).flatMap(({ maker, name }) =>
    maker === "crds folder" ? [name] : [],
  );
}

/** What bears no mark of its release when it is left, so that only its name and what uses it tell whose it is. */
export function knownLeftovers(release: ConfiguredRelease): LeftoverDescription[] {
  const fullname = release.fullname ?? fullnameOf(release.name, release.chart);
  const account = release.account ?? fullname;
  const named = (text: string): string => text.replace("{fullname}", fullname).replace("{account}", account);
  return (knownChart(release.chart)?.leaves ?? []).map(({ name, volume, constraints, ...rest }) => ({
    ...rest,
    name: named(name),
    ...(volume !== undefined && { volume: named(volume) }),
    ...(constraints !== undefined && { constraints: named(constraints) }),
  }));
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
export function finalizersOf(chart: string): readonly string[] {
  return knownChart(chart)?.finalizers ?? [];
}

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

/** True for a volume of a release whose operator marks it with a label of its own. */
export function isVolumeOf(
  { labels, namespace }: LiveObject,
  release: ReleaseName & { readonly chart: string },
): boolean {
  const label = knownChart(release.chart)?.volumeLabel;
  return label !== undefined && namespace === release.namespace && labels[label] === release.name;
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

/** Made by every cluster in every namespace, rights of this program, or a record of what goes on: no work would be lost with it. */
export function isHousekeeping({ kind, name, labels }: ObjectName & Pick<LiveObject, "labels">): boolean {
  if (labels[rightsLabel] !== undefined) return true;
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
