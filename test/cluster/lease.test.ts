import assert from "node:assert/strict";
import { hostname } from "node:os";
import { existingLease } from "../../cluster/lease.ts";
import { processIdentity } from "../../cluster/process.ts";

const acquireTime = "2026-01-01T12:00:00.000000Z";
const renewTime = "2026-01-01T12:00:08.000000Z";
const heldBy = (holderIdentity: string) =>
  existingLease({
    metadata: { name: "krateo-installer", uid: "l" },
    spec: { holderIdentity, leaseDurationSeconds: 30, acquireTime, renewTime },
  });
const times = { acquiredAt: Date.parse(acquireTime), renewedAt: Date.parse(renewTime) };

describe("the Lease of a run", () => {
  it("is held by a run on another machine until it runs out: whether that lives cannot be seen", () => {
    assert.deepEqual(heldBy("ada elsewhere 7 1"), {
      holder: "ada on elsewhere, process 7",
      ...times,
      durationSeconds: 30,
      ended: false,
    });
  });

  it("is held by a process of this machine while it lives, and not by another that has its id now", () => {
    const { pid, started } = processIdentity();
    assert.equal(heldBy(`ada ${hostname()} ${pid} ${started ?? ""}`).ended, false);
    assert.equal(heldBy(`ada ${hostname()} ${0x7ffffffe} 1`).ended, true);
    assert.equal(heldBy(`ada ${hostname()} ${pid} 1`).ended, true);
  });

  it("ends at once when it is given up: what helm begins after that is somebody else's", () => {
    assert.deepEqual(heldBy(""), { holder: "nobody", ...times, durationSeconds: 0, ended: true });
  });
});
