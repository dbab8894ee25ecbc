import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import { ConfigurationError } from "../model/problem.ts";

/** What stands between this machine and a server. */
export interface ForwardProxy {
  readonly url: URL;
  /** Who says so: the name of a variable, or the key of a kubeconfig. */
  readonly source: string;
}

const schemes = ["http:", "https:", "socks5:", "socks5h:"];
/** What a proxy may be given as, for messages. */
export const proxyForm = "HOST:PORT, http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT";
const defaultPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/**
 * The proxy for a URL, by the rules of Go's golang.org/x/net/http/httpproxy, which kubectl and Helm follow: HTTPS_PROXY
 * for https and HTTP_PROXY for http, in capitals first, the scheme http where none is given; none for localhost and
 * for loopback addresses, nor for what NO_PROXY lists. A value that is no URL is passed over.
 */
export function proxyFor(target: URL, env: NodeJS.ProcessEnv = process.env): ForwardProxy | undefined {
  const name = { "http:": "HTTP_PROXY", "https:": "HTTPS_PROXY" }[target.protocol];
  const source = name && [name, name.toLowerCase()].find((variable) => env[variable]);
  if (!source || isExempt(target, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  const url = proxyUrl(env[source] as string);
  if (url) return { url, source };
  // Its value may hold a login.
  const problem = { what: `the variable ${source} of the environment names no proxy`, allowed: proxyForm };
  throw new ConfigurationError([problem]);
}

/** A proxy's address with the scheme that it has when none is given; undefined for what is none. */
export function proxyUrl(text: string): URL | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text) ? text : `http://${text}`;
  const url = URL.parse(whole);
  return url && schemes.includes(url.protocol) && isDecodable(url) ? url : undefined;
}

/** A % in a password that is not encoded would end the connection in "URI malformed". */
function isDecodable({ username, password }: URL): boolean {
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}

/** As messages name it: without its login. */
export function describeProxy({ url, source }: ForwardProxy): string {
  return `the proxy ${url.protocol}//${url.host} (${source})`;
}

function isExempt(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = target.port || (defaultPorts[target.protocol] as string);
  if (host === "localhost" || (isIP(host) && holds("127.0.0.0/8", host)) || host === "::1") return true;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === "*" || (entry !== "" && covers(entry, host, port)));
}

/** Whether an entry of NO_PROXY covers a host: a network, an address or a domain, the latter two perhaps with a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (isNetwork(entry)) return isIP(host) !== 0 && holds(entry, host);
  const [, bracketed, plain, onlyPort] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(entry) ?? [];
  const name = bracketed ?? plain ?? entry;
  if (name === "" || (onlyPort !== undefined && onlyPort !== port)) return false;
  if (isIP(name)) return isIP(host) !== 0 && holds(`${name}/${isIP(name) === 4 ? 32 : 128}`, host);
  if (isIP(host)) return false;
  const domain = domainToASCII(name.replace(/^\*?\./, ""));
  const isWhole = domain !== "" && host === domain && !/^\*?\./.test(name);
  return isWhole || (domain !== "" && host.endsWith(`.${domain}`));
}

function isNetwork(entry: string): boolean {
  const [, address = "", length = ""] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
  return isIP(address) !== 0 && Number(length) <= (isIP(address) === 4 ? 32 : 128);
}

function holds(network: string, address: string): boolean {
  const [start = "", length] = network.split("/");
  const list = new BlockList();
  list.addSubnet(start, Number(length), isIP(start) === 4 ? "ipv4" : "ipv6");
  return list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}
