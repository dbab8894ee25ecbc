import assert from "node:assert/strict";
import { judge } from "../../../cluster/checks/preflight/preflight.ts";
import type { ClusterReading } from "../../../cluster/checks/preflight/reading.ts";
import { checkLegacy } from "../../../migration/live/preflight-checks.ts";
import type { ExistingRelease, Inventory, LegacyPlatform } from "../../../model/inventory.ts";
import { object, pod, readyCluster } from "../../support/cluster-reading.ts";
import { emptyInventory } from "../../support/inventory.ts";
import { chartStep, settingsOf } from "../../support/settings.ts";

type Line = readonly [status: string, subject: string, found: string];

const release = (chart: string, chartVersion = "1.0.0", status = "deployed"): ExistingRelease => ({
  chart,
  chartVersion,
  revision: 1,
  status,
  updatedAt: 0,
});

const krateo = { name: "krateo", uid: "u", generation: 1, finalizers: [], deleting: false };
const healthy: LegacyPlatform = {
  objects: [krateo],
  elsewhere: [],
  releases: [{ name: "installer", chart: "installer", chartVersion: "2.7.0" }],
  installers: [{ name: "installer", replicas: 1 }],
};
const sweeper = { name: "sweeper", chart: "sweeper", chartVersion: "0.2.0" };

/** An inventory of Krateo 2.7.0, healthy but for what is given. */
const legacy = (given: Partial<LegacyPlatform> = {}): Partial<Inventory> => ({
  legacy: { releases: [], volumes: [], platform: { ...healthy, ...given } },
  releases: { installer: release("installer", "2.7.0"), authn: release("authn") },
});

function found(inventory: Partial<Inventory>, cluster: Partial<ClusterReading> = {}): Line[] {
  const settings = settingsOf([chartStep("install-authn")]);
  return judge(settings, { ...emptyInventory, ...inventory }, readyCluster(cluster), checkLegacy)
    .filter(({ check }) => check === "legacy" || check === "installation")
    .map(({ status, subject, found }) => [status, subject, found]);
}

/** Only what is at fault. */
const faults = (...given: Parameters<typeof found>): Line[] =>
  found(...given).filter(([status]) => status !== "OK");

describe("preflight of what is installed", () => {
  const snapshot = object("krateoctl", {
    namespace: "krateo-system",
    annotations: { "krateo.io/installation-version": "3.0.0" },
  });
  const unreadyPod = pod("authn-1", {}, { metadata: { name: "authn-1", namespace: "krateo-system" } });

  const table: readonly (readonly [string, () => readonly Line[], readonly Line[]])[] = [
    [
      "takes a healthy Krateo 2.7.0, and says what it looked at",
      () => found(legacy()),
      [
        ["OK", "KrateoPlatformOps krateo", "no condition is False"],
        ["OK", "Deployment installer", "1 of 1 pods ready"],
        ["OK", "Helm releases", "all 2 deployed"],
        ["OK", "pods", "all 0 ready"],
      ],
    ],
    [
      "says what becomes of Helm releases without an installer: upstream's CLI made them",
      () => found({ releases: { authn: release("authn") } }),
      [
        [
          "OK",
          "earlier installation",
          "Helm releases in namespace krateo-system: 1; those of the plan will be adopted",
        ],
      ],
    ],
    [
      "says that a Krateo 3.0.0 will be upgraded in place",
      () => found({ releases: { authn: release("authn") } }, { snapshots: [snapshot] }),
      [
        [
          "OK",
          "earlier installation",
          "Krateo 3.0.0 in namespace krateo-system: it will be upgraded in place",
        ],
      ],
    ],
    [
      "refuses a Krateo 3.0.0 in another namespace",
      () => faults({}, { snapshots: [object("krateoctl", { namespace: "old" })] }),
      [["ERROR", "Installation old/krateoctl", "Krateo is installed in namespace old, not in krateo-system"]],
    ],
    [
      "refuses an object whose conditions are False, with the reasons",
      () => faults(legacy({ objects: [{ ...krateo, faults: ["Synced is False: no chart"] }] })),
      [["ERROR", "KrateoPlatformOps krateo", "Synced is False: no chart"]],
    ],
    [
      "refuses an installer that does not run",
      () => faults(legacy({ installers: [{ name: "installer", replicas: 1, unready: 1 }] })),
      [["ERROR", "Deployment installer", "0 of 1 pods ready"]],
    ],
    [
      "refuses releases that are pending or failed, and minds only Krateo's",
      () =>
        faults({
          ...legacy(),
          releases: {
            installer: release("installer", "2.7.0"),
            authn: release("authn", "1.0.0", "failed"),
            eventsse: release("eventsse", "0.5.9", "pending-upgrade"),
            theirs: release("theirs", "1.0.0", "failed"),
          },
        }),
      [
        ["ERROR", "Helm release authn", "failed"],
        ["ERROR", "Helm release eventsse", "pending-upgrade"],
      ],
    ],
    [
      "warns of pods that are not ready, and minds only its own namespace's",
      () => faults(legacy(), { pods: [unreadyPod, pod("other", {})] }),
      [["WARNING", "pods", "1 of 1 not ready: authn-1"]],
    ],
    [
      "only warns once a migration has stopped the installer: running again must stay possible",
      () =>
        faults({
          ...legacy({
            objects: [{ ...krateo, faults: ["Ready is False"] }],
            installers: [{ name: "installer", replicas: 0 }],
          }),
          releases: { installer: release("installer", "2.7.0", "failed") },
        }),
      [
        ["WARNING", "KrateoPlatformOps krateo", "Ready is False"],
        ["WARNING", "Helm release installer", "failed"],
      ],
    ],
    [
      "asks for helm where a release that goes has hooks that only Helm can run",
      () =>
        found({
          legacy: { releases: [sweeper, { ...sweeper, deleteHooks: ["Job sweep"] }], volumes: [] },
        }),
      [
        [
          "ERROR",
          "Helm release sweeper",
          "it must be removed, and has hooks that only Helm can run: Job sweep",
        ],
      ],
    ],
  ];
  for (const [sentence, run, expected] of table) it(sentence, () => assert.deepEqual(run(), expected));
});
