import assert from "node:assert/strict";
import type { ExistingLease, ExistingRelease } from "../../model/inventory.ts";
import { describeRepair, repairsOf } from "../../plan/repair.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

const minute = 60_000;
const now = Date.parse("2026-01-01T12:00:00Z");
const step = chartStep("install-authn", { timeoutSeconds: 900 });

const release = (status: string, minutesAgo: number): ExistingRelease => ({
  chart: "authn",
  chartVersion: "0.22.2",
  revision: 2,
  status,
  updatedAt: now - minutesAgo * minute,
});

/** A Lease that was held from ten minutes ago and renewed last so many seconds ago. */
const lease = (renewedSecondsAgo: number, ended = false): ExistingLease => ({
  holder: "ada on ws1, process 7",
  acquiredAt: now - 10 * minute,
  renewedAt: now - renewedSecondsAgo * 1000,
  durationSeconds: 30,
  ended,
  version: "4",
  firstVersion: "4",
});

function verdict(existing: ExistingRelease, held?: ExistingLease): string {
  const inventory = { ...emptyInventory, releases: { authn: existing }, ...(held && { lease: held }) };
  const { repairs, blocked } = repairsOf(settingsOf([step]), inventory, now);
  assert.ok(repairs.length + blocked.length <= 1);
  if (blocked[0]) return `stop: ${blocked[0].what}`;
  return repairs[0] ? `repair: ${repairs[0].because}` : "nothing";
}

const ranOut = "repair: the run that began it (ada on ws1, process 7) has ended";
const foreign = (status: string): string =>
  `stop: the Helm release authn in namespace krateo-system is ${status}: somebody may be changing it`;
const live =
  "stop: another run is in progress on the installation in namespace krateo-system: ada on ws1, process 7, since 2026-01-01T11:50:00Z";

describe("an unfinished Helm release", () => {
  const cases: [string, string, string][] = [
    ["is none when it is deployed", verdict(release("deployed", 1)), "nothing"],
    ["is none when it failed: Helm upgrades over that", verdict(release("failed", 1)), "nothing"],
    [
      "may be somebody's helm while it is young",
      verdict(release("pending-install", 1)),
      foreign("pending-install"),
    ],
    ["may be so up to its time-out", verdict(release("uninstalling", 15)), foreign("uninstalling")],
    [
      "is interrupted when it is older than its time-out",
      verdict(release("pending-upgrade", 16)),
      "repair: it has been so for 16 min, longer than its time-out of 15 min",
    ],
    [
      "is ours and interrupted when the Lease it was begun under has expired",
      verdict(release("pending-install", 5), lease(31, true)),
      ranOut,
    ],
    [
      "is ours and interrupted at once when the holder is known to have ended",
      verdict(release("pending-rollback", 5), lease(3, true)),
      ranOut,
    ],
    [
      "is not ours when it was begun before the Lease",
      verdict(release("pending-install", 12), lease(31, true)),
      foreign("pending-install"),
    ],
    [
      "is not ours when it was begun long after the Lease",
      verdict(release("pending-install", 1), lease(300, true)),
      foreign("pending-install"),
    ],
    [
      "is not ours when it was begun after the Lease was given up, however short",
      verdict(release("pending-upgrade", 0), { ...lease(6, true), holder: "nobody", durationSeconds: 0 }),
      foreign("pending-upgrade"),
    ],
    [
      "has ended when it says that it is uninstalled",
      verdict(release("uninstalled", 0)),
      "repair: its removal has ended",
    ],
    ["is left alone while the Lease is held", verdict(release("pending-install", 5), lease(29)), live],
    ["is not needed for a held Lease to stop a second run", verdict(release("deployed", 5), lease(29)), live],
  ];
  for (const [name, found, expected] of cases) it(name, () => assert.equal(found, expected));

  it("of a step that is switched off is nobody's business", () => {
    const inventory = { ...emptyInventory, releases: { authn: release("pending-install", 60) } };
    const settings = settingsOf([{ ...step, enabled: false }]);
    assert.deepEqual(repairsOf(settings, inventory, now), { repairs: [], blocked: [] });
  });

  it("under a Lease that is held is said to be another run's, since when, and how to go on", () => {
    const said = (held: ExistingLease) =>
      repairsOf(settingsOf([step]), { ...emptyInventory, lease: held }, now).blocked.map(({ what, next }) => [
        what.split(": ")[1],
        next,
      ]);
    const next =
      "wait until it has ended, as npx krateo status tells; if it was killed, its Lease expires 30 s after its last renewal, or at once with: npx krateo repair --force";
    assert.deepEqual(said(lease(3)), [["ada on ws1, process 7, since 2026-01-01T11:50:00Z", next]]);
    assert.deepEqual(said({ ...lease(3), acquiredAt: 0 }), [["ada on ws1, process 7", next]]);
  });

  it("is described in one line", () => {
    const repair = { release: "authn", revision: 2, status: "pending-install", because: "its run has ended" };
    assert.equal(
      describeRepair(repair),
      "authn is pending-install (revision 2) and its run has ended: it will be marked as failed, then upgraded",
    );
  });
});
