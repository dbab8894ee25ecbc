import assert from "node:assert/strict";
import { hostname } from "node:os";
import { processIdentity } from "../../cluster/client/process-identity.ts";
import { endLease, existingLease, InstallerLease, readLease } from "../../cluster/lease.ts";
import { errorOf, type Handler, withApiServer } from "./api-server.ts";

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

  describe("that was renewed by a clock two hours ahead", () => {
    const path = "/apis/coordination.k8s.io/v1/namespaces/krateo-system/leases/krateo-installer";
    const ahead = (seconds: number) => new Date(Date.now() + 7200_000 + seconds * 1000).toISOString();
    const object = (holderIdentity: string, renewTime: string) => ({
      metadata: { name: "krateo-installer", uid: "l", resourceVersion: "7" },
      spec: { holderIdentity, leaseDurationSeconds: 1, acquireTime, renewTime },
    });
    /** An API server with that Lease, whose holder renews it with every reading if it lives; what was put is kept. */
    const server = (lives: boolean, put: unknown[] = [], status = 200): Handler => {
      const first = ahead(0);
      let readings = 0;
      return (method, asked, _query, body) => {
        if (asked !== path) return { status: 404, body: {} };
        if (method === "PUT") put.push(body);
        if (method === "PUT") return { status, body: body ?? {} };
        readings += 1;
        return { status: 200, body: object("ada elsewhere 7 1", lives ? ahead(readings) : first) };
      };
    };

    it("is watched: one that nobody renews for its duration is nobody's, whatever its times say", async () => {
      await withApiServer(server(false), async (connection) => {
        const begin = performance.now();
        assert.equal((await readLease(connection, "krateo-system"))?.ended, true);
        assert.ok(performance.now() - begin >= 1000, "it must be watched for as long as the Lease is valid");
      });
    });

    it("is held while it is renewed", async () => {
      await withApiServer(server(true), async (connection) => {
        assert.equal((await readLease(connection, "krateo-system"))?.ended, false);
        const error = await errorOf(new InstallerLease(connection, "krateo-system").hold());
        assert.match(error.message, /another run is at work .*: ada on elsewhere, process 7\n/);
      });
    });

    it("can be taken from its holder, and only as it was read", async () => {
      const put: { metadata?: object; spec?: { holderIdentity?: string } }[] = [];
      await withApiServer(server(false, put), async (connection) => {
        assert.equal(await endLease(connection, "krateo-system"), true);
        assert.equal(put[0]?.spec?.holderIdentity, "");
        assert.equal((put[0]?.metadata as { resourceVersion?: string }).resourceVersion, "7");
      });
      await withApiServer(server(true, [], 409), async (connection) => {
        assert.equal(await endLease(connection, "krateo-system"), false);
      });
    });
  });
});
