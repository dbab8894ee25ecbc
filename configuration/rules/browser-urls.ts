/** Whether the page calls each service where its Ingress serves it: two values of two charts, which may be set apart. */
import { valueAt } from "../../model/path.ts";
import type { ChartStep, Json } from "../../model/settings.ts";
import { browserServices, pageService } from "../exposure/exposed-services.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/**
 * A warning for each address that the page is told and that does not answer there: another host than the Ingress has,
 * or http while the Ingress, or the page itself, is served over https. Addresses from variables are read live.
 */
export function browserUrlWarnings({ steps }: ResolvedConfiguration): string[] {
  const chart = (id: string): ChartStep | undefined =>
    steps.find((step): step is ChartStep => step.id === id && step.type === "chart" && step.enabled);
  const page = chart(pageService.step);
  if (page === undefined) return [];
  const pageIsSecure = (ingressOf(page)?.tls.length ?? 0) > 0;
  return browserServices.flatMap(({ name, step: id, urlKeys = [] }) => {
    const step = chart(id);
    const ingress = step && ingressOf(step);
    return urlKeys.flatMap((key): string[] => {
      const told = urlOf(valueAt(page.values, ["config", key]));
      if (told === undefined) return [];
      const hosts = ingress?.hosts ?? [];
      const host = hosts.length === 0 || hosts.includes(told.host) ? told.host : (hosts[0] as string);
      const secure = told.protocol === "https:" || pageIsSecure || ingress?.tls.includes(host);
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

/** Hosts of a chart's Ingress, and those of them with a certificate; undefined when it has none. */
function ingressOf({ values }: ChartStep): { hosts: string[]; tls: string[] } | undefined {
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
