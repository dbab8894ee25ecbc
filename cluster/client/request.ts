/** Sends one request to the API server, and again where it failed on the way. */
import { setTimeout as pause } from "node:timers/promises";
import { exchange } from "../../network/exchange.ts";
import { faultOf } from "../../network/fault.ts";
import { messageIn, UnreachableError, unreachable } from "./api-errors.ts";
import type { Connection } from "./connection.ts";
import { judged } from "./credentials.ts";
import { transportOf } from "./transport.ts";
import { noteFault, whileWaiting } from "./waiting.ts";

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** How long no byte of an answer may come, and how long a request that failed is made again; default 30. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

/** What an API server answered, as text. */
export interface ServerAnswer {
  readonly status: number;
  readonly text: string;
}

/** Servers that have answered since this process began: a fault of theirs may pass. */
const answered = new WeakSet<Connection>();

/** How often a request is made to a server that has never answered. */
const firstAttempts = 3;

/** How often a balancer is asked that has no server. */
const balancerAttempts = 5;

/** Between two attempts, where the server names no time. */
const pauseSeconds = 1;

/**
 * One request and its answer. It is made again, until `timeoutSeconds` have passed, where that cannot do anything
 * twice: when the server says that it is too busy, when nothing got there, and after any fault of the network if the
 * request only reads. The user is told when that takes long.
 *
 * @throws UnreachableError when no answer came; ConfigurationError as `transportOf`
 */
export async function answerTo(
  connection: Connection,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<ServerAnswer> {
  return await whileWaiting(connection, () => persistently(connection, method, path, options));
}

async function persistently(
  connection: Connection,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<ServerAnswer> {
  const { timeoutSeconds = 30, signal } = options;
  const end = performance.now() + timeoutSeconds * 1000;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attempted(connection, method, path, options, timeoutSeconds);
    if ("status" in outcome && outcome.renewedLogin && performance.now() < end) continue;
    const seconds = secondsToWait(connection, method, path, options, outcome, attempt);
    const wait = (seconds ?? 0) * 1000;
    if (seconds === undefined || performance.now() + wait >= end) {
      if ("status" in outcome) return outcome;
      throw new UnreachableError(unreachable(connection, outcome.reason), outcome.passes);
    }
    noteFault(
      connection,
      "status" in outcome ? `it answers ${outcome.status}: ${messageIn(outcome.text)}` : outcome.reason,
    );
    await pause(wait, undefined, { signal });
  }
}

interface Received extends ServerAnswer {
  readonly retryAfter: string | undefined;
  /** The login had expired, and there is another one now. */
  readonly renewedLogin: boolean;
}

interface Failed {
  readonly code: string;
  /** In words. */
  readonly reason: string;
  /** The same request may be answered later: neither address, certificate nor proxy is wrong. */
  readonly passes: boolean;
}

/** What networks and servers that start again do. */
const passing = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
];

async function attempted(
  connection: Connection,
  method: string,
  path: string,
  options: RequestOptions,
  seconds: number,
): Promise<Received | Failed> {
  const query = new URLSearchParams(options.query);
  const url = new URL(`${connection.server}${path}${query.size > 0 ? `?${query}` : ""}`);
  const { transport, credentials } = await transportOf(connection);
  const limit = new AbortController();
  const idle = setTimeout(() => limit.abort(), seconds * 1000);
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  try {
    const {
      status,
      headers,
      body: content,
    } = await exchange(url, {
      ...transport,
      method,
      headers: {
        Accept: options.accept ?? "application/json",
        "Accept-Encoding": "gzip",
        ...(body !== undefined && { "Content-Type": options.contentType ?? "application/json" }),
        ...transport.headers,
      },
      body,
      signal: options.signal ? AbortSignal.any([limit.signal, options.signal]) : limit.signal,
      onData: () => idle.refresh(),
    });
    answered.add(connection);
    const renewedLogin = await judged(connection, credentials, status !== 401);
    return { status, text: content.toString("utf8"), retryAfter: headers["retry-after"], renewedLogin };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (limit.signal.aborted) return { code: "", reason: `no answer within ${seconds} s`, passes: true };
    const { code = "" } = error as { code?: string };
    return { code, reason: faultOf(error, connection.proxy), passes: passing.includes(code) };
  } finally {
    clearTimeout(idle);
  }
}

/** Seconds after which to make the request again; undefined for not at all. */
function secondsToWait(
  connection: Connection,
  method: string,
  path: string,
  options: RequestOptions,
  outcome: Received | Failed,
  attempt: number,
): number | undefined {
  if ("status" in outcome) {
    const { status, text, retryAfter } = outcome;
    const asked = Number(retryAfter ?? Number.NaN);
    // The server says that it has done nothing, and when to come back. For a kind whose definition has just changed it
    // answers 429 for a moment.
    if (status === 429 || (status >= 500 && asked >= 0)) return asked >= 0 ? asked : pauseSeconds;
    // Of a balancer in front of it. An aggregated API whose own server is down stays so.
    const passes = [502, 503, 504].includes(status) && messageIn(text) !== "service unavailable";
    return passes && attempt < balancerAttempts && onlyReads(method, path, options)
      ? pauseSeconds
      : undefined;
  }
  const { code } = outcome;
  const isKnown = answered.has(connection);
  if (["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"].includes(code))
    return isKnown ? pauseSeconds : undefined;
  const broken = ["ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code);
  if (!broken || !onlyReads(method, path, options)) return undefined;
  if (isKnown) return attempt === 1 ? 0 : pauseSeconds;
  return attempt < firstAttempts ? pauseSeconds / 10 : undefined;
}

/** Whether it makes no difference if a request is carried out twice. */
function onlyReads(method: string, path: string, { query }: RequestOptions): boolean {
  return method === "GET" || query?.["dryRun"] !== undefined || /^\/apis\/auth[a-z]+\.k8s\.io\//.test(path);
}
