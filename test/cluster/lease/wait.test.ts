import assert from "node:assert/strict";
import { waitForOtherRun } from "../../../cluster/lease/wait.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { withApiServer } from "../api-server.ts";
import { LeaseServer } from "./lease-server.ts";

/** Renewed so often that a watcher never sees it expire. */
function renewed(server: LeaseServer): { end: () => void } {
  let version = 0;
  const write = (): void => {
    version += 1;
    server.write({
      holderIdentity: "ada elsewhere 7 1 6",
      leaseDurationSeconds: 2,
      renewTime: new Date(version).toISOString(),
    });
  };
  write();
  const timer = setInterval(write, 100);
  return { end: () => clearInterval(timer) };
}

describe("a run that may wait for another one", () => {
  it("waits until that has given the Lease up, and says for whom", async () => {
    const server = new LeaseServer();
    const other = renewed(server);
    const lines: string[] = [];
    await withApiServer(server.handler, async (connection) => {
      const given = setTimeout(() => {
        other.end();
        server.write({ holderIdentity: "" });
      }, 1000);
      const start = performance.now();
      await waitForOtherRun(connection, "krateo-system", (line) => lines.push(line), "1m");
      clearTimeout(given);
      assert.ok(performance.now() - start >= 1000);
    });
    assert.deepEqual(lines, ["waiting up to 1m for another run: ada on elsewhere, process 7"]);
  });

  it("goes on when the time is up, and leaves it to the taking of the Lease to stop the run", async () => {
    const server = new LeaseServer();
    const other = renewed(server);
    await withApiServer(server.handler, async (connection) => {
      await waitForOtherRun(connection, "krateo-system", () => undefined, "1s");
    });
    other.end();
    assert.ok(server.asked.every((method) => method === "GET"));
  });

  it("does not ask where it is not to wait", async () => {
    const server = new LeaseServer();
    await withApiServer(server.handler, async (connection) => {
      await waitForOtherRun(connection, "krateo-system", () => undefined);
      await waitForOtherRun(connection, "krateo-system", () => undefined, "");
    });
    assert.deepEqual(server.asked, []);
  });

  it("says at once that a duration is none", async () => {
    await withApiServer(new LeaseServer().handler, async (connection) => {
      await assert.rejects(
        waitForOtherRun(connection, "krateo-system", () => undefined, "30"),
        ConfigurationError,
      );
    });
  });

  it("leaves it to the reading of the cluster to say that it is away", async () => {
    const server = new LeaseServer();
    server.away = true;
    await withApiServer(server.handler, async (connection) => {
      await waitForOtherRun(connection, "krateo-system", () => undefined, "1m");
    });
  });
});
