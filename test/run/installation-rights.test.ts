import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { Legacy } from "../../model/inventory.ts";
import { installationRights } from "../../run/installation-rights.ts";
import { helmRelease } from "../cluster/helm-releases.ts";
import { emptyInventory } from "../support/inventory.ts";
import { settingsOf } from "../support/settings.ts";

/** The rights that a run needs where the cluster has these releases. */
async function neededFor(legacy: Legacy, chart: string): Promise<string[]> {
  const manifest = stringify({ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "sweeper" } });
  const hook = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "sweeper" } };
  const hooks = [{ name: "h", kind: hook.kind, events: ["pre-upgrade"], manifest: stringify(hook) }];
  const release = helmRelease("sweeper", { chart, manifest, hooks });
  const reading = Promise.resolve({
    inventory: { ...emptyInventory, legacy },
    latest: new Map([["sweeper", release]]),
  });
  const rights = await installationRights(settingsOf([]), reading, Promise.resolve(new Map()))();
  return rights
    .filter(({ resource }) => ["cronjobs", "poddisruptionbudgets", "krateoplatformops"].includes(resource))
    .map(({ namespace, resource, verbs }) => [namespace ?? "cluster", resource, ...verbs].join(" "));
}

describe("the rights of a run", () => {
  it("are those of a migration where it finds a 2.7.0, without what its hooks made", async () => {
    const releases = [{ name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" }];
    assert.deepEqual(await neededFor({ releases, volumes: [] }, "sweeper 0.2.0"), [
      "cluster krateoplatformops list",
      "krateo-system krateoplatformops get create patch delete",
      "krateo-system cronjobs get delete",
      "krateo-system cronjobs create",
    ]);
  });

  it("are those of an installation elsewhere, with all of a release that only bears such a name", async () => {
    assert.deepEqual(await neededFor({ releases: [], volumes: [] }, "broom 1.0.0"), [
      "cluster krateoplatformops list",
      "krateo-system cronjobs get create patch update delete",
      "krateo-system poddisruptionbudgets get create patch update delete",
    ]);
  });
});
