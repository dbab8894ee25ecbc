import assert from "node:assert/strict";
import { judge } from "../../cluster/preflight.ts";
import type { ClusterReading } from "../../cluster/preflight-reading.ts";
import type { ExistingRelease, Inventory } from "../../profiles/inventory.ts";
import { object, pod, readyCluster } from "../support/cluster-reading.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

type Line = readonly [status: string, subject: string, found: string];

const release = (chart: string, chartVersion = "1.0.0", status = "deployed"): ExistingRelease => ({
  chart,
  chartVersion,
  revision: 1,
  status,
  updatedAt: 0,
});

const here = { namespace: "krateo-system" };
const krateo = (given: object = {}, metadata: object = here) => ({ ...object("krateo", metadata), ...given });
const running = { spec: { replicas: 1 }, status: { availableReplicas: 1 } } as ClusterReading["installer"];
const stopped = { spec: { replicas: 0 } } as ClusterReading["installer"];

/** What is said of a healthy Krateo 2.7.0 but for what is given. */
function found(cluster: Partial<ClusterReading> = {}, inventory: Partial<Inventory> = {}): Line[] {
  const live = readyCluster({ platformOps: [krateo()], installer: running, ...cluster });
  const releases = { installer: release("installer", "2.7.0"), authn: release("authn") };
  return judge(settingsOf([chartStep("install-authn")]), { ...emptyInventory, releases, ...inventory }, live)
    .filter(({ check }) => check === "legacy" || check === "installation")
    .map(({ status, subject, found }) => [status, subject, found]);
}

/** Only what is at fault. */
const faults = (...given: Parameters<typeof found>): Line[] =>
  found(...given).filter(([status]) => status !== "OK");

