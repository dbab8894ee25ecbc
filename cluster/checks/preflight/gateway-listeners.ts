/** Checks whether the listeners of an existing Gateway will take HTTPRoutes and their hosts. */
import { gatewayGroup } from "../../../configuration/exposure/gateway.ts";
import type { Check } from "../../../model/check.ts";
import { type Gateway, gatewayTrouble, type Listener } from "../../../plan/gateway-api.ts";

/** A Gateway that HTTPRoutes name. */
export interface Parent {
  /** `NAMESPACE/NAME`. */
  readonly key: string;
  /** What each of them asks. */
  readonly asked: readonly Asked[];
}

interface Asked {
  /** Undefined: whichever takes it. */
  readonly listener: string | undefined;
  /** The HTTPRoute's. */
  readonly namespace: string;
  readonly hosts: readonly string[];
}

interface Context {
  /** Whether browsers are told https. */
  readonly https: boolean;
  /** By namespace; one that is missing may not be read. */
  readonly namespaceLabels: ReadonlyMap<string, Labels>;
}

type Labels = Readonly<Record<string, string>>;

/** A host, the listeners that take its HTTPRoute, and those of them that will serve it. */
interface Served {
  readonly host: string;
  readonly open: readonly Listener[];
  readonly listeners: readonly Listener[];
}

/** What stands in the way of the HTTPRoutes, all at once; one OK where nothing does. */
export function checkListeners(gateway: Gateway, { key, asked }: Parent, context: Context): Check[] {
  const base = {
    check: "gateway",
    subject: `Gateway ${key}`,
    expected: "a listener that takes the HTTPRoutes, and their hosts",
  };
  const listeners = gateway.spec?.listeners ?? [];
  const unknown = [...new Set(asked.flatMap(({ listener }) => listener ?? []))].filter(
    (name) => !listeners.some((listener) => listener.name === name),
  );
  if (unknown.length > 0) {
    return [
      {
        ...base,
        status: "ERROR",
        found: `has no listener ${unknown.join(", ")}; there are ${listeners.map(({ name }) => name).join(", ")}`,
        next: "name one that is there: pulumi config set --path krateo:gateway.listener NAME",
      },
    ];
  }
  const refused = new Map<string, Check>();
  const served: Served[] = [];
  for (const { listener: wanted, namespace, hosts } of asked) {
    const named = listeners.filter(({ name }) => wanted === undefined || name === wanted);
    const refusals = named.map((listener) => refusalOf(listener, namespace, gateway, context));
    const open = named.filter((_, index) => refusals[index] === undefined);
    if (open.length === 0) {
      refused.set(namespace, {
        ...base,
        status: "ERROR",
        found: `takes no HTTPRoute from namespace ${namespace}: ${refusals.join("; ")}`,
        next: `have its owner open a listener for it (allowedRoutes: kubectl edit gateway ${gateway.metadata.name} -n ${gateway.metadata.namespace}), or name another Gateway: pulumi config set --path krateo:gateway.name NAME`,
      });
      continue;
    }
    for (const host of hosts) {
      served.push({ host, open, listeners: open.filter(({ hostname }) => overlap(host, hostname)) });
    }
  }
  const problems = [...refused.values(), ...hostChecks(served, base), ...schemeChecks(served, context, base)];
  const state = stateChecks(gateway, base);
  if (problems.length > 0) return [...problems, ...state];
  const names = new Set(served.flatMap((one) => one.listeners.map(({ name }) => name)));
  return [{ ...base, status: "OK", found: `taken by listener ${[...names].join(", ")}`, next: "" }, ...state];
}

type Base = Pick<Check, "check" | "subject" | "expected">;

/** A Gateway that does not listen may do so later: its owner's work may be under way. */
function stateChecks(gateway: Gateway, base: Base): Check[] {
  const trouble = gatewayTrouble(gateway);
  if (trouble === undefined) return [];
  const { name, namespace } = gateway.metadata;
  return [
    {
      ...base,
      status: "WARNING",
      found: `does not work as it is: ${trouble}`,
      next: `kubectl describe gateway ${name} -n ${namespace}`,
    },
  ];
}

