import { setTimeout as pause } from "node:timers/promises";

/** Waits before the second and the third try. */
const backOffMilliseconds = [200, 600];
/** For one try, body included. */
const limitMilliseconds = 60_000;

/** A download that did not succeed. The message says what happened, without the URL. */
export class DownloadError extends Error {
  override name = "DownloadError";
  readonly url: string;
  /** HTTP status of the answer; undefined when there was none. */
  readonly status?: number;

  constructor(url: string, message: string, status?: number) {
    super(message);
    this.url = url;
    this.status = status;
  }
}

/**
 * Gets a URL, trying three times where another try may help (no answer, 429, 5xx).
 *
 * @throws DownloadError
 */
export async function download(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(url, headers);
    } catch (error) {
      const wait = backOffMilliseconds[attempt];
      if (!(error instanceof DownloadError) || !mayPass(error) || wait === undefined) throw error;
      await pause(wait);
    }
  }
}

async function once(url: string, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  let response: Response;
  try {
    const { target, authorization } = withoutCredentials(url);
    const signal = AbortSignal.timeout(limitMilliseconds);
    response = await fetch(target, { headers: { ...authorization, ...headers }, signal });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new DownloadError(url, faultOf(error));
  }
  const error = new DownloadError(
    url,
    `the server answers ${response.status} ${response.statusText}`.trim(),
    response.status,
  );
  await response.body?.cancel();
  throw Object.assign(error, { cause: response.headers.get("www-authenticate") ?? undefined });
}

/** fetch refuses `https://USER:PASSWORD@HOST`, and repeats the password in saying so. */
function withoutCredentials(url: string): { target: string; authorization: Record<string, string> } {
  const target = new URL(url);
  const { username, password } = target;
  if (!username && !password) return { target: url, authorization: {} };
  target.username = "";
  target.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    target: target.href,
    authorization: { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
  };
}

/** A URL as messages and records may show it. */
export function maskedUrl(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, "$1***@");
}

function mayPass({ status }: DownloadError): boolean {
  return status === undefined || status === 429 || status >= 500;
}

/** The network fault below fetch's "fetch failed", in words. */
function faultOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `no complete answer within ${limitMilliseconds / 1000} s`;
  }
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const reason = cause?.message || cause?.code || (error instanceof Error ? error.message : String(error));
  return `the server cannot be reached: ${reason}`;
}
