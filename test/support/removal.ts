import type { LiveObject } from "../../plan/removal/objects.ts";
import type { LiveRelease, RemovalSurvey } from "../../plan/removal/survey.ts";

/** Versions of the kinds that tests use; others are of the core group. */
const apiVersions: Readonly<Record<string, string>> = {
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  SecurityContextConstraints: "security.openshift.io/v1",
  MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  Notebook: "finops.krateo.io/v1",
  CompositionDefinition: "core.krateo.io/v1alpha1",
  Shop: "composition.krateo.io/v1",
  FocusConfig: "finops.krateo.io/v1",
  Cluster: "postgresql.cnpg.io/v1",
};

/** A live object from `KIND NAME` or `KIND NAMESPACE/NAME`. */
export function object(text: string, given: Partial<LiveObject> = {}): LiveObject {
  const [kind = "", place = ""] = text.split(" ");
  const [name = "", namespace] = place.split("/").reverse();
  return {
    apiVersion: apiVersions[kind] ?? "v1",
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    uid: `uid of ${text}`,
    labels: {},
    annotations: {},
    finalizers: [],
    owners: [],
    ...given,
  };
}

/** What Helm writes on the objects of a release. */
export function ofRelease(name: string, namespace = "shop"): Partial<LiveObject> {
  return {
    annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
    labels: { "app.kubernetes.io/managed-by": "Helm" },
  };
}

/** What a chart that labels its objects writes on those of its hooks, and a StatefulSet's selector on claims. */
export function labelled(name: string): Partial<LiveObject> {
  return { labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": name } };
}

/** All that is on an object of a hook whose chart labels none. */
export const ofHook: Partial<LiveObject> = { annotations: { "helm.sh/hook": "pre-install,pre-upgrade" } };

/** What this program writes on what it makes. */
export const marked = { annotations: { "krateo.io/created-by": "krateo-pulumi" } };

/** A live release whose manifest has these objects; `kept` ones with their own policy. */
export function release(
  name: string,
  manifest: readonly LiveObject[] = [],
  given: Partial<LiveRelease> & { readonly kept?: readonly LiveObject[] } = {},
): LiveRelease {
  const { kept = [], ...rest } = given;
  return {
    name,
    namespace: "shop",
    chart: name,
    chartVersion: "1.0.0",
    status: "deployed",
    manifest: [
      ...manifest.map((one) => ({ ...one, kept: false })),
      ...kept.map((one) => ({ ...one, kept: true })),
    ],
    hooks: [],
    ...rest,
  };
}

/** A survey of namespace `shop`; every release is in the stack's state unless that is given. */
export function survey(given: Partial<RemovalSurvey> = {}): RemovalSurvey {
  const releases = given.releases ?? [];
  const configured = [
    "cnpg",
    "pg-cluster",
    "cratedb",
    "core-provider",
    "finops-operator-focus",
    "finops-notebooks",
  ];
  const charts: Readonly<Record<string, string>> = { cnpg: "cloudnative-pg", "pg-cluster": "cluster" };
  return {
    namespace: "shop",
    readAt: Date.parse("2026-01-01T12:00:00Z"),
    stack: { filled: true, releases, interrupted: [], objects: [] },
    configured: configured.map((name) => ({ name, namespace: "shop", chart: charts[name] ?? name })),
    releases,
    damaged: [],
    elsewhere: {},
    customKinds: [
      { crd: "notebooks.finops.krateo.io", apiVersion: "finops.krateo.io/v1", kind: "Notebook" },
      { crd: "focusconfigs.finops.krateo.io", apiVersion: "finops.krateo.io/v1", kind: "FocusConfig" },
      {
        crd: "compositiondefinitions.core.krateo.io",
        apiVersion: "core.krateo.io/v1alpha1",
        kind: "CompositionDefinition",
      },
      { crd: "shops.composition.krateo.io", apiVersion: "composition.krateo.io/v1", kind: "Shop" },
      { crd: "clusters.postgresql.cnpg.io", apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" },
    ],
    generated: {},
    objects: [],
    unreadable: [],
    ...given,
  };
}
