/** Whether the page calls each service where its Ingress or HTTPRoute serves it: two values, which may be set apart. */
import { valueAt } from "../../model/path.ts";
import type { ChartStep, Json, Step } from "../../model/settings.ts";
import { browserServices, pageService } from "../exposure/exposed-services.ts";
import { hostnamesOf, httpRouteTo } from "../exposure/http-routes.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/**
 * A warning for each address that the page is told and that does not answer there: another host than the Ingress or
 * HTTPRoute has, or http while that, or the page itself, is served over https. Addresses from variables are read live.
 */
export function browserUrlWarnings({ steps, config }: ResolvedConfiguration): string[] {
  const chart = (id: string): ChartStep | undefined =>
    steps.find((step): step is ChartStep => step.id === id && step.type === "chart" && step.enabled);
  const page = chart(pageService.step);
  if (page === undefined) return [];
  const servedAt = (step: ChartStep): Served | undefined =>
    ingressOf(step) ?? attachmentOf(step, steps, config.exposure.tls !== undefined);
  const pageIsSecure = (servedAt(page)?.tls.length ?? 0) > 0;
  return browserServices.flatMap(({ name, step: id, urlKeys = [] }) => {
    const step = chart(id);
    const served = step && servedAt(step);
    return urlKeys.flatMap((key): string[] => {
      const told = urlOf(valueAt(page.values, ["config", key]));
      if (told === undefined) return [];
      const hosts = served?.hosts ?? [];
      const host = hosts.length === 0 || hosts.includes(told.host) ? told.host : (hosts[0] as string);
      const secure = told.protocol === "https:" || pageIsSecure || served?.tls.includes(host);
      const right = `${secure ? "https" : "http"}://${host}`;
      if (right === told.origin) return [];
      return [
        `the page would call ${name} at ${told.origin}, but it is served elsewhere: set ` +
          `components.${page.component}.stepConfig.${page.id}.helmValues.config.${key} to ${right}; ` +
          "krateo:hosts and krateo:tls set both sides by themselves",
      ];
    });
  });
}

interface Served {
  readonly hosts: readonly string[];
  /** Those of them that are served over https. */
  readonly tls: readonly string[];
}

/** Hosts of the HTTPRoute to a chart's Service; undefined when it has none. */
function attachmentOf({ release }: ChartStep, steps: readonly Step[], isSecure: boolean): Served | undefined {
  const route = httpRouteTo(steps, release);
  const hosts = route && hostnamesOf(route);
  return hosts && { hosts, tls: isSecure ? hosts : [] };
}

/** Hosts of a chart's Ingress, https with a certificate; undefined when it has none. */
function ingressOf({ values }: ChartStep): Served | undefined {
  if (valueAt(values, ["ingress", "enabled"]) !== true) return undefined;
  const list = (key: string): Json[] => {
    const found = valueAt(values, ["ingress", key]);
    return Array.isArray(found) ? found : [];
  };
  const texts = (found: unknown): string[] => [found].flat().filter((item) => typeof item === "string");
  const hosts = list("hosts").flatMap((item) => texts(valueAt(item, ["host"])));
  // A certificate that names no hosts is for all.
  return { hosts, tls: list("tls").flatMap((item) => texts(valueAt(item, ["hosts"]) ?? hosts)) };
}

function urlOf(value: unknown): URL | undefined {
  if (typeof value !== "string" || value.includes("$")) return undefined;
  return URL.parse(value) ?? undefined;
}
