import type { JsonObject } from "./settings.ts";

/** Of the first host in a chart's `ingress` values; undefined when it is off. */
export function ingressUrl(values: JsonObject): string | undefined {
  const ingress = values["ingress"] as
    | { enabled?: boolean; hosts?: { host?: string }[]; tls?: { hosts?: string[] }[] }
    | undefined;
  const host = ingress?.enabled ? ingress.hosts?.[0]?.host : undefined;
  if (!host) return undefined;
  const encrypted = ingress?.tls?.some((entry) => entry.hosts?.includes(host)) ?? false;
  return `${encrypted ? "https" : "http"}://${host}`;
}

/** Of a live Service; a sentence instead of a URL when it is not reachable from outside, or not there. */
export function serviceUrl(
  service: JsonObject | undefined,
  nodeAddress: string,
  { name, namespace }: { name: string; namespace: string },
): string {
  const { spec, status } = (service ?? {}) as {
    spec?: { type?: string; ports?: { port: number; nodePort?: number }[] };
    status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
  };
  const port = spec?.ports?.[0];
  if (!port) return `none: there is no Service ${namespace}/${name}`;
  const balancer = status?.loadBalancer?.ingress?.[0];
  if (spec?.type === "LoadBalancer" && balancer) {
    return `http://${balancer.hostname ?? balancer.ip}:${port.port}`;
  }
  if (port.nodePort) return `http://${nodeAddress}:${port.nodePort}`;
  return "inside the cluster only; npx krateo access --port-forward";
}
