import assert from "node:assert/strict";
import { stringify } from "yaml";
import { encodeRelease, type HelmRelease } from "../../../cluster/client/helm-release.ts";
import { readServedKinds } from "../../../cluster/removal/kinds.ts";
import { surveyForRemoval } from "../../../cluster/removal/survey.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { objectText } from "../../../plan/removal/objects.ts";
import type { RemovalSurvey } from "../../../plan/removal/survey.ts";
import { readInventory } from "../../../run/inventory.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";
import { errorOf, holding, withApiServer } from "../api-server.ts";
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

const discovery = {
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

const named = (name: string, namespace?: string, given: object = {}) => ({
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

const items = (...all: object[]) => ({ items: all });
const cluster = {
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

const stack = { filled: true, releases: [], interrupted: [], objects: [] };
const configured = [{ name: "uploader", namespace: "shop", chart: "uploader" }];

async function surveyOf(objects: Readonly<Record<string, unknown>>): Promise<RemovalSurvey> {
  let found: RemovalSurvey | undefined;
  await withApiServer(holding(objects), async (connection) => {
    found = await surveyForRemoval(connection, "shop", configured, stack);
  });
  return found as RemovalSurvey;
}

describe("the survey before a removal", () => {
  let survey: RemovalSurvey;
  before(async () => {
    survey = await surveyOf(cluster);
  });

  it("knows the releases with their objects, scopes filled in, and whether they run", () => {
    assert.deepEqual(survey.releases, [
      {
        name: "uploader",
        namespace: "shop",
        chart: "uploader",
        chartVersion: "1.0.0",
        status: "deployed",
        available: true,
        manifest: [
          { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "uploader", kept: false },
          {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            name: "notebooks.finops.krateo.io",
            kept: false,
          },
          { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "kept", kept: true },
          { apiVersion: "v1", kind: "Namespace", name: "demo", kept: false },
        ],
        hooks: [{ apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "script" }],
      },
    ]);
  });

  it("holds what may go, from the whole cluster, and what lives in the namespaces concerned", () => {
    assert.deepEqual(survey.objects.map(objectText).toSorted(), [
      "ConfigMap demo/notes",
      "ConfigMap shop/kept",
      "CustomResourceDefinition notebooks.finops.krateo.io",
      "CustomResourceDefinition things.git.example.org",
      "MutatingWebhookConfiguration core-provider",
      "Namespace default",
      "Namespace demo",
      "Namespace shop",
      "Notebook far/mine",
      "PersistentVolumeClaim shop/data-0",
      "Repo far/code",
      "Shop far/corner",
    ]);
  });

  it("tells of an object what decides about it", () => {
    const mine = survey.objects.find(({ name }) => name === "mine");
    assert.deepEqual(mine, {
      apiVersion: "finops.krateo.io/v1",
      kind: "Notebook",
      namespace: "far",
      name: "mine",
      uid: "uid of mine",
      labels: {},
      annotations: {},
      finalizers: ["hold"],
      owners: ["owner"],
      deletedAt: Date.parse("2026-01-01T00:00:00Z"),
    });
    assert.deepEqual(survey.objects.find(({ name }) => name === "core-provider")?.usedBy, ["namespace shop"]);
  });

  it("finds definitions that were made out of users' objects, and installations elsewhere", () => {
    assert.deepEqual(survey.generated, {
      "core-provider": ["shops.composition.krateo.io"],
      "oasgen-provider": ["repos.git.example.org"],
    });
    assert.deepEqual(survey.elsewhere, { uploader: ["far"] });
  });

  it("asks for no more than the names of what it lists, and not for events", async () => {
    await withApiServer(holding(cluster), async (connection, requests) => {
      await surveyForRemoval(connection, "shop", configured, stack);
      assert.deepEqual(
        requests.filter((request) =>
          /\/events|git\.example\.org\/v1\/things|v1alpha1\/notebooks/.test(request),
        ),
        [],
      );
    });
  });

  it("names a kind whose server is down, and fails only when the cluster's own is", async () => {
    const down = { status: 503, body: { message: "no" } };
    const failing = (path: string) => (method: string, asked: string) =>
      asked.startsWith(path) ? down : holding(cluster)(method, asked);
    await withApiServer(failing("/apis/git.example.org/v1/repos"), async (connection) => {
      const { unreadable } = await surveyForRemoval(connection, "shop", configured, stack);
      assert.deepEqual(unreadable, ["repos.git.example.org"]);
    });
    await withApiServer(failing("/api/v1/namespaces/shop/configmaps"), async (connection) => {
      const error = await errorOf(surveyForRemoval(connection, "shop", configured, stack));
      assert.match(error.message, /it answers 503/);
    });
  });

  it("says every right that is missing", async () => {
    const refused = (method: string, path: string) =>
      /\/(configmaps|notebooks)$/.test(path)
        ? { status: 403, body: { message: "no" } }
        : holding(cluster)(method, path);
    await withApiServer(refused, async (connection) => {
      const error = await errorOf(surveyForRemoval(connection, "shop", configured, stack));
      assert.ok(error instanceof ConfigurationError);
      assert.equal(error.problems.length, 3, error.message);
    });
  });
});

describe("the survey before the removal of what hooks made", () => {
  const crate = [{ name: "cratedb", namespace: "shop", chart: "cratedb" }];
  const hook = named("cratedb", undefined, { annotations: { "helm.sh/hook": "pre-install" } });
  const binding = (name: string, role: string, ...subjects: object[]) => ({
    ...named(name),
    roleRef: { kind: "ClusterRole", name: role },
    subjects,
  });
  const account = (namespace: string) => ({ kind: "ServiceAccount", name: "cratedb", namespace });
  const objects = {
    ...cluster,
    "/apis/rbac.authorization.k8s.io/v1/clusterroles": items(hook, named("view")),
    "/apis/authorization.openshift.io/v1/clusterroles": items(hook, named("view")),
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": items(
      binding("cratedb", "cratedb", account("shop")),
      binding("other", "view", { kind: "User", name: "ada" }),
    ),
    "/apis/rbac.authorization.k8s.io/v1/rolebindings": items(
      binding("mine", "cratedb", { kind: "User", name: "system:serviceaccount:data:mine" }),
      binding("too", "cratedb", { kind: "Group", name: "system:serviceaccounts:far" }),
      binding("hers", "cratedb", { kind: "User", name: "ada" }),
    ),
  };

  it("holds cluster-wide roles without a label, once, with who uses those that may be ours", async () => {
    await withApiServer(holding(objects), async (connection, requests) => {
      const survey = await surveyForRemoval(connection, "shop", crate, stack);
      const roles = survey.objects.filter(({ kind }) => kind === "ClusterRole");
      assert.deepEqual(
        roles
          .map(({ apiVersion, name, usedBy }) => ({ apiVersion, name, usedBy }))
          .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
        [
          {
            apiVersion: "rbac.authorization.k8s.io/v1",
            name: "cratedb",
            usedBy: ["namespace shop", "namespace data", "namespace far", "User ada"],
          },
          { apiVersion: "rbac.authorization.k8s.io/v1", name: "view", usedBy: undefined },
        ],
      );
      assert.deepEqual(requests.filter((one) => /\/(storageclasses|clusterroles)/.test(one)).toSorted(), [
        "GET /apis/authorization.openshift.io/v1/clusterroles",
        "GET /apis/rbac.authorization.k8s.io/v1/clusterroles",
        "GET /apis/storage.k8s.io/v1/storageclasses?labelSelector=app.kubernetes.io%2Fmanaged-by%3DHelm",
      ]);
    });
  });

  it("reads no binding of the cluster where there is no such role", async () => {
    await withApiServer(holding(cluster), async (connection, requests) => {
      await surveyForRemoval(connection, "shop", crate, stack);
      assert.deepEqual(
        requests.filter((request) => /bindings/.test(request)),
        [],
      );
    });
  });
});

describe("the kinds that a cluster serves", () => {
  it("come once each, without those that cannot be deleted; groups that nobody answers for are named", async () => {
    const stale = { metadata: { name: "metrics.k8s.io" }, versions: [{ version: "v1", freshness: "Stale" }] };
    const apis = { items: [...discovery["/apis"].items, stale] };
    await withApiServer(holding({ ...discovery, "/apis": apis }), async (connection) => {
      const { kinds, stale } = await readServedKinds(connection);
      assert.deepEqual(
        kinds.map(({ apiVersion, plural, namespaced }) => `${apiVersion}/${plural}${namespaced ? "" : " *"}`),
        [
          "v1/configmaps",
          "v1/events",
          "v1/persistentvolumeclaims",
          "v1/namespaces *",
          "apiextensions.k8s.io/v1/customresourcedefinitions *",
          "rbac.authorization.k8s.io/v1/clusterroles *",
          "authorization.openshift.io/v1/clusterroles *",
          "storage.k8s.io/v1/storageclasses *",
          "finops.krateo.io/v1/notebooks",
          "composition.krateo.io/v1/shops",
          "ogen.krateo.io/v1alpha1/restdefinitions",
          "git.example.org/v1/repos",
          "git.example.org/v1/things",
        ],
      );
      assert.deepEqual(stale, ["metrics.k8s.io/v1"]);
    });
  });
});

describe("what hangs on a component that is switched off", () => {
  const off = chartStep("install-uploader", {
    enabled: false,
    release: { name: "uploader", namespace: "shop" },
  });

  it("is in the inventory: users' objects, which are held, and volumes", async () => {
    await withApiServer(holding(cluster), async (connection) => {
      const { dependents } = await readInventory(connection, settingsOf([off], { namespace: "shop" }));
      assert.deepEqual(dependents, {
        uploader: {
          objects: [
            { kind: "ConfigMap", crd: "configmap", names: ["demo/notes"], held: [] },
            { kind: "Notebook", crd: "notebooks.finops.krateo.io", names: ["far/mine"], held: ["far/mine"] },
          ],
          volumes: [{ name: "data-0", goes: false }],
        },
      });
    });
  });

  for (const [what, step] of [
    ["switched on", { ...off, enabled: true }],
    ["not installed", { ...off, release: { name: "other", namespace: "shop" } }],
    ["of another chart", { ...off, chart: { ...off.chart, name: "other" } }],
  ] as const) {
    it(`is not even asked for when it is ${what}`, async () => {
      await withApiServer(holding(cluster), async (connection, requests) => {
        const { dependents } = await readInventory(connection, settingsOf([step], { namespace: "shop" }));
        assert.equal(dependents, undefined);
        assert.deepEqual(
          requests.filter((request) => /GET \/apis?$|notebooks/.test(request)),
          [],
        );
      });
    });
  }
});
