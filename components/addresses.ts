import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { ingressUrl, serviceUrl } from "../profiles/endpoint-url.ts";
import { type Route, routeTo, routeUrl } from "../profiles/route.ts";
import type { ChartStep, ObjectStep } from "../profiles/settings.ts";
import type { Site } from "./site.ts";

/** Steps whose Services a browser talks to, and the names under which the stack shows their addresses. */
const endpoints = {
  frontend: "install-frontend",
  authn: "install-authn",
  snowplow: "install-snowplow",
  eventsPresenter: "install-events-presenter",
} as const;

/** URL of each endpoint that is installed: the host of its Route or Ingress where it has one, else what its Service offers. */
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
  const route = routeTo(site.settings, step.release);
  if (route) return routeAddress(site, route);
  const host = ingressUrl(step.values);
  if (host) return pulumi.output(host);
  const { status } = release as Release;
  const url = status.apply(async () => {
    const service = await site.args.read({ apiVersion: "v1", kind: "Service", ...step.release });
    return serviceUrl(service, site.settings.nodeAddress, step.release);
  });
  return pulumi.recover(url, () => `none: ${step.release.name} is not installed`);
}

function routeAddress(site: Site, { id, manifest }: ObjectStep): pulumi.Output<string> {
  const { apiVersion, kind, metadata } = manifest;
  const place = { name: metadata.name, namespace: metadata.namespace as string };
  const made = site.resource(id) as pulumi.CustomResource;
  const url = made.id.apply(async () =>
    routeUrl((await site.args.read({ apiVersion, kind, ...place })) as Route | undefined, place),
  );
  return pulumi.recover(
    url,
    () => `none: Route ${place.namespace}/${place.name} is not there or not admitted`,
  );
}
