import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import type { Pair } from "../cluster/client/certificates.ts";

/** A proxy of the tests' own on loopback. Whatever host it is asked for, it leads to this machine. */
export interface TestProxy {
  readonly port: number;
  /** What it was asked for so far, e.g. `CONNECT api.example.org:443`. */
  readonly asked: string[];
  close(): Promise<void>;
}

export interface ProxyRules {
  /** Makes it one that is spoken to by TLS. */
  readonly pair?: Pair;
  /** `USER:PASSWORD` that it wants; without it the answer is 407. */
  readonly login?: string;
  /** Where every connection leads; default: the port that was asked for. */
  readonly port?: number;
}

/** A forward proxy: CONNECT, and requests in absolute form. */
export async function startProxy({ pair, login, port }: ProxyRules = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const wanted = login && `Basic ${Buffer.from(login).toString("base64")}`;
  const forward: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"metadata":{"uid":"from the proxy"}}');
  };
  const server = pair ? createSecureServer(pair, forward) : createServer(forward);
  server.on("connect", ({ url = "", headers }, socket: Socket) => {
    asked.push(`CONNECT ${url}`);
    socket.on("error", () => undefined);
    if (wanted && headers["proxy-authorization"] !== wanted)
      return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    join(socket, port ?? Number(url.split(":").at(-1)), () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
  });
  return await listening(server, asked);
}

/** A SOCKS5 proxy without login that is asked for host names. */
export async function startSocksProxy(port: number): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (request: Buffer) => {
        const length = request[4] ?? 0;
        asked.push(`SOCKS ${request.subarray(5, 5 + length)}:${request.readUInt16BE(5 + length)}`);
        join(socket, port, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
      });
    });
  });
  return await listening(server as unknown as Server, asked);
}

function join(socket: Socket, port: number, ready: () => void): void {
  const onward = connect(port, "127.0.0.1", () => {
    ready();
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
}

async function listening(server: Server, asked: string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
