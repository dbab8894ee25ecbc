/** Chooses local ports and pods for a port-forward of the web interface. */
import type { ServiceObject } from "./access.ts";
import { type Endpoint, isLoopback, urlParts } from "./ways.ts";

/** One local port, and the pods behind it. */
export interface Forward {
  /** The endpoint's chart, for messages. */
  readonly name: string;
  readonly localPort: number;
  /** Selector of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Number or name of the pods' port. */
  readonly podPort: number | string;
}

/** All that a browser needs, on this machine. */
export interface ForwardPlan {
  readonly forwards: readonly Forward[];
  /** Where the page is. */
  readonly page: string;
  /**
   * Keys of config.json whose URLs are not on this machine, with the ones that are: the page has to be served with
   * these instead. Empty where the frontend's own configuration fits.
   */
  readonly rewrites: Readonly<Record<string, string>>;
  /** Charts of endpoints that cannot be forwarded, having no Service with a selector. */
  readonly missing: readonly string[];
}

/**
 * Local ports for the endpoints: those that the frontend's configuration names where it names this machine, else the
 * Services' own. The page is at its node port, the address that a nodeport installation announces, else at its
 * Service's port.
 */
export function planForwards(endpoints: readonly Endpoint[]): ForwardPlan {
  const rewrites: Record<string, string> = {};
  const forwards: Forward[] = [];
  const missing: string[] = [];
  let page = "";
  for (const { role, chart, service, configured } of endpoints) {
    const port = service?.spec?.ports?.[0];
    const selector = service?.spec?.selector;
    if (!service || !port || !selector) {
      missing.push(chart);
      continue;
    }
    const { fixed, foreign } = split(configured);
    const own = role === "page" ? (port.nodePort ?? port.port) : port.port;
    const ports = new Set(fixed.length === 0 || foreign.length > 0 ? [...fixed, own] : fixed);
    for (const key of foreign) rewrites[key] = `http://127.0.0.1:${own}`;
    if (role === "page") page = `http://127.0.0.1:${own}`;
    for (const localPort of ports)
      forwards.push({ name: chart, localPort, selector, podPort: port.targetPort ?? port.port });
  }
  return { forwards, page, rewrites, missing };
}

/** Ports on this machine that the configuration names, and keys whose URL is elsewhere. */
function split(configured: Endpoint["configured"]): { fixed: number[]; foreign: string[] } {
  const fixed: number[] = [];
  const foreign: string[] = [];
  for (const { key, url } of configured) {
    const parts = urlParts(url ?? "");
    if (parts?.scheme === "http" && isLoopback(parts.host)) fixed.push(parts.port);
    else foreign.push(key);
  }
  return { fixed, foreign };
}

/** The number of a pod's port; undefined when no container has one of that name. */
export function podPortNumber(
  wanted: Forward["podPort"],
  containers: readonly {
    readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  }[],
): number | undefined {
  if (typeof wanted === "number") return wanted;
  return containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === wanted)?.containerPort;
}

/** `key=value,key=value`, as the API takes it. */
export function selectorText(selector: NonNullable<ServiceObject["spec"]>["selector"]): string {
  return Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
