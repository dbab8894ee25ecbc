import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { get, list, patch, remove } from "../../../cluster/client/api.ts";
import type { Connection } from "../../../cluster/client/connection.ts";
import { errorOf, nobodyThere, withKubeconfig } from "../api-server.ts";

const path = "/api/v1/namespaces/shop/configmaps";

/** Runs `test` with a server that answers in this way, and counts its requests. */
async function withServer(
  answer: RequestListener,
  test: (connection: Connection, count: () => number, server: Server) => Promise<void>,
): Promise<void> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await withKubeconfig(`http://127.0.0.1:${port}`, (connection) =>
      test(connection, () => requests, server),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers the first request in this way, and the others with an empty list. */
function once(first: RequestListener): RequestListener {
  let isFirst = true;
  return (request, response) => {
    if (isFirst) first(request, response);
    else response.end('{"items":[]}');
    isFirst = false;
  };
}

const reset: RequestListener = ({ socket }) => socket.destroy();

describe("a request that failed on its way", () => {
  it("is made again if it only reads, when the connection breaks", async () => {
    await withServer(once(reset), async (connection, count) => {
      assert.deepEqual(await list(connection, path), []);
      assert.equal(count(), 2);
    });
  });

  it("is made again if it only reads, when the answer is cut off", async () => {
    const cut: RequestListener = ({ socket }, response) => {
      response.writeHead(200, { "content-length": "100" }).write('{"items"', () => socket.destroy());
    };
    await withServer(once(cut), async (connection, count) => {
      assert.deepEqual(await list(connection, path), []);
      assert.equal(count(), 2);
    });
  });

  it("is not made again if it writes: it may have been carried out", async () => {
    await withServer(once(reset), async (connection, count) => {
      const { name, message } = await errorOf(patch(connection, path, "application/json-patch+json", []));
      assert.equal(name, "UnreachableError");
      assert.match(message, /cannot be reached: the connection was closed$/);
      assert.equal(count(), 1);
    });
  });

  it("is made three times where nothing has ever answered", async () => {
    await withServer(reset, async (connection, count) => {
      await assert.rejects(list(connection, path), /the connection was closed/);
      assert.equal(count(), 3);
    });
  });

  it("is made once where nobody listens", async () => {
    await withKubeconfig(await nobodyThere(), async (connection) => {
      const start = performance.now();
      await assert.rejects(list(connection, path), /connection refused/);
      assert.ok(performance.now() - start < 500);
    });
  });

  it("waits for a server that has answered before and is away now, also to write", async () => {
    const answer: RequestListener = (_request, response) => response.end('{"items":[]}');
    await withServer(answer, async (connection, _count, server) => {
      await list(connection, path);
      const { port } = server.address() as AddressInfo;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      // Until this side has seen that the connection is closed.
      await pause(50);
      const removal = remove(connection, `${path}/mine`);
      await pause(300);
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      assert.equal(await removal, true);
    });
  });

  it("is made again after the time that a busy server names, whatever it does", async () => {
    const busy: RequestListener = (_request, response) =>
      response.writeHead(503, { "retry-after": "1" }).end("shutting down");
    await withServer(once(busy), async (connection, count) => {
      const start = performance.now();
      await remove(connection, `${path}/mine`);
      assert.equal(count(), 2);
      assert.ok(performance.now() - start >= 990);
    });
  });

  it("is made again if it only reads, when a balancer has no server for it", async () => {
    const unavailable: RequestListener = (_request, response) =>
      response.writeHead(503).end("<html>503 Service Unavailable</html>");
    await withServer(once(unavailable), async (connection, count) => {
      assert.deepEqual(await list(connection, path), []);
      assert.equal(count(), 2);
    });
    await withServer(once(unavailable), async (connection, count) => {
      await assert.rejects(remove(connection, `${path}/mine`), /it answers 503/);
      assert.equal(count(), 1);
    });
  });

  it("is not made again when an aggregated API has no server: that stays so", async () => {
    const dead: RequestListener = (_request, response) =>
      response.writeHead(503).end("service unavailable\n");
    await withServer(dead, async (connection, count) => {
      await assert.rejects(list(connection, path), /it answers 503: service unavailable/);
      assert.equal(count(), 1);
    });
  });

  it("may take as long as it likes while bytes come", async () => {
    const slow: RequestListener = async (_request, response) => {
      for (const part of ['{"me', 'tadata":{', '"name":"ä', '"}}']) {
        response.write(part);
        await pause(400);
      }
      response.end();
    };
    await withServer(slow, async (connection) => {
      assert.deepEqual(await get(connection, path, { timeoutSeconds: 1 }), { metadata: { name: "ä" } });
    });
  });

  it("ends with a sentence when none comes", async () => {
    const silent: RequestListener = () => undefined;
    await withServer(silent, async (connection) => {
      await assert.rejects(get(connection, path, { timeoutSeconds: 1 }), /no answer within 1 s/);
    });
  });
});