describe("preflight of what is installed", () => {
  it("takes a healthy Krateo 2.7.0, and says what it looked at", () => {
    assert.deepEqual(found(), [
      ["OK", "KrateoPlatformOps krateo", "no condition is False"],
      ["OK", "Helm release installer", "Krateo 2.7.0"],
      ["OK", "Deployment installer", "1 of 1 pods ready"],
      ["OK", "Helm releases", "all 2 deployed"],
      ["OK", "pods", "all 0 ready"],
    ]);
  });

  const none = { platformOps: [], installer: null };
  const snapshot = object("krateoctl", {
    ...here,
    annotations: { "krateo.io/installation-version": "3.0.0" },
  });
  const unreadyPod = pod("authn-1", {}, { metadata: { name: "authn-1", namespace: "krateo-system" } });
  const failing = (condition: object) => krateo({ status: { conditions: [condition] } });

  const table: readonly (readonly [string, () => readonly Line[], readonly Line[]])[] = [
    [
      "says what becomes of Helm releases without an installer: upstream's CLI made them",
      () => found(none, { releases: { authn: release("authn") } }),
      [
        [
          "OK",
          "earlier installation",
          "1 Helm releases in namespace krateo-system: those of the plan will be taken over",
        ],
      ],
    ],
    [
      "says that a Krateo 3.0.0 will be upgraded in place",
      () => found({ ...none, snapshots: [snapshot] }, { releases: { authn: release("authn") } }),
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
      () => faults({ ...none, snapshots: [object("krateoctl", { namespace: "old" })] }, { releases: {} }),
      [["ERROR", "Installation old/krateoctl", "Krateo is installed in namespace old, not in krateo-system"]],
    ],
    [
      "refuses a Krateo 2.7.0 in another namespace",
      () => faults({ ...none, platformOps: [krateo({}, { namespace: "old" })] }, { releases: {} }),
      [
        [
          "ERROR",
          "KrateoPlatformOps old/krateo",
          "Krateo is installed in namespace old, not in krateo-system",
        ],
      ],
    ],
    [
      "refuses two objects",
      () =>
        faults({ platformOps: [krateo(), { ...krateo(), metadata: { ...here, name: "second", uid: "2" } }] }),
      [["ERROR", "KrateoPlatformOps", "2 of them: krateo-system/krateo, krateo-system/second"]],
    ],
    [
      "refuses one that is being deleted",
      () => faults({ platformOps: [krateo({}, { ...here, deletionTimestamp: "2026-01-01T00:00:00Z" })] }),
      [["ERROR", "KrateoPlatformOps krateo", "being deleted since 2026-01-01T00:00:00Z"]],
    ],
    [
      "refuses one whose condition is False, with the reason",
      () =>
        faults({
          platformOps: [failing({ type: "Synced", status: "False", reason: "Error", message: "no chart" })],
        }),
      [["ERROR", "KrateoPlatformOps krateo", "Synced is False: Error: no chart"]],
    ],
    [
      "refuses another version",
      () => faults({}, { releases: { installer: release("installer", "2.6.0") } }),
      [["ERROR", "Helm release installer", "Krateo 2.6.0"]],
    ],
    [
      "does not take another chart's release for the installer",
      () => found(none, { releases: { installer: release("argo-installer", "2.6.0") } }),
      [
        [
          "OK",
          "earlier installation",
          "1 Helm releases in namespace krateo-system: those of the plan will be taken over",
        ],
      ],
    ],
    [
      "refuses an installer that does not run",
      () => faults({ installer: { spec: { replicas: 1 } } as ClusterReading["installer"] }),
      [["ERROR", "Deployment installer", "0 of 1 pods ready"]],
    ],
    [
      "warns of an installer that is not there",
      () => faults({ installer: null }),
      [["WARNING", "Deployment installer", "does not exist"]],
    ],
    [
      "refuses releases that are pending or failed, and minds only Krateo's",
      () =>
        faults(
          {},
          {
            releases: {
              installer: release("installer", "2.7.0"),
              authn: release("authn", "1.0.0", "failed"),
              eventsse: release("eventsse", "0.5.9", "pending-upgrade"),
              theirs: release("theirs", "1.0.0", "failed"),
            },
          },
        ),
      [
        ["ERROR", "Helm release authn", "failed"],
        ["ERROR", "Helm release eventsse", "pending-upgrade"],
      ],
    ],
    [
      "warns of pods that are not ready, and minds only its own namespace's",
      () => faults({ pods: [unreadyPod, pod("other", {})] }),
      [["WARNING", "pods", "1 of 1 not ready: authn-1"]],
    ],
    [
      "only warns once a migration has stopped the installer: running again must stay possible",
      () =>
        faults(
          { installer: stopped, platformOps: [failing({ type: "Ready", status: "False" })] },
          { releases: { installer: release("installer", "2.7.0", "failed") } },
        ),
      [
        ["WARNING", "KrateoPlatformOps krateo", "Ready is False: no reason given"],
        ["WARNING", "Helm release installer", "failed"],
      ],
    ],
    [
      "asks for helm where a release that goes has hooks that only Helm can run",
      () =>
        found(none, {
          releases: {},
          legacy: {
            releases: [
              { name: "sweeper", chart: "sweeper", chartVersion: "0.2.0", deleteHooks: ["Job sweep"] },
            ],
            volumes: [],
          },
        }),
      [["ERROR", "Helm release sweeper", "it has to go, and has hooks that only Helm can run: Job sweep"]],
    ],
  ];
  for (const [sentence, run, expected] of table) it(sentence, () => assert.deepEqual(run(), expected));

  it("says the way to 2.7.0", () => {
    const releases = { installer: release("installer", "2.6.0") };
    const checks = judge(settingsOf([]), { ...emptyInventory, releases }, readyCluster());
    assert.match(
      checks.find(({ subject }) => subject === "Helm release installer")?.next ?? "",
      /^upgrade it to 2\.7\.0 first.*helm upgrade installer krateo\/installer --version 2\.7\.0$/,
    );
  });
});
