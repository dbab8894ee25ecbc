import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { SocksProxyAgent } from "socks-proxy-agent";
import type { ForwardProxy } from "./proxy.ts";

/** A server or a balancer in front of it may drop a connection that rests for longer. */
const idleMilliseconds = 4000;

/** What a proxy answers to CONNECT when it makes no connection. */
export class ProxyRefusal extends Error {
  override name = "ProxyRefusal";
}

/**
 * Connections to one server, kept for the next request: directly or through a proxy, https by CONNECT. What TLS needs
 * is given with each request.
 *
 * @param authorities PEM text of the certificate authorities to trust for an https proxy; default: this process's
 */
export function agentFor(target: URL, proxy?: ForwardProxy, authorities?: string | Buffer): HttpAgent {
  const agent = agentOf(target.protocol === "https:", proxy, authorities);
  const keep = agent.keepSocketAlive.bind(agent);
  // An idle socket that times out is closed by the agent itself.
  agent.keepSocketAlive = (socket) => {
    const kept = keep(socket) as unknown as boolean;
    if (kept) (socket as Socket).setTimeout(idleMilliseconds);
    return kept;
  };
  return agent;
}

function agentOf(
  encrypted: boolean,
  proxy: ForwardProxy | undefined,
  authorities: string | Buffer | undefined,
): HttpAgent {
  const options = { keepAlive: true };
  if (!proxy) return encrypted ? new HttpsAgent(options) : new HttpAgent(options);
  if (proxy.url.protocol.startsWith("socks")) return new SocksProxyAgent(proxyName(proxy.url), options);
  const towardsProxy = { ...options, ...(authorities ? { ca: authorities } : {}) };
  if (!encrypted) return new HttpProxyAgent(proxy.url, towardsProxy);
  const agent = new HttpsProxyAgent(proxy.url, towardsProxy);
  agent.on("proxyConnect", (answer, request) => {
    // The library would hand over the proxy's refusal as if the server had given it.
    if (answer.statusCode !== 200) request.destroy(new ProxyRefusal(refusalOf(answer)));
  });
  return agent;
}

/** As in Go, the proxy resolves the server's name in either form of the scheme. */
function proxyName(url: URL): string {
  return url.href.replace(/^socks5:/, "socks5h:");
}

function refusalOf({ statusCode, statusText }: { statusCode: number; statusText: string }): string {
  if (statusCode === 407) return "the proxy wants a login (407): HTTP://USER:PASSWORD@HOST:PORT gives it one";
  return `the proxy makes no connection: it answers ${statusCode} ${statusText}`.trim();
}
