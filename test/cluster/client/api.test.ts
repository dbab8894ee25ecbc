import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { get, list, remove, resourceOf } from "../../../cluster/client/api.ts";
import type { UnreachableError } from "../../../cluster/client/api-errors.ts";
import { errorOf, nobodyThere, withKubeconfig } from "../api-server.ts";

const path = "/api/v1/namespaces/kube-system";

async function withServer(
  answer: RequestListener,
  test: Parameters<typeof withKubeconfig>[1],
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await withKubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, test);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("a request to the API server", () => {
  it("takes a packed answer", async () => {
    const packed: RequestListener = ({ headers }, response) => {
      assert.equal(headers["accept-encoding"], "gzip");
      response.setHeader("content-encoding", "gzip").end(gzipSync('{"metadata":{"uid":"ü"}}'));
    };
    await withServer(packed, async (connection) => {
      assert.deepEqual(await get(connection, path), { metadata: { uid: "ü" } });
    });
  });

  it("keeps its connection for the next one, and sends the body of a DELETE with its length", async () => {
    const sockets = new Set<unknown>();
    const lengths: (string | undefined)[] = [];
    const listen: RequestListener = (request, response) => {
      sockets.add(request.socket);
      lengths.push(request.headers["content-length"]);
      response.end("{}");
    };
    await withServer(listen, async (connection) => {
      await get(connection, path);
      await remove(connection, path);
      assert.equal(sockets.size, 1);
      assert.deepEqual(lengths, [undefined, String('{"propagationPolicy":"Background"}'.length)]);
    });
  });

  it("reads a list page by page, and as one answer when the API server has forgotten the next page", async () => {
    const asked: string[] = [];
    const pages = (forgets: boolean): RequestListener => {
      return (request, response) => {
        const { searchParams } = new URL(request.url ?? "", "http://localhost");
        asked.push(searchParams.toString());
        const next = searchParams.get("continue");
        if (next && forgets)
          return response.writeHead(410).end('{"message":"the provided continue is too old"}');
        const items = searchParams.has("limit") ? [next ? "b" : "a"] : ["a", "b"];
        const metadata = searchParams.has("limit") && !next ? { continue: "further" } : {};
        response.end(JSON.stringify({ metadata, items }));
      };
    };
    for (const forgets of [false, true])
      await withServer(pages(forgets), async (connection) => {
        assert.deepEqual(await list(connection, path, { query: { labelSelector: "app" } }), ["a", "b"]);
      });
    assert.deepEqual(asked, [
      "labelSelector=app&limit=500",
      "labelSelector=app&limit=500&continue=further",
      "labelSelector=app&limit=500",
      "labelSelector=app&limit=500&continue=further",
      "labelSelector=app",
    ]);
  });

  it("says of a server that is away that it may answer later, and not of an address that is wrong", async () => {
    const later = async (server: string): Promise<unknown> => {
      let found: unknown;
      await withKubeconfig(server, async (connection) => {
        const error = await errorOf(get(connection, path, { timeoutSeconds: 1 }));
        found = [error.name, (error as UnreachableError).isForLater];
      });
      return found;
    };
    assert.deepEqual(await later(await nobodyThere()), ["UnreachableError", true]);
    await withServer(
      () => undefined,
      async ({ server }) => {
        assert.deepEqual(await later(server.replace("http:", "https:")), ["UnreachableError", false]);
      },
    );
  });

  it("tells of a server that speaks TLS at an address of plain HTTP", async () => {
    // What Go's servers answer, the API server among them.
    const answer: RequestListener = (_request, response) =>
      response.writeHead(400).end("Client sent an HTTP request to an HTTPS server.\n");
    await withServer(answer, async (connection) => {
      const { name, message } = await errorOf(get(connection, path));
      assert.equal(name, "UnreachableError");
      assert.match(message, /it speaks TLS: write https:\/\/ before the server's address in the kubeconfig$/);
    });
  });
});

describe("a kind", () => {
  it("is looked for again as long as there is none, and then no more", async () => {
    const resources: unknown[] = [];
    let requests = 0;
    const answer: RequestListener = (_, response) => {
      requests++;
      response.end(JSON.stringify({ resources }));
    };
    await withServer(answer, async (connection) => {
      assert.equal(await resourceOf(connection, "example.org/v1", "Widget"), undefined);
      resources.push({ name: "widgets", kind: "Widget", namespaced: true });
      for (let time = 0; time < 2; time++) {
        const found = await resourceOf(connection, "example.org/v1", "Widget");
        assert.deepEqual(found, { apiVersion: "example.org/v1", plural: "widgets", namespaced: true });
      }
    });
    assert.equal(requests, 2);
  });
});
