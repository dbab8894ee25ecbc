import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A chart server on this machine: answers by path, a function decides anew at each request. */
export interface TestServer {
  readonly url: string;
  /** Every request so far, method and path. */
  readonly requests: string[];
  readonly files: Map<string, Answer | ((headers: NodeJS.Dict<string | string[]>) => Answer)>;
  close(): Promise<void>;
}

export type Answer =
  | string
  | Buffer
  | { status: number; headers?: Record<string, string>; body?: string | Buffer };

/** @param ports The first that is free is taken; default: any that is free. */
export async function startServer(ports: readonly number[] = [0]): Promise<TestServer> {
  const files: TestServer["files"] = new Map();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(`${request.method} ${path}`);
    const found = files.get(path);
    const answer = typeof found === "function" ? found(request.headers) : found;
    if (answer === undefined) {
      response.writeHead(404).end();
    } else if (typeof answer === "string" || Buffer.isBuffer(answer)) {
      response.end(answer);
    } else {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  });
  for (const port of ports) {
    server.listen(port, "127.0.0.1");
    if (await once(server, "listening").then(Boolean, () => false)) break;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    files,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
