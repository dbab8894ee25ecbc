import assert from "node:assert/strict";
import { hostname } from "node:os";
import { processIdentity, processPlace } from "../../../cluster/client/process-identity.ts";
import { readLease } from "../../../cluster/lease/record.ts";
import { type LeaseOptions, RunLease } from "../../../cluster/lease/run-lease.ts";
import type { Problem } from "../../../model/problem.ts";
import { errorOf, withApiServer } from "../api-server.ts";
import { LeaseServer } from "./lease-server.ts";

const foreign = {
  holderIdentity: "ada elsewhere 7 1 6",
  leaseDurationSeconds: 1,
  acquireTime: "2026-01-01T12:00:00.000000Z",
  renewTime: "2026-01-01T12:00:08.000000Z",
};

/** Of a Lease that is not lost in the test. */
const onLost = ({ what }: Problem): void => assert.fail(what);

describe("a run that changes an installation", () => {
  const { now } = performance;
  afterEach(() => {
    performance.now = now;
  });

  /** As if so many seconds had passed: as a halted process sees it when it continues. */
  function later(seconds: number): void {
    performance.now = () => now.call(performance) + seconds * 1000;
  }

  /** Runs `test` with a Lease that is held, and gives it up afterwards. */
  async function holding(
    server: LeaseServer,
    test: (lease: RunLease, lost: readonly Problem[]) => Promise<void>,
    options: Partial<LeaseOptions> = {},
  ): Promise<void> {
    const lost: Problem[] = [];
    await withApiServer(server.handler, async (connection) => {
      const onTold = (problem: Problem) => void lost.push(problem);
      const lease = new RunLease(connection, "krateo-system", {
        activity: "pulumi up",
        onLost: onTold,
        ...options,
      });
      await lease.hold();
      try {
        await test(lease, lost);
      } finally {
        await lease.release();
      }
    });
  }

  it("takes the Lease under its name, and gives it up at the end", async () => {
    const server = new LeaseServer();
    let taken = "";
    await holding(server, async (lease) => {
      taken = String(server.lease?.spec["renewTime"]);
      // The times have milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const { holderIdentity, leaseDurationSeconds } = server.lease?.spec ?? {};
      assert.match(
        String(holderIdentity),
        new RegExp(`^\\S+ ${hostname()} ${process.pid} \\d* ${process.pid} \\S* \\d*$`),
      );
      assert.equal(leaseDurationSeconds, 30);
      assert.equal(server.lease?.metadata.annotations?.["krateo.io/activity"], "pulumi up");
      await lease.check();
    });
    assert.equal(server.lease?.spec["holderIdentity"], "");
    // What began before this moment began under the Lease.
    assert.ok(String(server.lease?.spec["renewTime"]) > taken);
  });

  it("does not begin while another one renews the Lease", async () => {
    const server = new LeaseServer(foreign);
    await withApiServer(server.handler, async (connection) => {
      setTimeout(() => server.write({ ...foreign, renewTime: "2026-01-01T12:00:16.000000Z" }), 300);
      const error = await errorOf(
        new RunLease(connection, "krateo-system", { activity: "pulumi up", onLost }).check(),
      );
      assert.match(
        error.message,
        /another run is in progress on .* krateo-system: ada on elsewhere, process 7, since \S+\n/,
      );
      assert.match(
        error.message,
        /its Lease expires 30 s after its last renewal, .* npx krateo repair --force/,
      );
    });
  });

  it("takes a Lease that was judged as expired at once, and not one that was renewed after the judgement", async () => {
    const server = new LeaseServer(foreign);
    await withApiServer(server.handler, async (connection) => {
      const judged = await readLease(connection, "krateo-system");
      const asked = server.asked.length;
      const lease = new RunLease(connection, "krateo-system", {
        activity: "pulumi up",
        read: { lease: judged },
        onLost,
      });
      await lease.hold();
      assert.deepEqual(server.asked.slice(asked), ["GET", "PUT"], "it was watched a second time");
      await lease.release();

      server.write(foreign);
      const renewed = new RunLease(connection, "krateo-system", {
        activity: "pulumi up",
        read: { lease: judged },
        onLost,
      });
      setTimeout(() => server.write({ ...foreign, renewTime: "2026-01-01T12:00:16.000000Z" }), 300);
      assert.match((await errorOf(renewed.hold())).message, /another run is in progress/);
    });
  });

  it("stops when another one has come and gone since the cluster was read", async () => {
    const server = new LeaseServer();
    await withApiServer(server.handler, async (connection) => {
      const read = { lease: await readLease(connection, "krateo-system") };
      server.write({ ...foreign, holderIdentity: "" });
      const lease = new RunLease(connection, "krateo-system", { activity: "pulumi up", read, onLost });
      assert.match(
        (await errorOf(lease.hold())).message,
        /another run has changed the installation in namespace krateo-system since this one read it/,
      );
    });
  });

  it("stops when another one has ended while the cluster was read", async () => {
    const server = new LeaseServer({ ...foreign, leaseDurationSeconds: 60 });
    await withApiServer(server.handler, async (connection) => {
      setTimeout(() => server.write({ ...foreign, holderIdentity: "" }), 300);
      const read = { lease: await readLease(connection, "krateo-system") };
      assert.equal(read.lease?.ended, true);
      const lease = new RunLease(connection, "krateo-system", { activity: "pulumi up", read, onLost });
      assert.match((await errorOf(lease.hold())).message, /since this one read it/);
    });
  });

  it("takes for its own what an attempt of its own took whose answer was lost", async () => {
    const server = new LeaseServer();
    let isLost = true;
    const handler: LeaseServer["handler"] = (method, ...rest) => {
      const answer = server.handler(method, ...rest);
      if (method !== "POST" || !isLost) return answer;
      isLost = false;
      return { status: 503, body: { message: "away" } };
    };
    await withApiServer(handler, async (connection) => {
      const lease = new RunLease(connection, "krateo-system", { activity: "pulumi up", onLost });
      await errorOf(lease.hold());
      await lease.hold();
      assert.equal(lease.isShared, false);
      await lease.release();
      assert.equal(server.lease?.spec["holderIdentity"], "");
    });
  });

  it("is not the second one to take a Lease: the API server refuses the slower", async () => {
    const server = new LeaseServer();
    await withApiServer(server.handler, async (connection) => {
      const leases = [1, 2].map(
        () => new RunLease(connection, "krateo-system", { activity: "pulumi up", onLost }),
      );
      const results = await Promise.allSettled(leases.map((lease) => lease.hold()));
      const refused = results.filter(({ status }) => status === "rejected");
      assert.equal(refused.length, 1);
      assert.match(String((refused[0] as PromiseRejectedResult).reason), /another run is in progress/);
      for (const lease of leases) await lease.release();
    });
  });

  it("asks the API server before it goes on after a pause, and goes on when nobody has taken the Lease", async () => {
    const server = new LeaseServer();
    await holding(server, async (lease, lost) => {
      const before = server.asked.filter((method) => method === "PUT").length;
      await lease.check();
      assert.equal(server.asked.filter((method) => method === "PUT").length, before, "no need to ask");
      later(3600);
      await lease.check();
      assert.equal(server.asked.filter((method) => method === "PUT").length, before + 1);
      assert.deepEqual(lost, []);
    });
  });

  it("begins nothing more when another one has taken the Lease meanwhile, and says who", async () => {
    const server = new LeaseServer();
    await holding(server, async (lease, lost) => {
      server.write(foreign);
      later(60);
      const error = await errorOf(lease.check());
      assert.match(error.message, /this run has lost the Lease krateo-installer in namespace krateo-system/);
      assert.match(
        error.message,
        /begins nothing more: it is held now by ada on elsewhere, process 7, since 2026-01-01T12:00:00Z/,
      );
      assert.equal(lost.length, 1);
      await errorOf(lease.check());
      assert.equal(lost.length, 1, "it is told once");
    });
    assert.equal(
      server.lease?.spec["holderIdentity"],
      foreign.holderIdentity,
      "the other one's was given up",
    );
  });

  it("notices by itself that another one has taken the Lease", async () => {
    const server = new LeaseServer();
    await holding(server, async (_lease, lost) => {
      server.write(foreign);
      later(6);
      for (let waited = 0; lost.length === 0 && waited < 30; waited++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.match(
        lost[0]?.what ?? "",
        /it is held now by ada on elsewhere, process 7, since 2026-01-01T12:00:00Z/,
      );
    });
  });

  it("ends when somebody who knows better takes its Lease away", async () => {
    const server = new LeaseServer();
    await holding(server, async (lease) => {
      server.write({ ...server.lease?.spec, holderIdentity: "" });
      later(60);
      assert.match((await errorOf(lease.check())).message, /npx krateo repair --force took it away/);
    });
  });

  it("waits while the API server is away, and goes on when it is back within 30 s", async () => {
    const server = new LeaseServer();
    await holding(server, async (lease, lost) => {
      server.away = true;
      later(15);
      let passed = false;
      const check = lease.check().then(() => {
        passed = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.equal(passed, false);
      server.away = false;
      await check;
      assert.deepEqual(lost, []);
    });
  });

  it("ends when the API server is away for more than 30 s", async () => {
    const server = new LeaseServer();
    await holding(server, async (lease, lost) => {
      server.away = true;
      later(31);
      const { message } = await errorOf(lease.check());
      assert.match(message, /begins nothing more: it could not be renewed for 30 s \(.*503.*\)/);
      assert.match(message, /npx krateo repair, then the same command again/);
      assert.equal(lost.length, 1);
    });
  });

  it("keeps a Lease that somebody labels, and makes one again that somebody deletes", async () => {
    const server = new LeaseServer();
    await holding(server, async (lease, lost) => {
      server.write({ ...server.lease?.spec } as Record<string, string>, { team: "a" });
      later(60);
      await lease.check();
      server.lease = undefined;
      later(120);
      await lease.check();
      assert.deepEqual(lost, []);
      assert.match(String((server.lease as unknown as { spec: object } | undefined)?.spec), /object/);
    });
  });

  it("shares the Lease of the run that has started it: neither takes nor gives it up, and ends with it", async () => {
    const { pid, started = "" } = processIdentity(process.ppid);
    const identity = ["ada", hostname(), pid, started, pid, processPlace()].join(" ");
    const spec = { ...foreign, holderIdentity: identity };
    const server = new LeaseServer(spec);
    await holding(server, async (lease) => {
      assert.equal(lease.isShared, true);
      later(60);
      await lease.check();
    });
    assert.deepEqual(server.lease?.spec, spec);
    performance.now = now;
    await holding(server, async (lease) => {
      server.write(foreign);
      later(60);
      assert.match(
        (await errorOf(lease.check())).message,
        /it is held now by ada on elsewhere, process 7, since 2026-01-01T12:00:00Z/,
      );
    });
  });
});
