/** Forwards local ports to pods through the API server. */
import { createServer, type Server, type Socket } from "node:net";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { PortForward } from "@kubernetes/client-node/dist/portforward.js";
import { ConfigurationError, type Problem } from "../../model/problem.ts";
import { faultOf } from "../../network/fault.ts";
import { type KubeObject, list, pathOf } from "../client/api.ts";
import { firstLine } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import { type Forward, podPortNumber, selectorText } from "./forward-plan.ts";
import { portOwner } from "./port-owner.ts";
import { SocketConfig } from "./socket-config.ts";

interface PodObject extends KubeObject {
  readonly spec?: { readonly containers?: Parameters<typeof podPortNumber>[1] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Target {
  readonly pod: string;
  readonly port: number;
}

/** A port that listens on 127.0.0.1. */
export interface LocalPort {
  readonly port: number;
  close(): Promise<void>;
}

export interface ForwardOptions {
  /** Told of pods that go and come, and of what pods complain of. */
  readonly note: (line: string) => void;
  /** How long a connection waits for a ready pod, as during a roll-out; default 30. */
  readonly patienceSeconds?: number;
}

/**
 * Opens all local ports, or none.
 *
 * @throws ConfigurationError naming every port that is taken, and by whom where the system tells
 */
export async function openForwards(
  connection: Connection,
  namespace: string,
  forwards: readonly Forward[],
  options: ForwardOptions,
): Promise<LocalPort[]> {
  const opened = await Promise.allSettled(
    forwards.map((forward) => {
      const serve = podConnector(connection, namespace, forward, options);
      return listen(createServer(serve), forward.localPort, forward.name);
    }),
  );
  const ports = opened.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const refused = opened.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (refused.length === 0) return ports;
  await Promise.all(ports.map((port) => port.close()));
  const problems = refused.flatMap((error) => {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  });
  throw new ConfigurationError(problems);
}

/**
 * Lets a server listen on 127.0.0.1.
 *
 * @param port 0 for any that is free
 * @throws ConfigurationError when the port is taken, or not for this user
 */
export async function listen(server: Server, port: number, name: string): Promise<LocalPort> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portError(error, port, name)));
    server.listen({ port, host: "127.0.0.1" }, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portError(error: NodeJS.ErrnoException, port: number, name: string): Error {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
  const owner = portOwner(port);
  const problem: Problem =
    error.code === "EACCES"
      ? { what: `port ${port} of 127.0.0.1, for ${name}, is only for the system's administrator` }
      : {
          what: `port ${port} of 127.0.0.1, for ${name}, is taken${owner ? ` by ${owner}` : ""}`,
          next: owner
            ? "end that process; if it is what maps a cluster's ports to this machine, the page may work already: npx krateo access"
            : `see who has it: ss -ltnp 'sport = :${port}'; if it maps a cluster's ports to this machine, the page may work already: npx krateo access`,
        };
  return new ConfigurationError([problem]);
}

/**
 * Serves local connections, each from the pod that served the last one while that is there, else from another ready
 * one. A connection whose pod dies breaks, as it would on any network; the next one finds the new pod.
 */
function podConnector(
  connection: Connection,
  namespace: string,
  forward: Forward,
  { note, patienceSeconds = 30 }: ForwardOptions,
): (socket: Socket) => void {
  const client = new PortForward(new SocketConfig(connection));
  const said = new Set<string>();
  const once = (line: string): void => {
    if (said.has(line)) return;
    said.add(line);
    note(`${forward.name}: ${line}`);
  };
  let current: Target | undefined;
  /** Pod of the last connection. */
  let last: string | undefined;

  const open = async (socket: Socket, target: Target): Promise<void> => {
    const complaints = new Writable({
      write(chunk, _encoding, done) {
        const text = String(chunk).trim();
        if (text) {
          // The kubelet takes the connection of a pod that is gone, and then says so.
          current = undefined;
          once(`pod ${target.pod}: ${text}`);
        }
        done();
      },
    });
    const ws = await client.portForward(namespace, target.pod, [target.port], socket, complaints, socket);
    if (!ws || typeof ws === "function") return;
    ws.onclose = () => socket.destroy();
    socket.on("close", () => ws.close());
    if (socket.destroyed) ws.close();
  };

  const serve = async (socket: Socket): Promise<void> => {
    const end = Date.now() + patienceSeconds * 1000;
    for (let avoid: string | undefined; !socket.destroyed; await sleep(300)) {
      try {
        current ??= await readyPod(connection, namespace, forward, avoid);
        if (current) {
          if (last !== undefined && last !== current.pod)
            note(`${forward.name}: pod ${last} is gone; now at pod ${current.pod}`);
          last = current.pod;
          return await open(socket, current);
        }
        once("waiting for a pod that is ready");
      } catch (error) {
        avoid = current?.pod ?? avoid;
        current = undefined;
        if (Date.now() > end) note(`${forward.name}: ${reasonOf(error, connection)}`);
      }
      if (Date.now() > end) socket.destroy();
    }
  };
  return (socket) => {
    // The browser's side breaking off is nothing to speak of.
    socket.on("error", () => undefined);
    void serve(socket);
  };
}

/** A ready pod, not the one to avoid if there is another. */
async function readyPod(
  connection: Connection,
  namespace: string,
  { selector, podPort }: Forward,
  avoid: string | undefined,
): Promise<Target | undefined> {
  const pods = await list<PodObject>(connection, pathOf("v1", "pods", namespace), {
    query: { labelSelector: selectorText(selector) },
  });
  const ready = pods.filter(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp &&
      status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  );
  const pod = ready.find(({ metadata }) => metadata.name !== avoid) ?? ready[0];
  const port = pod && podPortNumber(podPort, pod.spec?.containers ?? []);
  return port === undefined ? undefined : { pod: pod?.metadata.name as string, port };
}

/** The client rejects with an event of the socket's, which holds the error. */
function reasonOf(error: unknown, { proxy }: Connection): string {
  const { error: inner } = (error ?? {}) as { error?: Error };
  return inner ? faultOf(inner, proxy) : firstLine(error);
}
