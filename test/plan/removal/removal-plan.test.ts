import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { configuredRelease, knownLeftovers } from "../../../plan/removal/known.ts";
import { objectText } from "../../../plan/removal/objects.ts";
import { type RemovalPlan, remainsOf, removalPlan } from "../../../plan/removal/removal-plan.ts";
import type { RemovalSurvey } from "../../../plan/removal/survey.ts";
import { labelled, marked, object, ofHook, ofRelease, release, survey } from "../../support/removal.ts";
import { chartStep } from "../../support/settings.ts";

const plan = (given: Partial<RemovalSurvey>, purgeData = false): RemovalPlan =>
  removalPlan(survey(given), { purgeData });
const texts = (objects: RemovalPlan["crds"]): string[] => objects.map(objectText);
const leftovers = ({ leftovers }: RemovalPlan): string[] =>
  leftovers.map(({ object, release, why }) => `${objectText(object)}, of ${release.name}: ${why}`);
const retained = ({ retained }: RemovalPlan): string[] => retained.map(({ what, why }) => `${what}: ${why}`);

describe("a removal", () => {
  it("of nothing removes nothing", () => {
    assert.deepEqual(remainsOf(plan({})), []);
    assert.deepEqual(retained(plan({})), []);
  });

  it("takes the stack's releases, and leaves one of a configured name that the stack did not install", () => {
    const ours = release("cratedb");
    const theirs = release("core-provider");
    const stack = { filled: true, releases: [ours], interrupted: [], objects: [] };
    const result = plan({ stack, releases: [ours, theirs, release("unrelated")] });
    assert.deepEqual(result.releases, [ours]);
    assert.deepEqual(retained(result), [
      "Helm release shop/core-provider (core-provider 1.0.0): this stack did not install it; if it is yours: helm uninstall core-provider -n shop",
    ]);
  });

  it("takes releases that a killed run began, the last in the order of installation first", () => {
    const releases = [release("cratedb"), release("finops-notebooks"), release("cnpg")];
    const stack = { filled: true, releases: [], interrupted: releases, objects: [] };
    assert.deepEqual(
      plan({ stack, releases }).interrupted.map(({ name }) => name),
      ["finops-notebooks", "cratedb", "cnpg"],
    );
  });

  it("takes the stack's own objects, and keeps those that were there before", () => {
    const objects = [object("Secret shop/ours"), object("Secret shop/theirs"), object("Secret shop/other")];
    const [ours, theirs] = objects as [(typeof objects)[0], (typeof objects)[0]];
    const stack = {
      filled: true,
      releases: [],
      interrupted: [],
      objects: [
        { ...ours, retained: false },
        { ...theirs, retained: true },
      ],
    };
    const result = plan({ stack, objects });
    assert.deepEqual(texts(result.stackObjects), ["Secret shop/ours"]);
    assert.deepEqual(retained(result), ["Secret shop/theirs: it was there before this program"]);
  });

  it("takes what bears the program's mark though the state has lost it, unless another stack is at home", () => {
    const objects = [object("Secret shop/lost", marked), object("Secret elsewhere/lost", marked)];
    assert.deepEqual(texts(plan({ objects }).stackObjects), ["Secret shop/lost"]);
    const stack = { filled: false, releases: [], interrupted: [], objects: [] };
    assert.deepEqual(plan({ stack, objects, releases: [release("cratedb")] }).stackObjects, []);
  });

  it("keeps a cluster-scoped object of its mark while an installation elsewhere may need it", () => {
    const objects = [object("CustomResourceDefinition installations.krateo.io", marked)];
    assert.deepEqual(texts(plan({ objects }).crds), ["CustomResourceDefinition installations.krateo.io"]);
    assert.deepEqual(plan({ objects, elsewhere: { cratedb: ["other"] } }).crds, []);
  });

  describe("counts as users' objects", () => {
    const crd = object("CustomResourceDefinition notebooks.finops.krateo.io", ofRelease("uploader"));
    const chartsOwn = object("Notebook shop/costs");
    const uploader = release("uploader", [crd, chartsOwn]);
    const users = (...objects: ReturnType<typeof object>[]): string[] =>
      texts(plan({ releases: [uploader], objects: [crd, chartsOwn, ...objects] }).userObjects);

    it("those of a kind that goes, in any namespace, but not a chart's own", () => {
      assert.deepEqual(users(object("Notebook shop/mine"), object("Notebook far/mine")), [
        "Notebook far/mine",
        "Notebook shop/mine",
      ]);
    });

    it("none that only exists through another object", () => {
      const mine = object("Notebook shop/mine");
      assert.deepEqual(users(mine, object("Notebook shop/copy", { owners: [mine.uid] })), [
        "Notebook shop/mine",
      ]);
      assert.deepEqual(users(object("Notebook shop/mine", { owners: ["somebody not listed"] })), [
        "Notebook shop/mine",
      ]);
    });

    it("none of a kind that stays", () => {
      const kept = release("uploader", [], { kept: [crd] });
      const objects = [crd, object("Notebook shop/mine")];
      assert.deepEqual(plan({ releases: [kept], objects }).userObjects, []);
    });

    it("whatever is in a namespace that a release made, but for housekeeping", () => {
      const demo = object("Namespace demo");
      const portal = release("portal", [demo]);
      const objects = [
        demo,
        object("ConfigMap demo/notes"),
        object("ConfigMap demo/kube-root-ca.crt"),
        object("ServiceAccount demo/default"),
        object("ConfigMap shop/notes"),
      ];
      const result = plan({ releases: [portal], objects });
      assert.deepEqual(texts(result.userObjects), ["ConfigMap demo/notes"]);
      assert.deepEqual(result.waves, []);
    });
  });

  it("deletes first what users made of their own definitions, then what is held, then the rest", () => {
    const definitions = object("CustomResourceDefinition compositiondefinitions.core.krateo.io");
    const shops = object("CustomResourceDefinition shops.composition.krateo.io");
    const held = { finalizers: ["hold"] };
    const result = plan({
      releases: [release("core-provider", [definitions])],
      generated: { "core-provider": [shops.name] },
      objects: [
        definitions,
        shops,
        object("CompositionDefinition shop/free"),
        object("CompositionDefinition shop/held", held),
        object("Shop far/corner", held),
      ],
    });
    assert.deepEqual(result.waves.map(texts), [
      ["Shop far/corner"],
      ["CompositionDefinition shop/held"],
      ["CompositionDefinition shop/free"],
    ]);
    assert.deepEqual(texts(result.crds), [
      "CustomResourceDefinition compositiondefinitions.core.krateo.io",
      "CustomResourceDefinition shops.composition.krateo.io",
    ]);
  });

  it("leaves users' definitions alone when their maker is not this stack's", () => {
    const shops = object("CustomResourceDefinition shops.composition.krateo.io");
    const generated = { "core-provider": [shops.name] };
    assert.deepEqual(plan({ generated, objects: [shops, object("Shop far/corner")] }).crds, []);
  });

  describe("takes as leftovers", () => {
    const account = object("ServiceAccount shop/cratedb", labelled("cratedb"));
    const certificate = object("Secret shop/cert", ofRelease("opa"));

    it("objects of hooks, and what a chart asks to keep, of a release that goes", () => {
      const script = object("ConfigMap shop/script", ofHook);
      const hooked = release("cratedb", [], {
        hooks: [script, object("Job shop/gone")],
        kept: [certificate],
      });
      // Helm has deleted its Job: this one is somebody's.
      const result = plan({ releases: [hooked], objects: [script, object("Job shop/gone"), certificate] });
      assert.deepEqual(leftovers(result), [
        "ConfigMap shop/script, of cratedb: made by a hook of its chart",
        "Secret shop/cert, of cratedb: kept, as its chart asks",
      ]);
      assert.deepEqual(
        result.leftovers.map(({ marked }) => marked),
        [false, false],
      );
    });

    it("what bears the name of a release that is gone", () => {
      const objects = [object("Deployment shop/cratedb", ofRelease("cratedb")), account];
      assert.deepEqual(leftovers(plan({ objects })), [
        "Deployment shop/cratedb, of cratedb: its release is gone",
        "ServiceAccount shop/cratedb, of cratedb: made by a hook of its chart",
      ]);
    });

    it("what bears the name of a release that goes, but is none of its objects, and has no owner", () => {
      const objects = [
        object("Secret shop/made", labelled("cratedb")),
        object("Secret shop/owned", { ...labelled("cratedb"), owners: ["somebody"] }),
      ];
      assert.deepEqual(leftovers(plan({ releases: [release("cratedb")], objects })), [
        "Secret shop/made, of cratedb: bears its name, but is none of its objects",
      ]);
    });

    it("what an earlier run has marked before its release went", () => {
      const annotations = { "krateo.io/left-by": "shop/cratedb" };
      const result = plan({ objects: [object("ConfigMap shop/odd", { annotations })] });
      assert.deepEqual(leftovers(result), ["ConfigMap shop/odd, of cratedb: its release is gone"]);
    });

    it("a known name that nobody claims, and not one that somebody does", () => {
      const name = "ConfigMap shop/create-user-sidecar";
      assert.equal(leftovers(plan({ objects: [object(name, ofHook)] })).length, 1);
      assert.deepEqual(leftovers(plan({ objects: [object(name)] })), []);
      assert.deepEqual(leftovers(plan({ objects: [object(name, ofRelease("theirs"))] })), []);
      assert.deepEqual(leftovers(plan({ objects: [object(name, { owners: ["somebody"] })] })), []);
      assert.deepEqual(leftovers(plan({ objects: [object("ConfigMap far/create-user-sidecar")] })), []);
    });

    it("nothing of a release that another stack has", () => {
      const stack = { filled: false, releases: [], interrupted: [], objects: [] };
      const result = plan({ stack, releases: [release("cratedb")], objects: [account] });
      assert.deepEqual(leftovers(result), []);
    });

    it("nothing that bears the name of a release in another namespace", () => {
      const objects = [
        object("Secret shop/x", ofRelease("cratedb", "far")),
        object("Secret far/y", labelled("cratedb")),
      ];
      assert.deepEqual(leftovers(plan({ objects })), []);
    });

    it("the webhook of a core-provider here, and not of one elsewhere", () => {
      const webhook = (user: string) =>
        object("MutatingWebhookConfiguration core-provider", { usedBy: [`namespace ${user}`] });
      assert.deepEqual(leftovers(plan({ objects: [webhook("shop")] })), [
        "MutatingWebhookConfiguration core-provider, of core-provider: made by its container",
      ]);
      assert.deepEqual(retained(plan({ objects: [webhook("far")] })), [
        "MutatingWebhookConfiguration core-provider: it is used by namespace far",
      ]);
    });

    describe("the rights to use cratedb's constraints on OpenShift", () => {
      const granted = "system:openshift:scc:cratedb";
      const here = { usedBy: ["namespace shop"] };
      const made = [
        object("ClusterRole cratedb", { ...ofHook, ...here }),
        object("ClusterRoleBinding cratedb", { ...ofHook, ...here }),
        object(`ClusterRole ${granted}`, here),
        object(`RoleBinding shop/${granted}`),
      ];
      const all = [
        "ClusterRole cratedb, of cratedb: made by a hook of its chart",
        `ClusterRole ${granted}, of cratedb: made by oc in a hook of its chart`,
        "ClusterRoleBinding cratedb, of cratedb: made by a hook of its chart",
        `RoleBinding shop/${granted}, of cratedb: made by oc in a hook of its chart`,
      ];

      it("as its record names them, and what oc made", () => {
        const hooks = made.slice(0, 2);
        const result = plan({ releases: [release("cratedb", [], { hooks })], objects: made });
        assert.deepEqual(leftovers(result), all);
      });

      it("after a destroy by hand, when there is no record any more", () => {
        assert.deepEqual(leftovers(plan({ objects: made })), all);
        assert.deepEqual(remainsOf(plan({ objects: made })), [
          "ClusterRole cratedb",
          `ClusterRole ${granted}`,
          "ClusterRoleBinding cratedb",
          `RoleBinding shop/${granted}`,
        ]);
      });

      it("by the names that its release gives them", () => {
        const configured = [{ name: "costs", namespace: "shop", chart: "cratedb" }];
        const objects = [object("ClusterRole costs-cratedb", { ...ofHook, ...here }), ...made];
        assert.deepEqual(leftovers(plan({ configured, objects })), [
          "ClusterRole costs-cratedb, of costs: made by a hook of its chart",
        ]);
      });

      it("by the names that values give them", () => {
        const named = (values: JsonObject): string[] =>
          knownLeftovers(
            configuredRelease(
              chartStep("install-cratedb", {
                release: { name: "costs", namespace: "shop" },
                chart: { name: "cratedb", version: "0.1.4", kind: "repository", url: "https://c" },
                values,
              }),
            ),
          )
            .slice(-4)
            .map(({ name }) => name);
        const names = (fullname: string): string[] => [
          ...Array.from({ length: 3 }, () => `system:openshift:scc:${fullname}`),
          `${fullname}-system-credentials`,
        ];
        assert.deepEqual(named({}), names("costs-cratedb"));
        assert.deepEqual(named({ nameOverride: "cost" }), names("costs"));
        assert.deepEqual(named({ fullnameOverride: "db", nameOverride: "cost" }), names("db"));
      });

      it("not those of others by the same names", () => {
        const elsewhere = { usedBy: ["namespace data"] };
        const constraints = object("SecurityContextConstraints cratedb");
        const objects = [
          object("ClusterRole cratedb"),
          object("ClusterRoleBinding cratedb"),
          object("ClusterRole cratedb-scc", ofRelease("cratedb", "data")),
          object(`ClusterRole ${granted}`, elsewhere),
          object(`RoleBinding data/${granted}`),
          constraints,
        ];
        assert.deepEqual(leftovers(plan({ objects })), []);
        const unbound = object(`ClusterRole ${granted}`, { usedBy: [] });
        assert.deepEqual(leftovers(plan({ objects: [unbound, constraints] })), []);
        assert.deepEqual(leftovers(plan({ objects: [unbound] })).length, 1);
      });

      it("not what an account of another namespace, or a user, has as well", () => {
        const shared = { usedBy: ["namespace shop", "namespace data", "User ada"] };
        const objects = [object("ClusterRole cratedb", { ...ofHook, ...shared })];
        const result = plan({ objects });
        assert.deepEqual(leftovers(result), []);
        assert.deepEqual(retained(result), ["ClusterRole cratedb: it is used by namespace data, User ada"]);
      });
    });

    it("definitions out of crds folders, with their objects, unless an installation elsewhere has them", () => {
      const objects = [
        object("CustomResourceDefinition focusconfigs.finops.krateo.io"),
        object("FocusConfig far/mine"),
      ];
      const result = plan({ objects });
      assert.deepEqual(texts(result.crds), ["CustomResourceDefinition focusconfigs.finops.krateo.io"]);
      assert.deepEqual(texts(result.userObjects), ["FocusConfig far/mine"]);
      const shared = plan({ objects, elsewhere: { "finops-operator-focus": ["far"] } });
      assert.deepEqual([shared.crds, shared.userObjects], [[], []]);
    });

    it("a finalizer that only a Job of the gone release would have cleared", () => {
      const finalizers = ["finops.krateo.io/notebooks", "other"];
      const objects = [
        object("Secret shop/finops-notebooks", { ...ofRelease("finops-notebooks"), finalizers }),
      ];
      assert.deepEqual(plan({ objects }).leftovers[0]?.frees, ["finops.krateo.io/notebooks"]);
    });
  });

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

  it("names what is left, with what holds it", () => {
    const crd = object("CustomResourceDefinition notebooks.finops.krateo.io");
    const gone = { deletedAt: 1, finalizers: ["hold"] };
    const releases = [release("uploader", [crd], { status: "uninstalling" })];
    const objects = [crd, object("Notebook shop/mine", gone), object("Notebook shop/other")];
    assert.deepEqual(remainsOf(plan({ releases, objects })), [
      "Helm release shop/uploader (uninstalling)",
      "CustomResourceDefinition notebooks.finops.krateo.io",
      "Notebook shop/mine (being deleted, held by finalizer hold)",
    ]);
  });
});
