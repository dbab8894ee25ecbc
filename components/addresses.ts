import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import type { ChartStep, JsonObject } from "../profiles/settings.ts";
import type { Site } from "./site.ts";

/** Steps whose Services a browser talks to, and the names under which the stack shows their addresses. */
const endpoints = {
  frontend: "install-frontend",
  authn: "install-authn",
  snowplow: "install-snowplow",
  eventsPresenter: "install-events-presenter",
} as const;

/** URL of each endpoint that is installed: the Ingress host where it has one, else what its Service offers. */
export function addressesOf(site: Site): pulumi.Output<Record<string, string>> {
  const urls = Object.entries(endpoints).flatMap(([name, id]) => {
    const release = site.resource(id);
    if (!release) return [];
    const step = site.step(id);
    return step.type === "chart" ? [[name, urlOf(site, step, release)] as const] : [];
  });
  return pulumi.all(Object.fromEntries(urls));
}

function urlOf(site: Site, step: ChartStep, release: pulumi.Resource): pulumi.Output<string> {
  const host = ingressUrl(step.values);
  if (host) return pulumi.output(host);
  const { status } = release as Release;
  const url = status.apply(async () => {
    const service = await site.args.read({ apiVersion: "v1", kind: "Service", ...step.release });
    return serviceUrl(service, site.settings.nodeAddress, step.release);
  });
  return pulumi.recover(url, () => `none: ${step.release.name} is not installed`);
}

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
  return `inside the cluster only; kubectl port-forward -n ${namespace} service/${name} ${port.port}`;
}
