import assert from "node:assert/strict";
import { readInventory } from "../../../run/inventory.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";
import { holding, withApiServer } from "../api-server.ts";
import { cluster } from "./shop-cluster.ts";

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
