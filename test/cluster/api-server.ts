import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect } from "../../cluster/client/connection.ts";

type Objects = Readonly<Record<string, unknown>>;

/** Answers requests to an API server: a status and a JSON body, or undefined to never answer. */
export type Handler = (
  method: string,
  path: string,
  query: URLSearchParams,
  body?: unknown,
) => { status: number; body: unknown } | undefined;

/** Runs `test` against an API server on this machine that answers as `handler` says. */
export async function withApiServer(
  handler: Handler,
  test: (connection: Connection, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "GET", url = "" } = request;
    requests.push(`${method} ${url}`);
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const sent = (await request.toArray()).join("");
    const answer = handler(method, pathname, searchParams, sent === "" ? undefined : JSON.parse(sent));
    if (answer)
      response
        .writeHead(answer.status, { "content-type": "application/json" })
        .end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await withKubeconfig(`http://127.0.0.1:${port}`, (connection) => test(connection, requests));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Runs `test` with a connection to that address, context `shop`. */
export async function withKubeconfig(
  server: string,
  test: (connection: Connection) => Promise<void>,
  user: Objects = { token: "t" },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "krateo-cluster-"));
  try {
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, JSON.stringify(kubeconfigOf("shop", server, user)));
    await test(connect({ kubeconfig }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A kubeconfig in which cluster, user and context bear one name. */
export function kubeconfigOf(name: string, server: string, user: Objects = { token: "t" }): Objects {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}

/** A handler that has these objects by path, lists included, and 404 for the rest. */
export function holding(
  objects: Objects,
): (method: string, path: string) => { status: number; body: unknown } {
  return (_method, path) =>
    path in objects ? { status: 200, body: objects[path] } : { status: 404, body: { message: "not found" } };
}

/** The error that a promise ends in. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const value = await promise.then(
    (result) => ({ result }),
    (error: Error) => error,
  );
  if (value instanceof Error) return value;
  throw new Error(`it should have failed, but gave ${JSON.stringify(value.result)}`);
}

/** An address of this machine that nobody listens at. */
export async function nobodyThere(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `https://127.0.0.1:${port}`;
}
