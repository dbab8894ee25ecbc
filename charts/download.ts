import type { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { agentFor } from "../network/agent.ts";
import { trustMachine } from "../network/authorities.ts";
import { type Answer, exchange } from "../network/exchange.ts";
import { faultOf } from "../network/fault.ts";
import { type ForwardProxy, proxyFor } from "../network/proxy.ts";

/** Waits before the second and the third try. */
const backOffMilliseconds = [200, 600];
/** For one try, body and redirects included. */
const limitMilliseconds = 60_000;
/** As many as Go's client follows. */
const redirects = 10;

/** A download that did not succeed. The message says what happened, without the URL. */
export class DownloadError extends Error {
  override name = "DownloadError";
  readonly url: string;
  /** HTTP status of the answer; undefined when there was none, 0 when nothing could be asked. */
  readonly status?: number;

  constructor(url: string, message: string, status?: number) {
    super(message);
    this.url = url;
    this.status = status;
  }
}

/**
 * Gets a URL, trying three times where another try may help (no answer, 429, 5xx). Goes through the proxy that the
 * environment names for it, by Go's rules, as Helm does.
 *
 * @param form Sent as a form, in place of a plain question.
 * @throws DownloadError; ConfigurationError for a variable that names no proxy
 */
export async function download(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  form?: URLSearchParams,
): Promise<Buffer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(url, headers, form);
    } catch (error) {
      const wait = backOffMilliseconds[attempt];
      if (!(error instanceof DownloadError) || !mayPass(error) || wait === undefined) throw error;
      await pause(wait);
    }
  }
}

async function once(
  url: string,
  headers: Readonly<Record<string, string>>,
  form: URLSearchParams | undefined,
): Promise<Buffer> {
  const { status, statusText, headers: given, body } = await answerOf(url, headers, form);
  if (status >= 200 && status < 300) return body;
  const error = new DownloadError(url, `the server answers ${status} ${statusText}`.trim(), status);
  throw Object.assign(error, { cause: given["www-authenticate"] });
}

/**
 * The answer at the end of the redirects. What says who asks does not leave the scheme, host and port it is for, and a form goes to
 * no other place at all.
 */
async function answerOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  form: URLSearchParams | undefined,
): Promise<Answer> {
  const signal = AbortSignal.timeout(limitMilliseconds);
  let { target, authorization } = withoutCredentials(url);
  const { origin } = target;
  for (let hop = 0; ; hop++) {
    const own = target.origin === origin ? { ...authorization, ...headers } : withoutAuthorization(headers);
    const answer = await ask(url, target, own, { signal, form });
    const { location } = answer.headers;
    if (form || ![301, 302, 303, 307, 308].includes(answer.status) || !location) return answer;
    if (hop === redirects)
      throw new DownloadError(url, `it redirects more than ${redirects} times`, answer.status);
    const next = URL.parse(location, target.href);
    if (!next || !/^https?:$/.test(next.protocol))
      throw new DownloadError(url, "it redirects to an address that is not http", answer.status);
    target = next;
  }
}

async function ask(
  url: string,
  target: URL,
  headers: Readonly<Record<string, string>>,
  { signal, form }: { readonly signal: AbortSignal; readonly form: URLSearchParams | undefined },
): Promise<Answer> {
  if (target.protocol === "https:") trustMachine();
  const proxy = proxyFor(target);
  try {
    const sent = form && {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" },
      body: String(form),
    };
    return await exchange(target, { headers, agent: agentOf(target, proxy), signal, ...sent });
  } catch (error) {
    const late = signal.aborted && new Error(`no complete answer within ${limitMilliseconds / 1000} s`);
    throw new DownloadError(url, `the server cannot be reached: ${faultOf(late || error, proxy)}`);
  }
}

const agents = new Map<string, Agent>();

function agentOf(target: URL, proxy: ForwardProxy | undefined): Agent {
  const key = `${target.origin} ${proxy?.url.href}`;
  const agent = agents.get(key) ?? agentFor(target, proxy);
  agents.set(key, agent);
  return agent;
}

/** The user and password of `https://USER:PASSWORD@HOST` as a header. */
function withoutCredentials(url: string): { target: URL; authorization: Record<string, string> } {
  const target = URL.parse(url);
  if (!target) throw new DownloadError(url, "this is no URL", 0);
  const { username, password } = target;
  if (!username && !password) return { target, authorization: {} };
  target.username = "";
  target.password = "";
  const pair = [username, password].map(decoded).join(":");
  return { target, authorization: { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}

/** A % that stands for itself stays. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (encoded) =>
    Buffer.from(encoded.replaceAll("%", ""), "hex").toString(),
  );
}

function withoutAuthorization({ Authorization: _, ...others }: Readonly<Record<string, string>>) {
  return others;
}

/**
 * Where something lies that a repository's index names, relative or absolute. A login in the repository's URL is for
 * the same scheme, host and port too, as with Helm, and for no other.
 *
 * @throws Error with a sentence
 */
export function urlIn(repository: string, reference: string): string {
  const root = URL.parse(`${repository}/`);
  const found = root && URL.parse(reference, root.href);
  if (!found) throw new Error("its entry in the index has an address that is not a URL");
  if (found.origin === root.origin && !found.username && !found.password) {
    found.username = root.username;
    found.password = root.password;
  }
  return found.href;
}

function mayPass({ status }: DownloadError): boolean {
  return status === undefined || status === 429 || status >= 500;
}
