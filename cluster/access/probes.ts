/** Sends a request to each endpoint of the web interface. */
import { isIP } from "node:net";
import type { LiveAccess } from "./access.ts";
import { addressesOf, type Probe, type ProbeOptions, probe, served } from "./probe.ts";
import { type ConfiguredUrl, type Endpoint, isLoopback, urlParts, urlText, type Way } from "./ways.ts";

/** An endpoint with the URL that counts, and what came of asking it from here. */
export interface ProbedEndpoint extends Endpoint {
  /** Where a browser is to find it; undefined when nothing leads to it. */
  readonly url?: string;
  /** Where that URL comes from, in words. */
  readonly source: string;
  readonly probe?: Probe;
  /** What came of asking the URLs that the browser is told, by URL; the endpoint's own included. */
  readonly configuredProbes: ReadonlyMap<string, Probe>;
  /** For a name that does not resolve: the address that it should lead to, and what that answers. */
  readonly behind?: { readonly address: string; readonly probe: Probe };
}

/**
 * Asks every URL, all at once. A name that does not resolve is asked once more at the address of the ingress
 * controller or router, so the whole takes at most two time-outs.
 */
export async function probeEndpoints(
  endpoints: readonly Endpoint[],
  live: LiveAccess,
  options: ProbeOptions = {},
): Promise<ProbedEndpoint[]> {
  const asked = new Map<string, Promise<Probe>>();
  return await Promise.all(
    endpoints.map(async (endpoint): Promise<ProbedEndpoint> => {
      const ask = (url: string): Promise<Probe> => {
        const healthUrl = url.replace(/\/+$/, "") + endpoint.healthPath;
        const known = asked.get(healthUrl) ?? probe(healthUrl, options);
        asked.set(healthUrl, known);
        return known;
      };
      const urls = endpoint.configured.flatMap(({ url }) =>
        url !== undefined && urlParts(url) ? [url] : [],
      );
      const configuredProbes = new Map(
        await Promise.all(urls.map(async (url) => [url, await ask(url)] as const)),
      );
      const { url, source, way } = chosen(endpoint, endpoints, live, configuredProbes);
      if (url === undefined) return { ...endpoint, source, configuredProbes };
      const found = await ask(url);
      const behind =
        found.outcome === "unresolved" && way ? await askBehind(found.url, way, options) : undefined;
      return { ...endpoint, url, source, configuredProbes, probe: found, ...(behind && { behind }) };
    }),
  );
}

async function askBehind(
  url: string,
  { addresses }: Way,
  options: ProbeOptions,
): Promise<ProbedEndpoint["behind"]> {
  for (const host of addresses) {
    const [address] = isIP(host) ? [host] : await addressesOf(host);
    if (address) return { address, probe: await probe(url, { ...options, address }) };
  }
  return undefined;
}

interface Choice {
  readonly url?: string;
  readonly source: string;
  readonly way?: Way;
}

/** What the browser is told where that leads in; else the best way that there is; else what it is told, anyway. */
function chosen(
  endpoint: Endpoint,
  all: readonly Endpoint[],
  live: LiveAccess,
  configuredProbes: ReadonlyMap<string, Probe>,
): Choice {
  const configured = endpoint.configured.filter(
    (item): item is ConfiguredUrl & { url: string } => item.url !== undefined,
  );
  const leading = configured.find(({ way }) => way);
  if (leading?.way) return { url: leading.url, source: leading.way.source, way: leading.way };
  const elsewhere = configured.find(({ url }) => served(configuredProbes.get(url)));
  if (elsewhere) return { url: elsewhere.url, source: `${live.config?.source}; no object here announces it` };
  for (const way of endpoint.ways) {
    const host = way.kind === "nodePort" ? nodeHost(way, all) : way.hosts[0];
    if (host) return { url: urlText(way.scheme, host, way.port), source: way.source, way };
  }
  if (configured[0])
    return { url: configured[0].url, source: `${live.config?.source}; no object here announces it` };
  const { service } = endpoint;
  if (!service) return { source: `there is no Service ${endpoint.chart}` };
  if (endpoint.ways.length === 0)
    return { source: `Service ${service.metadata.name} is reached inside the cluster only` };
  return { source: `${endpoint.ways[0]?.source} has no address` };
}

/** The page belongs at the host at which the browser is sent to the others; else at the node's best address. */
function nodeHost(way: Way, all: readonly Endpoint[]): string | undefined {
  const configured = all
    .flatMap((endpoint) => endpoint.configured)
    .filter((item) => item.way?.kind === "nodePort");
  const host = configured.map(({ url }) => urlParts(url ?? "")?.host).find((found) => found !== undefined);
  if (host && (isLoopback(host) || way.hosts.includes(host))) return host;
  return way.hosts[0];
}
