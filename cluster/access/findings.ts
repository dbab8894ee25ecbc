/** Finds what keeps the web interface from working, and says what to do. */
import { pageService } from "../../configuration/exposure/exposed-services.ts";
import type { LiveAccess } from "./access.ts";
import { type Probe, served } from "./probe.ts";
import type { ProbedEndpoint } from "./probes.ts";
import { isLoopback, servesHosts, urlParts } from "./ways.ts";

/** One thing that keeps the page from working, or soon will. */
export interface Finding {
  readonly level: "ERROR" | "WARNING";
  /** Endpoint, or key of the frontend's configuration. */
  readonly subject: string;
  readonly what: string;
  readonly next: string;
}

/** Days before a certificate's end at which it is worth a word. */
const soonDays = 14;
const forward = "npx krateo access --port-forward";

/** Everything that a browser would stumble over, in the order of the endpoints. */
export function findingsOf(endpoints: readonly ProbedEndpoint[], live: LiveAccess, now: number): Finding[] {
  const page = endpoints.find(({ role }) => role === "page");
  return endpoints.flatMap((endpoint) => [
    ...reachability(endpoint, now),
    ...agreement(endpoint, live),
    ...asBrowsersSeeIt(endpoint, page?.url),
  ]);
}

/** Whether a browser on this machine gets an answer from the service itself, even if it asks for a login first. */
export function reachable({ probe }: { readonly probe?: Probe }): boolean {
  return served(probe);
}

/** The hosts-file lines for names that do not resolve here, an address each. */
export function hostsLines(endpoints: readonly ProbedEndpoint[]): string[] {
  const byAddress = new Map<string, string[]>();
  for (const { behind, url } of endpoints) {
    const host = urlParts(url ?? "")?.host;
    if (!behind || !host) continue;
    byAddress.set(behind.address, [...(byAddress.get(behind.address) ?? []), host]);
  }
  return [...byAddress].map(([address, hosts]) => `${address} ${[...new Set(hosts)].join(" ")}`);
}

function reachability(endpoint: ProbedEndpoint, now: number): Finding[] {
  const { chart: subject, probe, service, source } = endpoint;
  const error = (what: string, next: string): Finding => ({ level: "ERROR", subject, what, next });
  if (!service && !reachable(endpoint)) {
    return [
      error(
        `there is no Service ${subject}`,
        "npx krateo verify says what is missing; npx pulumi up installs it",
      ),
    ];
  }
  if (!probe) return [error(source, `expose it with krateo:type, or for a while: ${forward}`)];
  if (probe.certificate && reachable(endpoint)) return expiry(subject, probe, now);
  if (reachable(endpoint)) return [];
  return [error(`${probe.url}: ${outcomeText(probe)}`, adviceFor(endpoint, probe))];
}

/** What came of a probe, in a few words. */
export function outcomeText(probe: Probe): string {
  if (probe.outcome !== "answered") return probe.fault ?? probe.outcome;
  const status = `HTTP ${probe.status}`;
  return probe.location ? `${status}, redirected to ${probe.location}` : status;
}

function adviceFor({ chart, service, ways, behind, url }: ProbedEndpoint, probe: Probe): string {
  const name = service?.metadata.name ?? chart;
  const host = urlParts(url ?? "")?.host ?? "";
  const way = ways.find(servesHosts);
  switch (probe.outcome) {
    case "answered":
      if (probe.status === 404)
        return `what answers there does not know ${chart}: an ingress controller or Gateway says this of hosts that no Ingress or HTTPRoute names`;
      return `nothing healthy is behind it: kubectl get pods,endpointslices -A -l app.kubernetes.io/name=${chart}`;
    case "unresolved":
      if (behind)
        return `make a DNS record that leads to ${behind.address}, or add the hosts-file line below${
          reachable(behind) ? "" : ` (at that address: ${outcomeText(behind.probe)})`
        }`;
      if (way?.kind === "ingress")
        return `make a DNS record; ${way.source} shows no address yet, so see that an ingress controller serves its class`;
      return way?.kind === "httpRoute"
        ? `make a DNS record; the Gateway of ${way.source} shows no address yet: kubectl get gateways -A`
        : "make a DNS record for it";
    case "certificate":
      return certificateAdvice(probe, host);
    default:
      if (isLoopback(host))
        return `the nodes' ports are not mapped to this machine: ${forward}, or set krateo:nodeAddress to an address of a node`;
      if (ways[0]?.kind === "nodePort")
        return `see that a firewall lets node ports through and that ${host} is a node's address; or for a while: ${forward}`;
      return `see that ${name} has ready pods and that nothing between here and ${host} blocks it; or for a while: ${forward}`;
  }
}

