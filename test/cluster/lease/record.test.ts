import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { processIdentity, processPlace } from "../../../cluster/client/process-identity.ts";
import { endLease } from "../../../cluster/lease/end-lease.ts";
import {
  existingLease,
  hasLeft,
  holderIdentity,
  isOfThisRun,
  readLease,
} from "../../../cluster/lease/record.ts";
import { withApiServer } from "../api-server.ts";
import { LeaseServer } from "./lease-server.ts";

const acquireTime = "2026-01-01T12:00:00.000000Z";
const renewTime = "2026-01-01T12:00:08.000000Z";
const foreign = { holderIdentity: "ada elsewhere 7 1 6", leaseDurationSeconds: 1, acquireTime, renewTime };
const heldBy = (identity: string) =>
  existingLease({
    metadata: { name: "krateo-installer", uid: "l", resourceVersion: "4" },
    spec: { ...foreign, leaseDurationSeconds: 30, holderIdentity: identity },
  });
const times = {
  acquiredAt: Date.parse(acquireTime),
  renewedAt: Date.parse(renewTime),
  version: "4",
  firstVersion: "4",
};

describe("the Lease of a run", () => {
  it("is to be taken over from the program of an engine of this machine that has ended, and from nobody else", () => {
    const gone = 2147483646;
    const left = (pid: number, engine: number, place = processPlace()): boolean => {
      const spec = { holderIdentity: ["ada", hostname(), pid, "", engine, place].join(" ") };
      return hasLeft({ metadata: { name: "krateo-installer", uid: "l" }, spec }, { pid: 4711 });
    };
    assert.deepEqual(
      [left(gone, 4711), left(process.pid, 4711), left(gone, 4712), left(gone, 4711, "another container")],
      [true, false, false, false],
    );
  });

  it("names the pod of its holder, and has ended with that", async () => {
    const identity = holderIdentity(process.pid, { namespace: "ci", name: "runner", uid: "u" });
    const elsewhere = identity.replace(` ${hostname()} `, " runner ");
    assert.match(heldBy(elsewhere).holder, / in pod ci\/runner, process \d+$/);
    const server = new LeaseServer({ ...foreign, holderIdentity: elsewhere, leaseDurationSeconds: 3600 });
    await withApiServer(server.handler, async (connection) => {
      assert.equal((await readLease(connection, "krateo-system"))?.ended, true);
    });
  });

  it("is held as far as it says itself when its holder is on another machine", () => {
    assert.deepEqual(heldBy("ada elsewhere 7 1 6"), {
      holder: "ada on elsewhere, process 7",
      ...times,
      durationSeconds: 30,
      ended: false,
    });
  });

  it("is held by a process that can be seen from here while it runs, and not by another one that has its id now", () => {
    const other = spawn("sleep", ["60"]);
    const { pid, started = "" } = processIdentity(other.pid);
    const held = (id: number, since: string, place = processPlace()): boolean =>
      !heldBy(["ada", hostname(), id, since, id, place].join(" ")).ended;
    try {
      assert.equal(held(pid, started), true);
      assert.equal(held(pid, "0"), false);
      assert.equal(held(0x7ffffffe, "1"), false);
      assert.equal(held(0x7ffffffe, "1", "another boot"), true, "a machine or container of the same name");
    } finally {
      other.kill();
    }
  });

  it("is held by an engine that goes on when its program was killed, for as long as that takes", async () => {
    const engine = spawn("sleep", ["60"]);
    const { pid, started = "" } = processIdentity(engine.pid);
    const identity = (since: string): string =>
      ["ada", hostname(), 0x7ffffffe, 1, pid, processPlace(), since].join(" ");
    try {
      assert.deepEqual(heldBy(identity(started)), {
        holder: `ada on ${hostname()}, process ${pid}`,
        ...times,
        durationSeconds: 30,
        ended: false,
      });
      assert.equal(heldBy(identity("0")).ended, true, "another process that has its id now");
      const server = new LeaseServer({ ...foreign, holderIdentity: identity(started) });
      await withApiServer(server.handler, async (connection) => {
        assert.equal((await readLease(connection, "krateo-system"))?.ended, false);
      });
    } finally {
      engine.kill();
    }
  });

  it("records when its engine was started", () => {
    const { pid, started } = processIdentity();
    assert.equal(holderIdentity(pid).split(" ").at(-1), started);
  });

  it("has ended when it is given up: what helm begins after that is somebody else's", () => {
    assert.deepEqual(heldBy(""), { holder: "nobody", ...times, durationSeconds: 0, ended: true });
  });

  it("keeps nobody away who belongs to the run that holds it: what it started, and what its engine started", () => {
    const above = [
      { pid: 20, program: "sh" },
      { pid: 10, program: "pulumi" },
      { pid: 5, program: "bash" },
    ];
    const at = (host: string, place: string) => (pid: number, engine: number) =>
      isOfThisRun(["ada", host, pid, 1, engine, place].join(" "), above);
    const here = at(hostname(), processPlace());
    assert.equal(here(30, 10), true, "the program of the same engine");
    assert.equal(here(20, 20), true, "a command that started this one");
    assert.equal(here(31, 11), false, "another engine, in the same shell");
    assert.equal(at("elsewhere", processPlace())(30, 10), false, "the same numbers on another machine");
    assert.equal(at(hostname(), "another boot")(30, 10), false, "the same numbers in another container");
    assert.equal(heldBy(holderIdentity(process.pid)).ended, true, "this process itself");
  });

  for (const hours of [-1, 0, 1]) {
    const clock = (seconds: number): string =>
      new Date(Date.now() + hours * 3600_000 + seconds * 1000).toISOString().replace("Z", "000Z");

    describe(`of a machine whose clock is ${hours} h ahead`, () => {
      it("has expired when nobody renews it for its duration, and not before", async () => {
        const server = new LeaseServer({ ...foreign, renewTime: clock(0) });
        const said: string[] = [];
        await withApiServer(server.handler, async (connection) => {
          const begin = performance.now();
          const lease = await readLease(connection, "krateo-system", { say: (line) => said.push(line) });
          assert.equal(lease?.ended, true);
          assert.ok(performance.now() - begin >= 1000, "it must be watched for its whole duration");
        });
        assert.deepEqual(said, [
          "namespace krateo-system has a Lease of ada on elsewhere, process 7, since 2026-01-01T12:00:00Z: waiting up to 1 s to see whether it is renewed",
        ]);
      });

      it("is held when it is renewed meanwhile", async () => {
        const server = new LeaseServer({ ...foreign, renewTime: clock(0) });
        await withApiServer(server.handler, async (connection) => {
          const timer = setTimeout(() => server.write({ ...foreign, renewTime: clock(1) }), 300);
          const lease = await readLease(connection, "krateo-system");
          clearTimeout(timer);
          assert.deepEqual([lease?.ended, lease?.version], [false, server.lease?.metadata.resourceVersion]);
        });
      });
    });
  }

  it("is not renewed by somebody who labels it", async () => {
    const server = new LeaseServer(foreign);
    await withApiServer(server.handler, async (connection) => {
      const timer = setTimeout(() => server.write(foreign, { team: "a" }), 300);
      assert.equal((await readLease(connection, "krateo-system"))?.ended, true);
      clearTimeout(timer);
    });
  });

  it("has ended when its holder gives it up while it is watched", async () => {
    const server = new LeaseServer({ ...foreign, leaseDurationSeconds: 60 });
    await withApiServer(server.handler, async (connection) => {
      setTimeout(() => server.write({ ...foreign, holderIdentity: "" }), 300);
      assert.equal((await readLease(connection, "krateo-system"))?.ended, true);
    });
  });

  it("can be taken from its holder, unless that renews it at the same moment", async () => {
    const server = new LeaseServer(foreign);
    await withApiServer(server.handler, async (connection) => {
      assert.equal(await endLease(connection, "krateo-system"), true);
      assert.deepEqual(server.lease?.spec, { ...foreign, holderIdentity: "" });
    });
    const renewing = new LeaseServer(foreign);
    const handler: LeaseServer["handler"] = (method, ...rest) => {
      if (method === "PUT") renewing.write({ ...foreign, renewTime: acquireTime });
      return renewing.handler(method, ...rest);
    };
    await withApiServer(handler, async (connection) => {
      assert.equal(await endLease(connection, "krateo-system"), false);
    });
  });
});
