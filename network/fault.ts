import { ProxyRefusal } from "./agent.ts";
import { describeProxy, type ForwardProxy } from "./proxy.ts";

const faults: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  ENOTFOUND: "its host name is not known",
  EAI_AGAIN: "its host name cannot be looked up",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "no answer",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it speaks no TLS there; does the address begin with http:// ?",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it speaks no TLS there; does the address begin with http:// ?",
};

/** A fault of the network or of TLS in words, with the proxy on the way. */
export function faultOf(error: unknown, proxy?: ForwardProxy): string {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  const through = proxy ? `, through ${describeProxy(proxy)}` : "";
  if (error instanceof ProxyRefusal) return `${message}${through}`;
  return `${wordsOf(code, message)}${through}`;
}

function wordsOf(code: string, message: string): string {
  if (faults[code]) return faults[code];
  if (code.startsWith("HPE_")) return "the server there does not speak HTTP";
  // Node advises an option of its own, which would change nothing.
  const reason = message.replace(/; if the root CA is installed.*$/s, "") || code;
  if (/CERT|SIGNATURE|TLS|SSL/.test(code)) return `its certificate is not accepted (${reason})`;
  return message.split("\n")[0] || code;
}
