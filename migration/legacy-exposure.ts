/** How a platform of 2.7.0 is reached from outside: what its hosts and URLs say, taken together. */

import { valueAt } from "../model/path.ts";
import type { Json } from "../model/settings.ts";
import { isSame } from "./changes.ts";
import type { LegacyType } from "./legacy-defaults.ts";
import {
  frontendUrls,
  type LegacyService,
  legacyDomain,
  legacyHosts,
  legacyServices,
  legacyUrl,
} from "./legacy-defaults.ts";
import type { LegacyPlatform } from "./legacy-platform.ts";

export interface LegacyExposure {
  /** Domain below which its hosts are; type ingress only. */
  readonly domain?: string;
  /** Host that browsers find node ports at, where all URLs agree on one that is not the default; type nodeport only. */
  readonly nodeAddress?: string;
  /** True when events must stay at their host: a certificate, or a URL of the user's own, is bound to it. */
  readonly keepsEventsHost: boolean;
}

/** Steps that install the Services. */
export const serviceSteps: Readonly<Record<string, LegacyService>> = {
  "install-authn": "authn",
  "install-snowplow": "snowplow",
  "install-eventsse": "eventsse",
  "install-frontend": "frontend",
  "install-finops-database-handler": "finops-database-handler",
};

/** Reads it out of the steps. */
export function readLegacyExposure(platform: LegacyPlatform, type: LegacyType): LegacyExposure {
  if (type === "nodeport") {
    const nodeAddress = nodeAddressOf(platform);
    return { keepsEventsHost: false, ...(nodeAddress !== undefined && { nodeAddress }) };
  }
  if (type === "loadbalancer") return { keepsEventsHost: false };
  const domain = domainOf(platform);
  const standard = [legacyUrl("ingress", "eventsse"), `http://${legacyServices.eventsse.label}.${domain}`];
  const urls = Object.entries(frontendUrls).filter(([, service]) => service === "eventsse");
  return {
    ...(domain !== undefined && { domain }),
    keepsEventsHost:
      chartValue(platform, "eventsse", ["ingress", "tls"]) !== undefined ||
      urls.some(([key]) => !standard.includes(String(chartValue(platform, "frontend", ["config", key])))),
  };
}

/** True for the `ingress.hosts` that krateo:domain gives a Service. */
export function isHostOfDomain(service: LegacyService, hosts: Json, { domain }: LegacyExposure): boolean {
  return domain !== undefined && isSame(hosts, legacyHosts(service, domain));
}

/** What krateo:domain takes; hosts below anything else are carried one by one. */
const domainForm = /^(?=.{1,200}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The domain that most hosts are below; the installer gives each the same. */
function domainOf(platform: LegacyPlatform): string | undefined {
  const hosts = (Object.keys(legacyServices) as LegacyService[]).flatMap((service) => {
    const host = chartValue(platform, service, ["ingress", "hosts", 0, "host"]);
    return typeof host === "string" ? [{ host, label: `${legacyServices[service].label}.` }] : [];
  });
  const domains = hosts.flatMap(({ host, label }) =>
    host.startsWith(label) ? [host.slice(label.length)] : [],
  );
  // Hosts of the user's own making all the same need a domain for what they do not name.
  const parents = hosts.map(({ host }) => host.slice(host.indexOf(".") + 1));
  const candidates = domains.length > 0 ? domains : parents;
  const count = (domain: string) => candidates.filter((one) => one === domain).length;
  return candidates
    .filter((domain) => domainForm.test(domain))
    .filter((domain) => domain !== legacyDomain || candidates.every((one) => one === legacyDomain))
    .toSorted((one, other) => count(other) - count(one))[0];
}

/** One address for all, or none: a mixture is carried URL by URL. */
function nodeAddressOf(platform: LegacyPlatform): string | undefined {
  const addresses = Object.entries(frontendUrls).map(([key, service]) => {
    const port = chartValue(platform, service, ["service", "nodePort"]);
    const url = String(chartValue(platform, "frontend", ["config", key]));
    const [, address, end] =
      /^http:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[-.A-Za-z0-9]*[A-Za-z0-9])?):(.+)$/.exec(url) ?? [];
    const variable = legacyServices[service].variable;
    return [`$${variable}_PORT`, `\${${variable}_PORT}`, String(port)].includes(end ?? "")
      ? address
      : undefined;
  });
  const [first] = addresses;
  return first !== "127.0.0.1" && addresses.every((address) => address === first) ? first : undefined;
}

function chartValue(
  platform: LegacyPlatform,
  service: LegacyService,
  path: readonly (string | number)[],
): Json | undefined {
  const step = platform.steps.find(({ id }) => serviceSteps[id] === service);
  return valueAt(step?.with, ["values", ...path]) as Json | undefined;
}
