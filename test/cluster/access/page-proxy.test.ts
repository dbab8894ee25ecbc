import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { serveRewrittenPage } from "../../../cluster/access/page-proxy.ts";
import { type LocalPort, listen } from "../../../cluster/access/port-forward.ts";
import { portOwner } from "../../../cluster/access/port-owner.ts";
import { ConfigurationError } from "../../../model/problem.ts";
import { errorOf } from "../api-server.ts";

const config = {
  api: { AUTHN_API_BASE_URL: "https://authn.example.org", INIT: "/call?x=1" },
  params: { A: "b" },
};

describe("a page that is served with other URLs", () => {
  let frontend: Server;
  let page: LocalPort;
  const asked: string[] = [];

  before(async () => {
    frontend = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers["accept-encoding"] ?? "plain"}`);
      if (request.url === "/app/config.json") return response.end("<html>a route of the page</html>");
      if (request.url !== "/config/config.json")
        return response
          .writeHead(request.url === "/gone" ? 404 : 200, { "x-from": "nginx" })
          .end(`page ${request.url}`);
      const packed = request.headers["accept-encoding"]
        ? gzipSync(JSON.stringify(config))
        : JSON.stringify(config);
      return response.writeHead(200, { "content-type": "application/json", etag: '"1"' }).end(packed);
    });
    await new Promise<void>((resolve) => frontend.listen(0, "127.0.0.1", resolve));
    const { port } = frontend.address() as AddressInfo;
    page = await serveRewrittenPage(0, port, { AUTHN_API_BASE_URL: "http://127.0.0.1:8082" });
  });

  after(async () => {
    await page.close();
    frontend.closeAllConnections();
    await new Promise((resolve) => frontend.close(resolve));
  });

  const fetched = (path: string) =>
    fetch(`http://127.0.0.1:${page.port}${path}`, { headers: { "if-none-match": '"1"' } });

  it("has them in config.json, and everything else there as it was", async () => {
    const answer = await fetched("/config/config.json");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("etag"), null);
    assert.deepEqual(await answer.json(), {
      api: { ...config.api, AUTHN_API_BASE_URL: "http://127.0.0.1:8082" },
      params: config.params,
    });
    assert.deepEqual(asked.splice(0), ["GET /config/config.json plain"]);
  });

  it("is passed on untouched", async () => {
    const answer = await fetched("/assets/main.js?v=1");
    assert.deepEqual(
      [answer.status, answer.headers.get("x-from"), await answer.text()],
      [200, "nginx", "page /assets/main.js?v=1"],
    );
    assert.equal((await fetched("/gone")).status, 404);
    assert.equal(await (await fetched("/app/config.json")).text(), "<html>a route of the page</html>");
  });

  it("answers 502 while the frontend does not answer", async () => {
    const orphan = await serveRewrittenPage(0, 1, {});
    const answer = await fetch(`http://127.0.0.1:${orphan.port}/`);
    assert.deepEqual(
      [answer.status, (await answer.text()).slice(0, 29)],
      [502, "the frontend does not answer:"],
    );
    await orphan.close();
  });

  it("is refused a port that is taken, naming by whom", async () => {
    const error = await errorOf(listen(createServer(), page.port, "frontend"));
    assert.ok(error instanceof ConfigurationError);
    const owner = portOwner(page.port);
    if (process.platform === "linux") assert.match(owner ?? "", new RegExp(`\\(process ${process.pid}\\)$`));
    const by = owner ? ` by ${owner}` : "";
    assert.equal(error.problems[0]?.what, `port ${page.port} of 127.0.0.1, for frontend, is taken${by}`);
    assert.match(error.problems[0]?.next ?? "", /npx krateo access$/);
  });
});
