import assert from "node:assert/strict";
import type { JsonObject } from "../../../model/settings.ts";
import { configuredRelease, knownLeftovers } from "../../../plan/removal/known.ts";
import { remainsOf } from "../../../plan/removal/removal-plan.ts";
import { labelled, object, ofHook, ofRelease, release } from "../../support/removal.ts";
import { chartStep } from "../../support/settings.ts";
import { leftovers, plan, retained, texts } from "./plan-in-words.ts";

describe("a removal", () => {
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

    it("nothing of the whole cluster that another namespace may use, where that cannot be read", () => {
      const crd = object("CustomResourceDefinition focusconfigs.finops.krateo.io");
      const webhook = object("MutatingWebhookConfiguration core-provider", { usedBy: ["namespace shop"] });
      const result = plan({ objects: [crd, webhook], elsewhere: "unreadable" });
      assert.deepEqual(texts(result.leftovers.map(({ object }) => object)), [
        "MutatingWebhookConfiguration core-provider",
      ]);
      assert.match(
        retained(result)[0] ?? "",
        /^CustomResourceDefinition focusconfigs.*another namespace may use it/,
      );
    });

    it("a finalizer that only a Job of the gone release would have cleared", () => {
      const finalizers = ["finops.krateo.io/notebooks", "other"];
      const objects = [
        object("Secret shop/finops-notebooks", { ...ofRelease("finops-notebooks"), finalizers }),
      ];
      assert.deepEqual(plan({ objects }).leftovers[0]?.frees, ["finops.krateo.io/notebooks"]);
    });
  });
});
