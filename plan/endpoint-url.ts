import { hostnamesOf, httpRouteTo } from "../configuration/exposure/http-routes.ts";
import type { ChartStep, JsonObject, Settings } from "../model/settings.ts";

interface IngressValues {
  readonly enabled?: boolean;
  readonly hosts?: readonly { readonly host?: string }[];
  readonly tls?: readonly { readonly hosts?: readonly string[] }[];
}

/** The first host in a chart's `ingress` values; undefined when it is off. */
export function ingressHost(values: JsonObject): string | undefined {
  const ingress = values["ingress"] as IngressValues | undefined;
  return ingress?.enabled ? ingress.hosts?.[0]?.host : undefined;
}

/** URL of that host; encrypted when a certificate names it, or TLS ends in front of the cluster. */
export function ingressUrl(values: JsonObject, https = false): string | undefined {
  const host = ingressHost(values);
  if (!host) return undefined;
  const { tls } = values["ingress"] as IngressValues;
  const encrypted = https || (tls?.some((entry) => entry.hosts?.includes(host)) ?? false);
  return `${encrypted ? "https" : "http"}://${host}`;
}

/** URL of the first host of the HTTPRoute to a Helm release's Service; undefined when it has none. */
export function httpRouteUrl(
  { steps, exposure }: Pick<Settings, "steps" | "exposure">,
  release: ChartStep["release"],
): string | undefined {
  const route = httpRouteTo(steps, release);
  const host = route && hostnamesOf(route)[0];
  return host && `${exposure.https ? "https" : "http"}://${host}`;
}

/** Of a live Service; a sentence instead of a URL when it is not reachable from outside, or not there. */
export function serviceUrl(
  service: JsonObject | undefined,
  nodeAddress: string,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
  kind?: "ip" | "hostname",
): string {
  const { spec, status } = (service ?? {}) as {
    spec?: { type?: string; ports?: { port: number; nodePort?: number }[] };
    status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
  };
  const port = spec?.ports?.[0];
  if (!port) return `none: there is no Service ${namespace}/${name}`;
  const balancer = status?.loadBalancer?.ingress?.[0];
  if (spec?.type === "LoadBalancer" && balancer) {
    return `http://${kind ? balancer[kind] : (balancer.ip ?? balancer.hostname)}:${port.port}`;
  }
  if (port.nodePort) return `http://${nodeAddress}:${port.nodePort}`;
  return "inside the cluster only; npx krateo access --port-forward";
}
