import assert from "node:assert/strict";
import { labelled, marked, object, ofRelease, release } from "../../support/removal.ts";
import { leftovers, plan, retained, texts } from "./plan-in-words.ts";

describe("a removal", () => {
  describe("of data", () => {
    const claim = object("PersistentVolumeClaim shop/data-cratedb-0", labelled("cratedb"));
    const login = object("Secret shop/cratedb-system-credentials");

    it("is only done when it is asked for; the login stays with its data", () => {
      const objects = [claim, login];
      const kept = plan({ objects });
      assert.deepEqual([kept.volumes, kept.leftovers], [[], []]);
      assert.deepEqual(retained(kept), [
        "PersistentVolumeClaim shop/data-cratedb-0: it holds data; --purge-data deletes it",
        "Secret shop/cratedb-system-credentials: it is the login to the data in volume data-cratedb-0",
      ]);
      const purged = plan({ objects }, true);
      assert.deepEqual(texts(purged.volumes), ["PersistentVolumeClaim shop/data-cratedb-0"]);
      assert.equal(
        leftovers(purged)[0],
        "Secret shop/cratedb-system-credentials, of cratedb: made by its container",
      );
    });

    it("removes the login without data in any case", () => {
      assert.equal(leftovers(plan({ objects: [login] })).length, 1);
    });

    it("never takes a volume that is somebody else's", () => {
      const theirs = object("PersistentVolumeClaim shop/theirs", labelled("their-database"));
      assert.deepEqual(plan({ objects: [theirs] }, true).volumes, []);
    });

    it("names the volumes that go with their owner, whatever was asked for", () => {
      const cluster = object("Cluster shop/pg-cluster");
      const labels = { "cnpg.io/cluster": "pg-cluster" };
      const owned = object("PersistentVolumeClaim shop/pg-cluster-1", { labels, owners: [cluster.uid] });
      const free = object("PersistentVolumeClaim shop/pg-cluster-2", { labels });
      const pgCluster = release("pg-cluster", [cluster], { chart: "cluster" });
      const result = plan({ releases: [pgCluster], objects: [cluster, owned, free] });
      assert.deepEqual(texts(result.ownedVolumes), ["PersistentVolumeClaim shop/pg-cluster-1"]);
      assert.deepEqual(retained(result), [
        "PersistentVolumeClaim shop/pg-cluster-2: it holds data; --purge-data deletes it",
      ]);
    });
  });

  describe("of CloudNativePG's definitions", () => {
    const crd = object("CustomResourceDefinition clusters.postgresql.cnpg.io", ofRelease("cnpg"));
    const own = object("Cluster shop/pg-cluster");
    const releases = [
      release("cnpg", [], { chart: "cloudnative-pg", kept: [crd] }),
      release("pg-cluster", [own], { chart: "cluster" }),
    ];

    it("is only done with the data", () => {
      assert.deepEqual(retained(plan({ releases, objects: [crd, own] })), [
        "1 CustomResourceDefinitions of CloudNativePG: --purge-data deletes them",
      ]);
      assert.deepEqual(texts(plan({ releases, objects: [crd, own] }, true).crds), [
        "CustomResourceDefinition clusters.postgresql.cnpg.io",
      ]);
    });

    it("is not done while anybody in the cluster uses them", () => {
      const result = plan({ releases, objects: [crd, own, object("Cluster far/theirs")] }, true);
      assert.deepEqual([result.crds, result.userObjects], [[], []]);
      assert.deepEqual(retained(result), [
        "1 CustomResourceDefinitions of CloudNativePG: they are in use, but no operator is left for 1 Cluster (far/theirs)",
      ]);
    });

    it("is not done to those of another operator", () => {
      const theirs = object("CustomResourceDefinition clusters.postgresql.cnpg.io", ofRelease("pg", "far"));
      assert.deepEqual(plan({ objects: [theirs] }, true).crds, []);
    });
  });

  describe("of the namespace", () => {
    const namespace = object("Namespace shop", marked);
    const record = object("Secret shop/sh.helm.release.v1.cratedb.v1", {
      labels: { owner: "helm", name: "cratedb" },
    });

    it("is done with the data when only what goes and housekeeping is in it", () => {
      const claim = object("PersistentVolumeClaim shop/data-cratedb-0", labelled("cratedb"));
      const workload = object("Deployment shop/cratedb", ofRelease("cratedb"));
      const pod = object("Pod shop/cratedb-1", { owners: [workload.uid] });
      const objects = [namespace, record, claim, workload, pod, object("ServiceAccount shop/default")];
      const releases = [release("cratedb", [workload])];
      assert.equal(plan({ releases, objects }, true).ownNamespace, namespace);
      assert.equal(plan({ releases, objects }).ownNamespace, undefined);
    });

    for (const [what, given, why] of [
      [
        "this program did not make it",
        { objects: [object("Namespace shop")] },
        "it was there before this program",
      ],
      [
        "somebody's object is in it",
        { objects: [namespace, object("ConfigMap shop/theirs")] },
        "others use it: 1 ConfigMap (shop/theirs)",
      ],
      [
        "somebody's Helm release is in it",
        { objects: [namespace, record] },
        "others use it: 1 Secret (shop/sh.helm.release.v1.cratedb.v1)",
      ],
      [
        "nobody can tell",
        { objects: [namespace], unreadable: ["things.example.org"] },
        "whether it is empty cannot be read: things.example.org",
      ],
    ] as const) {
      it(`is not done when ${what}`, () => {
        const result = plan(given, true);
        assert.equal(result.ownNamespace, undefined);
        assert.deepEqual(retained(result), [`Namespace shop: ${why}`]);
      });
    }
  });
});
