import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { databaseWarnings } from "../../cluster/external-database.ts";

const at = (host: string, port: number) => ({
  database: { host, port, name: "krateo-db", sslMode: "require" },
});

describe("a database of the user's own", () => {
  it("that accepts a connection from here gives no warning, and one that has gone does", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    assert.deepEqual(await databaseWarnings(at("127.0.0.1", port)), []);
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(await databaseWarnings(at("127.0.0.1", port)), [
      `PostgreSQL at 127.0.0.1, port ${port}, does not answer from here (the connection is refused); the cluster must reach it, else deviser is not ready after 15 minutes`,
    ]);
  });

  it("is not tried where only the cluster knows its name, or where there is none", async () => {
    for (const host of ["postgres", "postgres.data.svc", "postgres.data.svc.cluster.local"]) {
      assert.deepEqual(await databaseWarnings(at(host, 5432)), [], host);
    }
    assert.deepEqual(await databaseWarnings({}), []);
  });
});
