import assert from "node:assert/strict";
import { surveyForRemoval } from "../../../cluster/removal/survey.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { objectText } from "../../../plan/removal/objects.ts";
import type { RemovalSurvey } from "../../../plan/removal/survey.ts";
import { errorOf, holding, withApiServer } from "../api-server.ts";
import { cluster, items, named, reviews } from "./shop-cluster.ts";

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
    const failing = (path: string) => (method: string, asked: string) =>
      asked.startsWith(path)
        ? { status: 503, body: { message: "service unavailable" } }
        : holding(cluster)(method, asked);
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
        "GET /apis/authorization.openshift.io/v1/clusterroles?limit=500",
        "GET /apis/rbac.authorization.k8s.io/v1/clusterroles?limit=500",
        "GET /apis/storage.k8s.io/v1/storageclasses?labelSelector=app.kubernetes.io%2Fmanaged-by%3DHelm&limit=500",
      ]);
    });
  });

  it("asks a user with few rights for nothing that no release and no chart is known to have", async () => {
    const few = { ...objects, [reviews]: { status: { allowed: false } } };
    await withApiServer(holding(few), async (connection, requests) => {
      const { elsewhere } = await surveyForRemoval(connection, "shop", crate, stack);
      assert.equal(elsewhere, "unreadable");
      const asked = requests.filter((one) => /\/(storageclasses|clusterroles|v1\/secrets)/.test(one));
      assert.deepEqual(asked.toSorted(), [
        "GET /apis/authorization.openshift.io/v1/clusterroles?limit=500",
        "GET /apis/rbac.authorization.k8s.io/v1/clusterroles?limit=500",
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
