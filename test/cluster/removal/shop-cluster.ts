/** A cluster in which Helm release uploader is installed in namespace shop, as its API server shows it. */

import { stringify } from "yaml";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import { helmRelease } from "../helm-releases.ts";

const verbs = ["get", "list", "delete"];
const resource = (plural: string, kind: string, scope: "Namespaced" | "Cluster" = "Namespaced") => ({
  resource: plural,
  responseKind: { kind },
  scope,
  verbs,
});
const group = (name: string, version: string, ...resources: ReturnType<typeof resource>[]) => ({
  metadata: { name },
  versions: [{ version, freshness: "Current", resources }],
});

/** The kinds that it serves. */
export const discovery = {
  "/api": {
    items: [
      {
        metadata: {},
        versions: [
          {
            version: "v1",
            resources: [
              resource("configmaps", "ConfigMap"),
              resource("events", "Event"),
              resource("persistentvolumeclaims", "PersistentVolumeClaim"),
              resource("namespaces", "Namespace", "Cluster"),
              { ...resource("bindings", "Binding"), verbs: ["create"] },
            ],
          },
        ],
      },
    ],
  },
  "/apis": {
    items: [
      group(
        "apiextensions.k8s.io",
        "v1",
        resource("customresourcedefinitions", "CustomResourceDefinition", "Cluster"),
      ),
      group("rbac.authorization.k8s.io", "v1", resource("clusterroles", "ClusterRole", "Cluster")),
      group("authorization.openshift.io", "v1", resource("clusterroles", "ClusterRole", "Cluster")),
      group("storage.k8s.io", "v1", resource("storageclasses", "StorageClass", "Cluster")),
      {
        metadata: { name: "finops.krateo.io" },
        versions: [
          { version: "v1", resources: [resource("notebooks", "Notebook")] },
          { version: "v1alpha1", resources: [resource("notebooks", "Notebook")] },
        ],
      },
      group("composition.krateo.io", "v1", resource("shops", "Shop")),
      group("ogen.krateo.io", "v1alpha1", resource("restdefinitions", "RestDefinition")),
      group("git.example.org", "v1", resource("repos", "Repo"), resource("things", "Thing")),
    ],
  },
};

export const named = (name: string, namespace?: string, given: object = {}) => ({
  metadata: { name, ...(namespace && { namespace }), uid: `uid of ${name}`, ...given },
});
const secretOf = (release: HelmRelease) => ({
  metadata: {
    name: `sh.helm.release.v1.${release.name}.v1`,
    namespace: release.namespace,
    labels: { name: release.name, version: "1", owner: "helm" },
  },
  data: { release: encodeRelease(release) },
});
const manifest = (...objects: object[]): string => objects.map((one) => stringify(one)).join("---\n");
const uploader = helmRelease("uploader", {
  namespace: "shop",
  manifest: manifest(
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "uploader" } },
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "notebooks.finops.krateo.io" },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kept", annotations: { "helm.sh/resource-policy": "keep" } },
    },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "demo" } },
  ),
  hooks: [
    {
      name: "script",
      kind: "ConfigMap",
      events: ["pre-install"],
      manifest: manifest({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "script" } }),
    },
  ],
});

export const items = (...all: object[]) => ({ items: all });
/** What it holds, by the path of the list. */
/** Where a user asks what he may do. */
export const reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

export const cluster = {
  // Its user may do everything.
  [reviews]: { status: { allowed: true } },
  ...discovery,
  "/api/v1/namespaces/kube-system": named("kube-system"),
  "/api/v1/namespaces": items(named("shop"), named("demo"), named("default")),
  "/api/v1/namespaces/shop/secrets": items(secretOf(uploader)),
  "/api/v1/secrets": items(secretOf(uploader), secretOf(helmRelease("uploader", { namespace: "far" }))),
  "/api/v1/namespaces/shop/configmaps": items(named("kept", "shop")),
  "/api/v1/namespaces/demo/configmaps": items(named("notes", "demo")),
  "/api/v1/namespaces/default/configmaps": items(named("unrelated", "default")),
  "/api/v1/namespaces/shop/persistentvolumeclaims": items(
    named("data-0", "shop", {
      labels: { "app.kubernetes.io/instance": "uploader", "app.kubernetes.io/managed-by": "Helm" },
    }),
  ),
  "/apis/apps/v1/namespaces/shop/deployments": items({
    ...named("uploader", "shop"),
    status: { availableReplicas: 1 },
  }),
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": items(
    named("notebooks.finops.krateo.io"),
    named("things.git.example.org"),
  ),
  "/apis/finops.krateo.io/v1/notebooks": items(
    named("mine", "far", {
      finalizers: ["hold"],
      deletionTimestamp: "2026-01-01T00:00:00Z",
      ownerReferences: [{ uid: "owner" }],
    }),
  ),
  "/apis/composition.krateo.io/v1/shops": items(named("corner", "far")),
  "/apis/ogen.krateo.io/v1alpha1/restdefinitions": items({
    ...named("git", "far"),
    spec: { resourceGroup: "git.example.org", resource: { kind: "Repo" } },
  }),
  "/apis/git.example.org/v1/repos": items(named("code", "far")),
  "/apis/git.example.org/v1/things": items(named("unrelated thing", "far")),
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations": items({
    ...named("core-provider"),
    webhooks: [
      { clientConfig: { service: { namespace: "shop", name: "w" } } },
      { clientConfig: { url: "u" } },
    ],
  }),
};
