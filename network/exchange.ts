import {
  type Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { SecureContextOptions } from "node:tls";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** What TLS needs to know for one server. */
export interface TlsOptions extends Pick<SecureContextOptions, "ca" | "cert" | "key"> {
  /** Name that the server's certificate must be for; default: the URL's host. */
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface ExchangeOptions extends TlsOptions {
  readonly method?: string;
  /** A list is sent as a header for each value. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  readonly agent: Agent;
  /** Ends the whole exchange, the answer's body included. */
  readonly signal: AbortSignal;
  /** Called whenever a part of the answer has come. */
  readonly onData?: () => void;
}

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One request and the whole of its answer, redirects not followed. Unlike fetch it sends a header more than once, goes
 * to every port and through every agent.
 *
 * @throws Error of the network, of TLS or of the signal; see fault.ts for its sentence
 */
export async function exchange(url: URL, { body, onData, ...options }: ExchangeOptions): Promise<Answer> {
  // For DELETE Node sends a body without its length, unless told.
  const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(url, { ...options, headers: { ...options.headers, ...length } });
    request.on("response", resolve).on("error", reject).end(body);
  });
  const parts: Buffer[] = [];
  for await (const part of response) {
    onData?.();
    parts.push(part);
  }
  const content = Buffer.concat(parts);
  const isPacked = response.headers["content-encoding"] === "gzip" && asksForGzip(options);
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    headers: response.headers,
    body: isPacked ? await unzip(content) : content,
  };
}

const unzip = promisify(gunzip);

/** What was not asked for is left as it came: some servers say so of every .tgz file. */
function asksForGzip({ headers }: Pick<ExchangeOptions, "headers">): boolean {
  return headers?.["Accept-Encoding"] === "gzip";
}
