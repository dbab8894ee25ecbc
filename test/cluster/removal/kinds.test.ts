import assert from "node:assert/strict";
import { readServedKinds } from "../../../cluster/removal/kinds.ts";
import { holding, withApiServer } from "../api-server.ts";
import { discovery } from "./shop-cluster.ts";

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