function hostChecks(served: readonly Served[], base: Base): Check[] {
  const without = served.filter(({ listeners }) => listeners.length === 0);
  if (without.length === 0) return [];
  const hosts = without.map(({ host }) => host).join(", ");
  const open = without.flatMap((one) => one.open.map(({ name, hostname }) => `${name} (${hostname})`));
  return [
    {
      ...base,
      status: "ERROR",
      found: `no listener that takes the HTTPRoutes serves ${hosts}; there are ${[...new Set(open)].join(", ")}`,
      next: "choose hosts below a listener's: pulumi config set krateo:domain DOMAIN, or krateo:hosts; or have its owner add a listener for them",
    },
  ];
}

/** Whether the listeners speak what browsers are told, at the port that a URL without one means. */
function schemeChecks(served: readonly Served[], { https }: Context, base: Base): Check[] {
  const told = https ? "HTTPS" : "HTTP";
  const all = served.filter(({ listeners }) => listeners.length > 0);
  const otherwise = all.filter(({ listeners }) => !listeners.some(({ protocol }) => protocol === told));
  if (otherwise.length > 0) {
    const hosts = otherwise.map(({ host }) => host).join(", ");
    const names = [...new Set(otherwise.flatMap((one) => one.listeners.map(({ name }) => name)))].join(", ");
    return [
      https
        ? {
            ...base,
            status: "WARNING",
            found: `listener ${names} speaks HTTP, and browsers are told https for ${hosts}`,
            next: "see that TLS ends in front of the Gateway, or name a listener that speaks HTTPS: pulumi config set --path krateo:gateway.listener NAME",
          }
        : {
            ...base,
            status: "ERROR",
            found: `listener ${names} speaks HTTPS, and browsers are told http for ${hosts}`,
            next: "pulumi config set --path krateo:tls.external true",
          },
    ];
  }
  const port = https ? 443 : 80;
  const elsewhere = all.filter(
    ({ listeners }) => !listeners.some((one) => one.protocol === told && one.port === port),
  );
  if (elsewhere.length === 0) return [];
  const ports = [...new Set(elsewhere.flatMap((one) => one.listeners.map((listener) => listener.port)))];
  return [
    {
      ...base,
      status: "WARNING",
      found: `listens at port ${ports.join(", ")}, and browsers call port ${port}: URLs of hosts name no port`,
      next: `see that something in front of the Gateway takes port ${port} there`,
    },
  ];
}

/** Why a listener takes no HTTPRoute of a namespace; undefined when it does. */
function refusalOf(
  { name, protocol, allowedRoutes = {} }: Listener,
  namespace: string,
  { metadata }: Gateway,
  { namespaceLabels }: Context,
): string | undefined {
  const words = `listener ${name} takes `;
  if (protocol !== "HTTP" && protocol !== "HTTPS") return `${words}${protocol} only`;
  const { kinds = [], namespaces = {} } = allowedRoutes;
  const takesKind = kinds.some(
    ({ group = gatewayGroup, kind }) => group === gatewayGroup && kind === "HTTPRoute",
  );
  if (kinds.length > 0 && !takesKind) return `${words}${kinds.map(({ kind }) => kind).join(", ")} only`;
  const { from = "Same", selector = {} } = namespaces;
  if (from === "All") return undefined;
  if (from === "Same") {
    return namespace === metadata.namespace ? undefined : `${words}those of its own namespace only`;
  }
  const labels = namespaceLabels.get(namespace);
  if (from === "Selector" && (labels === undefined || matches(selector, labels))) return undefined;
  return from === "Selector"
    ? `${words}those of namespaces with ${JSON.stringify(selector)} only`
    : `${words}those of no namespace`;
}

type Selector = NonNullable<NonNullable<NonNullable<Listener["allowedRoutes"]>["namespaces"]>["selector"]>;

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === "In" ? isIn : !isIn;
    })
  );
}

/** Whether an HTTPRoute's host is one of a listener's; `*.` stands for one label or more. */
function overlap(host: string, hostname: string | undefined): boolean {
  if (!hostname || host === hostname) return true;
  return covers(hostname, host) || covers(host, hostname);
}

function covers(wildcard: string, host: string): boolean {
  return wildcard.startsWith("*.") && host.endsWith(wildcard.slice(1));
}
