/** Sends one request to a URL and reports the answer, certificate included. */
import { lookup as lookUp } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import { trustMachine } from "../../network/authorities.ts";

/** What came of asking a URL once. */
export interface Probe {
  readonly url: string;
  readonly outcome: "answered" | "refused" | "timeout" | "unresolved" | "certificate" | "failed";
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Where a 3xx leads. */
  readonly location?: string;
  /** Of an https URL, even when it is not accepted. */
  readonly certificate?: Certificate;
  /** In words, for what is not an answer. */
  readonly fault?: string;
}

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly expires: string;
  readonly expired: boolean;
  /** By the certificate authorities of this machine and of Node.js; the reason when it is not. */
  readonly trusted: boolean;
  readonly untrustedBecause?: string;
  readonly hostMatches: boolean;
}

export interface ProbeOptions {
  /** For the whole exchange, name look-up included; default 5. */
  readonly timeoutSeconds?: number;
  /** IP address to connect to, instead of what the host's name resolves to. */
  readonly address?: string;
  /** PEM texts of the certificate authorities to trust; default: those of this machine and of Node.js. */
  readonly authorities?: readonly string[];
}

const unresolvedCodes = ["ENOTFOUND", "EAI_AGAIN", "ENODATA"];

const words: Readonly<Record<string, string>> = {
  ECONNRESET: "the connection was closed before an answer",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  EPROTO: "it speaks no TLS",
  HPE_INVALID_CONSTANT: "it speaks no HTTP",
};

/**
 * Sends one GET, directly (no proxy), without following redirects, and reads no further than the header. A
 * certificate that a browser would refuse is looked at and then counts as the outcome. Never throws.
 */
export async function probe(url: string, options: ProbeOptions = {}): Promise<Probe> {
  const seconds = options.timeoutSeconds ?? 5;
  const target = new URL(url);
  const encrypted = target.protocol === "https:";
  if (encrypted && !options.authorities) trustMachine();
  let certificate: Certificate | undefined;
  const limit = AbortSignal.timeout(seconds * 1000);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (encrypted ? httpsRequest : httpRequest)(target, {
        agent: false,
        signal: limit,
        headers: { accept: "*/*", "user-agent": "krateo" },
        ...(options.address && { lookup: always(options.address) }),
        ...(encrypted && { rejectUnauthorized: false, ca: options.authorities && [...options.authorities] }),
      });
      request.on("socket", (socket) =>
        socket.on("secureConnect", () => {
          certificate = certificateOf(socket as TLSSocket, target.hostname);
        }),
      );
      request.on("response", resolve).on("error", reject).end();
    });
    response.on("error", () => undefined).destroy();
    const { statusCode: status, headers } = response;
    const fault = certificate && certificateFault(certificate, target.hostname);
    return {
      url,
      outcome: fault ? "certificate" : "answered",
      status,
      ...(headers.location && { location: new URL(headers.location, url).href }),
      ...(certificate && { certificate }),
      ...(fault && { fault }),
    };
  } catch (error) {
    const known = certificate && { certificate };
    if (limit.aborted) return { url, outcome: "timeout", fault: `no answer within ${seconds} s`, ...known };
    return { url, ...faultOf(error as NodeJS.ErrnoException, target.hostname), ...known };
  }
}

/** Whether the service itself answered, were it with "log in first": 404 and 5xx come from what stands before it. */
export function served(found: Probe | undefined): boolean {
  const { outcome, status = 500 } = found ?? {};
  return outcome === "answered" && status < 500 && status !== 404;
}

/** IP addresses that a host name stands for on this machine; none when it stands for none. */
export async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  return await new Promise((resolve) => {
    lookUp(host, { all: true }, (error, found) => resolve(error ? [] : found.map(({ address }) => address)));
  });
}

function always(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, { all }, done) => {
    if (all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

function faultOf(error: NodeJS.ErrnoException, host: string): Pick<Probe, "outcome" | "fault"> {
  const code = error.code ?? "";
  if (unresolvedCodes.includes(code))
    return { outcome: "unresolved", fault: `the name ${host} does not resolve` };
  if (code === "ECONNREFUSED") return { outcome: "refused", fault: "connection refused" };
  return { outcome: "failed", fault: words[code] ?? error.message.split("\n")[0] ?? code };
}

function certificateOf(socket: TLSSocket, host: string): Certificate | undefined {
  const peer = socket.getPeerCertificate();
  if (!peer.valid_to) return undefined;
  const reason = String(socket.authorizationError ?? "");
  const chainFault = ["", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"].includes(reason) ? "" : reason;
  return {
    subject: nameOf(peer.subject),
    issuer: nameOf(peer.issuer),
    expires: new Date(peer.valid_to).toISOString(),
    expired: Date.parse(peer.valid_to) <= Date.now(),
    trusted: chainFault === "",
    ...(chainFault && { untrustedBecause: chainReason(chainFault) }),
    hostMatches: checkServerIdentity(host.replaceAll(/[[\]]/g, ""), peer) === undefined,
  };
}

function nameOf(name: { CN?: string | string[]; O?: string | string[] } | undefined): string {
  return String(name?.CN ?? name?.O ?? "unnamed");
}

function chainReason(code: string): string {
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT") return "self-signed";
  if (code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE" || code.startsWith("UNABLE_TO_GET_ISSUER_CERT"))
    return "its issuer is not known on this machine";
  if (code === "SELF_SIGNED_CERT_IN_CHAIN") return "its root is not trusted on this machine";
  if (code === "CERT_NOT_YET_VALID") return "not valid yet";
  return code;
}

function certificateFault(found: Certificate, host: string): string {
  return [
    found.expired ? `its certificate has expired (${found.expires.slice(0, 10)})` : "",
    found.hostMatches ? "" : `its certificate is not for ${host} but for ${found.subject}`,
    found.trusted ? "" : `its certificate is not trusted here: ${found.untrustedBecause}`,
  ]
    .filter(Boolean)
    .join("; ");
}
