import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { addressesOf, type Probe, probe, served } from "../../../cluster/access/probe.ts";
import { nobodyThere } from "../api-server.ts";
import { hasOpenssl, makeCertificates, type Pair } from "../client/certificates.ts";

describe("a probe", () => {
  const servers: (Server | TcpServer)[] = [];
  const start = async (server: Server | TcpServer): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const http = async (listener: RequestListener): Promise<string> =>
    `http://127.0.0.1:${await start(createServer(listener))}`;

  after(async () => {
    for (const server of servers) {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  for (const [status, isServed] of [
    [200, true],
    [401, true],
    [404, false],
    [503, false],
  ] as const) {
    it(`tells HTTP ${status}, which ${isServed ? "is" : "is not"} the service itself answering`, async () => {
      const url = await http((_request, response) => response.writeHead(status).end("x".repeat(100_000)));
      const found = await probe(`${url}/health`);
      assert.deepEqual(found, { url: `${url}/health`, outcome: "answered", status });
      assert.equal(served(found), isServed);
    });
  }

  it("tells where a redirect leads, and does not follow it", async () => {
    const paths: string[] = [];
    const url = await http((request, response) => {
      paths.push(request.url ?? "");
      response.writeHead(308, { location: "/elsewhere" }).end();
    });
    assert.deepEqual(await probe(`${url}/`), {
      url: `${url}/`,
      outcome: "answered",
      status: 308,
      location: `${url}/elsewhere`,
    });
    assert.deepEqual(paths, ["/"]);
  });

  it("tells that nobody listens", async () => {
    const { outcome, fault } = await probe((await nobodyThere()).replace("https", "http"));
    assert.deepEqual([outcome, fault], ["refused", "connection refused"]);
  });

  it("tells that no answer comes, and waits no longer than it may", async () => {
    const url = await http(() => undefined);
    const before = performance.now();
    const { outcome, fault } = await probe(url, { timeoutSeconds: 1 });
    assert.deepEqual([outcome, fault], ["timeout", "no answer within 1 s"]);
    assert.ok(performance.now() - before < 4000);
  });

  it("tells that the connection breaks off", async () => {
    const port = await start(createTcpServer((socket) => socket.destroy()));
    const { outcome, fault } = await probe(`http://127.0.0.1:${port}`);
    assert.deepEqual([outcome, fault], ["failed", "the connection was closed before an answer"]);
  });

  it("tells that a name does not resolve, and asks the address that it should lead to", async () => {
    const url = new URL(await http((request, response) => response.end(request.headers.host)));
    const named = `http://app.krateo.invalid:${url.port}/`;
    const { outcome, fault } = await probe(named);
    assert.deepEqual([outcome, fault], ["unresolved", "the name app.krateo.invalid does not resolve"]);
    const behind = await probe(named, { address: "127.0.0.1" });
    assert.deepEqual([behind.outcome, behind.status], ["answered", 200]);
    assert.deepEqual(await addressesOf("app.krateo.invalid"), []);
    assert.deepEqual(await addressesOf("192.0.2.1"), ["192.0.2.1"]);
  });

  describe("of an https URL", () => {
    let made: ReturnType<typeof makeCertificates>;
    before(function () {
      // Without openssl there is no ordinary way to make a certificate here.
      if (!hasOpenssl) this.skip();
      made = makeCertificates();
    });

    const ask = async (pair: Pair, authorities: readonly string[] = [made.authority]): Promise<Probe> => {
      const port = await start(createSecureServer(pair, (_request, response) => response.end("ok")));
      return await probe(`https://app.example.org:${port}/`, { authorities, address: "127.0.0.1" });
    };

    it("shows a good certificate", async () => {
      const { outcome, status, certificate } = await ask(made.issue(["app.example.org"], 30));
      assert.deepEqual([outcome, status], ["answered", 200]);
      const { expires, ...rest } = certificate ?? assert.fail("no certificate");
      assert.ok(Math.abs(Date.parse(expires) - Date.now() - 30 * 86_400_000) < 600_000, expires);
      assert.deepEqual(rest, {
        subject: "app.example.org",
        issuer: "Test authority",
        expired: false,
        trusted: true,
        hostMatches: true,
      });
    });

    it("takes a wildcard for the hosts below it", async () => {
      assert.equal((await ask(made.issue(["*.example.org"], 30))).outcome, "answered");
    });

    it("tells one that has expired", async () => {
      const { outcome, fault, certificate } = await ask(made.issue(["app.example.org"], -1));
      assert.equal(outcome, "certificate");
      assert.match(fault ?? "", /^its certificate has expired \(\d{4}-\d\d-\d\d\)$/);
      assert.deepEqual(
        [certificate?.expired, certificate?.trusted, certificate?.hostMatches],
        [true, true, true],
      );
    });

    it("tells one of another host", async () => {
      const { outcome, fault, certificate } = await ask(made.issue(["other.example.org"], 30));
      assert.equal(outcome, "certificate");
      assert.equal(fault, "its certificate is not for app.example.org but for other.example.org");
      assert.deepEqual([certificate?.trusted, certificate?.hostMatches], [true, false]);
    });

    it("tells one that signs itself, as controllers show before theirs is there", async () => {
      const { outcome, fault } = await ask(made.selfSigned("app.example.org"));
      assert.deepEqual([outcome, fault], ["certificate", "its certificate is not trusted here: self-signed"]);
    });

    it("tells one of an issuer that this machine does not know, by the machine's own list", async () => {
      const port = await start(
        createSecureServer(made.issue(["app.example.org"], 30), (_request, response) => response.end("ok")),
      );
      const { fault } = await probe(`https://app.example.org:${port}/`, { address: "127.0.0.1" });
      assert.equal(fault, "its certificate is not trusted here: its issuer is not known on this machine");
    });

    it("tells a server that speaks no TLS", async () => {
      const url = (await http((_request, response) => response.end("plain"))).replace("http:", "https:");
      const { outcome, certificate } = await probe(url);
      assert.deepEqual([outcome, certificate], ["failed", undefined]);
    });
  });
});
