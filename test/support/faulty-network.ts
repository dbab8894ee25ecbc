/** A network between the program and the rehearsal's API server that is as bad as a test wants it. */
import { readFile, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, request as tlsRequest } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parse, stringify } from "yaml";
import type { JsonObject } from "../../model/settings.ts";
import { makeCertificates } from "../cluster/client/certificates.ts";
import { kubeconfig as direct, paths } from "./rehearsal.ts";

/** A network that lies between those who use its kubeconfig and the API server. */
export interface FaultyNetwork {
  /** Path of a kubeconfig that leads through it. */
  readonly kubeconfig: string;
  /** Whether it does something to what goes through it; at the beginning it does. */
  faulty: boolean;
  /** How often it has done something so far. */
  readonly faults: () => number;
  readonly close: () => Promise<void>;
}

/** What happens to connections, TLS untouched. */
export interface ConnectionFaults {
  /** There and back. */
  readonly latencyMilliseconds?: number;
  /** Of all connections together, each way. */
  readonly bytesPerSecond?: number;
  /** After how many milliseconds a connection is reset. */
  readonly resetAfter?: () => number;
  /** After how many bytes of answers a connection ends. */
  readonly cutAfter?: () => number;
}

/** Bytes that go through a narrow link at once, so that connections share it. */
const parcelBytes = 4096;

/** A link that takes so many bytes in a second, whoever they belong to. */
class Link {
  private free = 0;
  private readonly bytesPerSecond: number;

  constructor(bytesPerSecond: number) {
    this.bytesPerSecond = bytesPerSecond;
  }

  async carry(bytes: number): Promise<void> {
    const now = performance.now();
    this.free = Math.max(now, this.free) + (bytes / this.bytesPerSecond) * 1000;
    await pause(this.free - now);
  }
}

/** Passes connections on to the API server, and does this to them. */
export async function faultyConnections(faults: ConnectionFaults): Promise<FaultyNetwork> {
  const target = Number(new URL((await clusterOf(direct)).server).port);
  const links = faults.bytesPerSecond && [new Link(faults.bytesPerSecond), new Link(faults.bytesPerSecond)];
  let done = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay().on("close", () => open.delete(socket));
    }
    const end = (how: (socket: Socket) => void): void => {
      if (!network.faulty || !open.has(upstream)) return;
      open.delete(upstream);
      done++;
      how(client);
      upstream.destroy();
    };
    const reset =
      faults.resetAfter && setTimeout(end, faults.resetAfter(), (socket: Socket) => socket.resetAndDestroy());
    client.on("close", () => clearTimeout(reset));
    let left = faults.cutAfter?.() ?? Number.POSITIVE_INFINITY;
    void carry(client, upstream, links ? links[0] : undefined, (part) => part);
    void carry(upstream, client, links ? links[1] : undefined, (part) => {
      if (!network.faulty) return part;
      left -= part.length;
      if (left > 0) return part;
      end((socket) => void socket.destroySoon());
      return part.subarray(0, part.length + left);
    });
  });

  async function carry(
    from: Socket,
    to: Socket,
    link: Link | undefined,
    passed: (part: Buffer) => Buffer,
  ): Promise<void> {
    const latency = (): number => (network.faulty ? (faults.latencyMilliseconds ?? 0) / 2 : 0);
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += parcelBytes) {
          const part = chunk.subarray(at, at + parcelBytes);
          if (link && network.faulty) {
            done++;
            await link.carry(part.length);
          }
          if (latency() > 0) done++;
          const sent = passed(part);
          setTimeout(() => to.writable && to.write(sent), latency());
        }
      }
      setTimeout(() => to.end(), latency());
    } catch {
      to.destroy();
    }
  }

  const port = await listen(server);
  const network: FaultyNetwork = {
    kubeconfig: await kubeconfigFor(port, {}),
    faulty: true,
    faults: () => done,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return network;
}

/** An answer that does not come from the API server. */
export interface FaultyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Ends TLS with a certificate of its own and passes requests on as the cluster's administrator, but for those that
 * `judge` answers in the API server's place.
 *
 * @param user What the kubeconfig says of its user; default: the administrator.
 */
export async function faultyAnswers(
  judge: (request: IncomingMessage) => FaultyAnswer | undefined,
  user?: JsonObject,
): Promise<FaultyNetwork> {
  const { server: target } = await clusterOf(direct);
  const administrator = await administratorOf(direct);
  const certificates = makeCertificates();
  let done = 0;
  const server = createTlsServer(certificates.issue(["localhost"], 1), (request, response) => {
    const answer = network.faulty ? judge(request) : undefined;
    if (!answer) return forward(request, response);
    done++;
    request.resume();
    response
      .writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
      .end(answer.body);
  });

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const { authorization: _, host: __, ...headers } = request.headers;
    const send = target.startsWith("https:") ? tlsRequest : httpRequest;
    const upstream = send(new URL(request.url ?? "/", target), {
      ...administrator,
      method: request.method ?? "GET",
      headers,
    });
    upstream.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  }

  const port = await listen(server);
  const authority = Buffer.from(certificates.authority).toString("base64");
  const network: FaultyNetwork = {
    kubeconfig: await kubeconfigFor(
      port,
      {
        "certificate-authority-data": authority,
        "certificate-authority": undefined,
        "tls-server-name": "localhost",
      },
      user,
    ),
    faulty: true,
    faults: () => done,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return network;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function clusterOf(file: string): Promise<{ server: string }> {
  return parse(await readFile(file, "utf8")).clusters[0].cluster;
}

/** The administrator's certificate, and the authority of the API server's. */
async function administratorOf(file: string): Promise<{ cert: Buffer; key: Buffer; ca: Buffer }> {
  const { clusters, users } = parse(await readFile(file, "utf8"));
  const content = async (of: Record<string, string>, key: string): Promise<Buffer> =>
    of[`${key}-data`]
      ? Buffer.from(of[`${key}-data`] as string, "base64")
      : await readFile(of[key] as string);
  return {
    cert: await content(users[0].user, "client-certificate"),
    key: await content(users[0].user, "client-key"),
    ca: await content(clusters[0].cluster, "certificate-authority"),
  };
}

/** The administrator's kubeconfig with another address, and these settings of the cluster and of its user. */
async function kubeconfigFor(port: number, cluster: object, user?: object): Promise<string> {
  const { clusters, users, ...rest } = parse(await readFile(direct, "utf8"));
  const there = { ...clusters[0].cluster, server: `https://127.0.0.1:${port}`, ...cluster };
  const file = `${paths.directory}/kubeconfig.${port}`;
  const content = {
    ...rest,
    clusters: [{ ...clusters[0], cluster: there }],
    users: [{ ...users[0], user: user ?? users[0].user }],
  };
  await writeFile(file, stringify(JSON.parse(JSON.stringify(content))));
  return file;
}
