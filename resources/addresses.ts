/** The URLs that `up` prints. */
import type { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { publishingStep } from "../components/outside.ts";
import {
  type ExposableService,
  exposableServices,
  outputName,
  pageService,
} from "../configuration/exposure/exposed-services.ts";
import { hostnamesOf, httpRouteTo } from "../configuration/exposure/http-routes.ts";
import { nodeAddressOf, unknownNodeAddress } from "../configuration/exposure/node-address.ts";
import { valueAt } from "../model/path.ts";
import type { ChartStep, ObjectStep } from "../model/settings.ts";
import { httpRouteUrl, ingressHost, ingressUrl, serviceUrl } from "../plan/endpoint-url.ts";
import { type Route, routeTo, routeUrl } from "../plan/route.ts";
import type { BuildContext, ObjectReference } from "./build-context.ts";

/** URL of each Service that is reachable from outside: the host of its Route, Ingress or HTTPRoute where it has one, else what a Service offers. */
export function addressesOf(build: BuildContext): pulumi.Output<Record<string, string>> {
  const { services } = build.settings.exposure;
  const urls = exposableServices.flatMap((service) => {
    const release = build.resource(service.step);
    if (!release || !services.includes(service.name)) return [];
    const step = build.step(service.step);
    return step.type === "chart" ? [[outputName(service.name), urlOf(build, service, step, release)]] : [];
  });
  return pulumi.all(Object.fromEntries(urls));
}

/** URL of the page that users open; words where there is none. */
export function pageUrlOf(build: BuildContext): pulumi.Output<string> {
  const release = build.resource(pageService.step);
  const step = build.settings.steps.find(({ id }) => id === pageService.step);
  return release && step?.type === "chart"
    ? urlOf(build, pageService, step, release)
    : pulumi.output(`none: ${pageService.name} is not installed`);
}

/**
 * The command that prints the line for a hosts file, for hosts that are in no DNS: Ingresses and Gateways tell an address.
 *
 * @returns words where there is no such host. For a Gateway it prints a line for each IP address. Never undefined: the engine
 *   warns of such an output.
 */
export function hostsFileOf(build: BuildContext): string {
  const { namespace, steps } = build.settings;
  const page = steps.find(({ id }) => id === pageService.step);
  const route = page?.type === "chart" ? httpRouteTo(steps, page.release) : undefined;
  const hosts = hostsOf(build).join(" ");
  if (hosts === "") return "not needed: there is no Ingress and no HTTPRoute";
  if (route === undefined) {
    return `kubectl get ingress ${pageService.name} -n ${namespace} -o jsonpath='{.status.loadBalancer.ingress[0].ip} ${hosts}'`;
  }
  // A Gateway may have a host name among its addresses, which a hosts file does not take.
  const addresses = '.status.addresses[?(@.type=="IPAddress")]';
  return `kubectl get ${gatewayOf(route)} -o jsonpath='{range ${addresses}}{.value} ${hosts}{"\\n"}{end}'`;
}

/** Hosts of the installed Ingresses and HTTPRoutes, each once. */
function hostsOf(build: BuildContext): string[] {
  const hosts = exposableServices.flatMap(({ step: id }) => {
    const step = build.resource(id) && build.step(id);
    if (step?.type !== "chart") return [];
    const route = httpRouteTo(build.settings.steps, step.release);
    return ingressHost(step.values) ?? (route ? hostnamesOf(route) : []);
  });
  return [...new Set(hosts)];
}

/** The Gateway that an HTTPRoute names first, as kubectl takes it. */
function gatewayOf({ manifest }: ObjectStep): string {
  const name = valueAt(manifest, ["spec", "parentRefs", 0, "name"]);
  const namespace = valueAt(manifest, ["spec", "parentRefs", 0, "namespace"]) ?? manifest.metadata.namespace;
  return `gateway ${name} -n ${namespace}`;
}

function urlOf(
  build: BuildContext,
  service: ExposableService,
  step: ChartStep,
  release: pulumi.Resource,
): pulumi.Output<string> {
  const { settings, inventory } = build;
  const route = routeTo(settings, step.release);
  if (route) return routeAddress(build, route);
  const url = ingressUrl(step.values, settings.exposure.https) ?? httpRouteUrl(settings, step.release);
  if (url) return pulumi.output(url);
  // A Service of our own leads to the release's pods in place of the chart's.
  const own = build.resource(publishingStep(service.name)) as pulumi.CustomResource | undefined;
  const ready: pulumi.Output<unknown> = own === undefined ? (release as Release).status : own.id;
  const reference = own === undefined ? step.release : ownService(build, service);
  const address = nodeAddressOf(settings, inventory) ?? unknownNodeAddress;
  const read = async () => {
    const live = await build.args.read({ apiVersion: "v1", kind: "Service", ...reference });
    return serviceUrl(live, address, reference, settings.exposure.loadBalancerAddress);
  };
  // An upgrade that fails leaves a Service that was there before where it was.
  const installed = build.existingRelease(step) !== undefined;
  const found = ready.apply(read);
  return pulumi.recover(found, () =>
    installed
      ? read().catch(() => `unknown: Service ${reference.name} cannot be read`)
      : `none: ${step.release.name} is not installed`,
  );
}

function ownService(
  build: BuildContext,
  service: ExposableService,
): Pick<ObjectReference, "name" | "namespace"> {
  const step = build.step(publishingStep(service.name));
  if (step.type !== "object") throw new Error(`${step.id} makes no object`);
  const { name, namespace } = step.manifest.metadata;
  return { name, namespace };
}

function routeAddress(build: BuildContext, { id, manifest }: ObjectStep): pulumi.Output<string> {
  const { apiVersion, kind, metadata } = manifest;
  const place = { name: metadata.name, namespace: metadata.namespace as string };
  const made = build.resource(id) as pulumi.CustomResource;
  const url = made.id.apply(async () =>
    routeUrl((await build.args.read({ apiVersion, kind, ...place })) as Route | undefined, place),
  );
  return pulumi.recover(
    url,
    () => `none: Route ${place.namespace}/${place.name} is not there or not admitted`,
  );
}