function certificateAdvice({ certificate }: Probe, host: string): string {
  if (certificate?.expired) return "renew it; with cert-manager: kubectl get certificates,challenges -A";
  if (certificate && !certificate.hostMatches)
    return `give the Ingress, Route or listener a certificate for ${host}; many controllers show one of their own until the Secret is there`;
  return (
    "add its issuer to this machine's trusted ones, or use a certificate of a public issuer; a browser asks about the " +
    "page's certificate only, and calls to hosts with another one just fail"
  );
}

function expiry(subject: string, { certificate }: Probe, now: number): Finding[] {
  const days = Math.floor((Date.parse(certificate?.expires ?? "") - now) / 86_400_000);
  if (!(days < soonDays)) return [];
  return [
    {
      level: "WARNING",
      subject,
      what: `its certificate expires in ${days} days`,
      next: "renew it; with cert-manager: kubectl get certificates,challenges -A",
    },
  ];
}

/** Whether the frontend sends browsers where the endpoint really is. */
function agreement(endpoint: ProbedEndpoint, live: LiveAccess): Finding[] {
  const from = live.config?.source ?? "the frontend's configuration, which was not found,";
  return endpoint.configured.flatMap(({ key, url, way }): Finding[] => {
    const right = endpoint.url && endpoint.url !== url ? endpoint.url : undefined;
    const real = right ? `${endpoint.chart} is at ${right} (${endpoint.source})` : endpoint.source;
    const error = (what: string): Finding[] => [
      { level: "ERROR", subject: key, what, next: fix(key, right) },
    ];
    if (url === undefined) return error(`${from} does not say where ${endpoint.chart} is; ${real}`);
    if (!urlParts(url)) return error(`${from} says ${url}, which is not an http or https URL; ${real}`);
    if (way || reachable({ probe: endpoint.configuredProbes.get(url) })) return [];
    return error(`${from} sends browsers to ${url}; ${real}`);
  });
}

function fix(key: string, right: string | undefined): string {
  const path = `components.${pageService.component}.stepConfig.${pageService.step}.helmValues.config.${key}`;
  return (
    "npx pulumi up reads addresses and ports again (node ports: with krateo:nodeAddress); by hand: set " +
    `${path}${right ? ` to ${right}` : ""}, or the same \`config.${key}\` with helm upgrade; then reload the page after a minute`
  );
}

/** What works with curl and not in a browser. */
function asBrowsersSeeIt(
  { chart, configured, configuredProbes }: ProbedEndpoint,
  page: string | undefined,
): Finding[] {
  const urls = [...new Set(configured.flatMap(({ url }) => url ?? []))];
  return urls.flatMap((url): Finding[] => {
    const parts = urlParts(url);
    const probe = configuredProbes.get(url);
    const found: Finding[] = [];
    if (page?.startsWith("https:") && parts?.scheme === "http" && !isLoopback(parts.host)) {
      found.push({
        level: "ERROR",
        subject: chart,
        what: `the page is https and ${url} is not: browsers block such calls`,
        next: "serve all four over https (for types ingress and gateway: krateo:tls), or none",
      });
    }
    if (probe?.outcome === "answered" && probe.location && (probe.status ?? 0) < 400) {
      found.push({
        level: "ERROR",
        subject: chart,
        what: `${url} redirects to ${probe.location}: browsers do not follow that for calls from a page`,
        next: "tell the frontend the URL behind the redirect, mostly the https one",
      });
    }
    return found;
  });
}
