import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { probeDatabase } from "../../cluster/database-probe.ts";
import { nobodyThere } from "./api-server.ts";

/** Asks a server on this machine that does this with each connection. */
async function ask(serve: (socket: Socket) => void): ReturnType<typeof probeDatabase> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { port: number };
    return await probeDatabase({ host: "127.0.0.1", port }, 0.3);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers PostgreSQL's request for TLS, and nothing else. */
const postgres = (letter: string) => (socket: Socket) =>
  socket.on("data", (data) => socket.write(data.toString("hex") === "0000000804d2162f" ? letter : "E"));

describe("the question to a database", () => {
  it("finds one that offers TLS", async () => {
    assert.equal(await ask(postgres("S")), "tls");
  });

  it("finds one that does not", async () => {
    assert.equal(await ask(postgres("N")), "clear");
  });

  it("knows what is none", async () => {
    assert.deepEqual(await ask((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")), {
      fault: "the server there is not a PostgreSQL",
    });
  });

  it("gives up on one that says nothing", async () => {
    assert.deepEqual(await ask(() => undefined), { fault: "no answer within 0.3 s" });
  });

  it("says that a connection was closed, or refused", async () => {
    assert.deepEqual(await ask((socket) => socket.end()), { fault: "the connection was closed" });
    const { port } = new URL(await nobodyThere());
    assert.deepEqual(await probeDatabase({ host: "127.0.0.1", port: Number(port) }), {
      fault: "connection refused",
    });
  });
});
