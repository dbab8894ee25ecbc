import assert from "node:assert/strict";
import { preflightOfRun } from "../../../../cluster/checks/preflight/preflight.ts";
import type { Step } from "../../../../model/settings.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { settingsOf } from "../../../support/settings.ts";
import { holding, withApiServer } from "../../api-server.ts";
import { accepted, apiVersion, at, listener, own, shared, toOwn, toShared } from "./gateways.ts";

describe("preflight of type gateway", () => {
  describe("of a run with a platform", () => {
    const liveRoute = (parents: object[], hostnames = ["app.example.org"]) => ({
      metadata: { name: "frontend", namespace: "krateo-system" },
      spec: { hostnames, parentRefs: parents },
    });
    const liveOwn = (className: string, secret: string) => ({
      metadata: { name: "krateo", namespace: "krateo-system" },
      spec: {
        gatewayClassName: className,
        listeners: [{ name: "https", tls: { certificateRefs: [{ name: secret }] } }],
      },
    });
    const withSecret = own([{ name: "https", tls: { certificateRefs: [{ name: "w" }] } }]);

    /** What is at fault on a cluster that holds these. */
    const faults = async (steps: Step[], routes: object[], gateways: object[], isServed = true) => {
      let result: string[] = [];
      const group = `/apis/${apiVersion}`;
      const objects = {
        "/apis": { groups: [] },
        ...(isServed && {
          [group]: { resources: [] },
          [`${group}/httproutes`]: { items: routes },
          [`${group}/gateways`]: { items: gateways },
          [`${group}/gatewayclasses`]: { items: [accepted] },
        }),
        "/api/v1/namespaces/krateo-system": { metadata: { name: "krateo-system", labels: { team: "a" } } },
      };
      await withApiServer(holding(objects), async (connection) => {
        const [inventory, isNew] = [Promise.resolve(emptyInventory), Promise.resolve(false)];
        const checks = await preflightOfRun(connection, settingsOf(steps), inventory, isNew, () => []);
        result = checks
          .filter(({ status }) => status !== "OK")
          .map(({ subject, found }) => `${subject}: ${found}`);
      });
      return result;
    };
    const closed = shared([listener({ allowedRoutes: undefined })]);
    const refusal =
      "Gateway gateways/shared: takes no HTTPRoute from namespace krateo-system: listener web takes those of its own namespace only";

    it("asks of an HTTPRoute that is new, and reads the labels of its namespace", async () => {
      assert.deepEqual(await faults([toShared], [], [closed]), [refusal]);
      const selector = { matchLabels: { team: "a", "kubernetes.io/metadata.name": "krateo-system" } };
      const team = listener({ allowedRoutes: { namespaces: { from: "Selector", selector } } });
      assert.deepEqual(await faults([toShared], [], [shared([team])]), []);
    });

    it("does not ask of one that is there as it is planned: the run may be about something else", async () => {
      assert.deepEqual(await faults([toShared], [liveRoute([at("gateways")])], [closed]), []);
    });

    it("asks of one that gets another host, Gateway or listener", async () => {
      const others = [
        liveRoute([at("gateways")], ["x.org"]),
        liveRoute([at("other")]),
        liveRoute([{ ...at("gateways"), sectionName: "x" }]),
      ];
      for (const other of others) assert.deepEqual(await faults([toShared], [other], [closed]), [refusal]);
    });

    it("does not take a Gateway of its own that stays for an existing one", async () => {
      const steps = [withSecret, toOwn];
      assert.deepEqual(await faults(steps, [], [liveOwn("envoy", "w")]), []);
    });

    it("asks of a Gateway that gets another class or certificate", async () => {
      for (const live of [liveOwn("x", "w"), liveOwn("envoy", "other")]) {
        const all = await faults([withSecret], [], [live]);
        assert.ok(all.includes("Secret w: does not exist in namespace krateo-system"), all.join("\n"));
      }
    });

    it("misses the API on a cluster without it", async () => {
      assert.deepEqual(await faults([toShared], [], [], false), [
        "Gateway API: the cluster does not serve gateway.networking.k8s.io/v1",
      ]);
    });
  });
});
