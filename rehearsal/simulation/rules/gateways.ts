import { delaySeconds } from "../delays.ts";
import type { Intent, Rule } from "../intent.ts";
import type { Item, KindName, World } from "../world.ts";

/** By which a GatewayClass names the stand-in as its controller. */
export const controllerName = "rehearsal.krateo.io/gateways";

/** What a Gateway may ask of the stand-in with this annotation: `none` for a cloud that gives no address. */
const balancerAnnotation = "rehearsal.krateo.io/load-balancer";

/** One address for all Gateways, of a range that is for documentation only: they tell hosts apart, not addresses. */
const address = "203.0.113.250";

interface Verdict {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

const good = (type: string, reason = type): Verdict => ({ type, status: "True", reason, message: "" });
const bad = (type: string, reason: string, message: string): Verdict => ({
  type,
  status: "False",
  reason,
  message,
});

/** Accepts every class that is the stand-in's. */
export const acceptGatewayClasses: Rule = (world, { realistic }) =>
  living(world, "gatewayClasses")
    .filter(({ spec }) => spec.controllerName === controllerName)
    .flatMap((item) =>
      telling("gatewayClasses", item, realistic, [good("Accepted")], (conditions) => ({ conditions })),
    );

/** Stand-in for a Gateway's controller: opens its listeners, but for those whose certificate is not to be had. */
export const programGateways: Rule = (world, { realistic }) =>
  ownGateways(world).flatMap((gateway): Intent[] => {
    const listeners = listenersOf(gateway).map((listener) => ({
      name: listener.name,
      verdicts: verdictsOn(listener, gateway, world),
    }));
    const isOpen = listeners.some(({ verdicts }) => verdicts.every(({ status }) => status === "True"));
    const hasAddress = gateway.metadata?.annotations?.[balancerAnnotation] !== "none";
    const programmed = !isOpen
      ? bad("Programmed", "Invalid", "no listener is ready")
      : hasAddress
        ? good("Programmed")
        : bad(
            "Programmed",
            "AddressNotAssigned",
            "no address was given to the load balancer of this Gateway",
          );
    const all = [good("Accepted"), programmed, ...listeners.flatMap(({ verdicts }) => verdicts)];
    return telling("gateways", gateway, realistic, all, ([accepted, listening, ...others]) => ({
      ...(hasAddress && isOpen ? { addresses: [{ type: "IPAddress", value: address }] } : {}),
      conditions: [accepted, listening],
      listeners: listeners.map(({ name, verdicts }, index) => ({
        name,
        attachedRoutes: 0,
        supportedKinds: [{ kind: "HTTPRoute" }],
        conditions: others.slice(index * verdicts.length, (index + 1) * verdicts.length),
      })),
    }));
  });

/** Stand-in for a Gateway's controller: tells each HTTPRoute whether the Gateways that it names serve it, and why not. */
export const acceptHttpRoutes: Rule = (world, { realistic }) =>
  living(world, "httpRoutes").flatMap((route): Intent[] => {
    const parents = (route["spec"].parentRefs ?? []).flatMap((parentRef: Item) => {
      const gateway = ownGateways(world).find(
        ({ metadata }) =>
          metadata?.name === parentRef["name"] &&
          metadata?.namespace === (parentRef["namespace"] ?? route.metadata?.namespace),
      );
      return gateway ? [{ parentRef, gateway }] : [];
    });
    if (parents.length === 0) return [];
    const all = parents.flatMap(({ parentRef, gateway }: { parentRef: Item; gateway: Item }) => [
      acceptance(route, gateway, parentRef["sectionName"], world),
      resolution(route, world),
    ]);
    return telling("httpRoutes", route, realistic, all, (conditions) => ({
      parents: parents.map(({ parentRef }: { parentRef: Item }, index: number) => ({
        parentRef,
        controllerName,
        conditions: conditions.slice(index * 2, index * 2 + 2),
      })),
    }));
  });

function acceptance(route: Item, gateway: Item, section: string | undefined, world: World): Verdict {
  const refuse = (reason: string, message: string): Verdict => bad("Accepted", reason, message);
  const named = listenersOf(gateway).filter(({ name }) => section === undefined || name === section);
  if (named.length === 0) return refuse("NoMatchingParent", `there is no listener ${section}`);
  const open = named.filter((listener) => admits(listener, gateway, route, world));
  if (open.length === 0)
    return refuse("NotAllowedByListeners", "no listener admits HTTPRoutes from this namespace");
  const hosts: string[] = route["spec"].hostnames ?? [];
  const matching = open.filter(
    ({ hostname }) => hosts.length === 0 || hosts.some((host) => isServedBy(hostname, host)),
  );
  if (matching.length === 0) return refuse("NoMatchingListenerHostname", "no listener has such a host");
  const ready = matching.some((listener) =>
    verdictsOn(listener, gateway, world).every(({ status }) => status === "True"),
  );
  return ready ? good("Accepted") : refuse("NoReadyListeners", "no listener for it is ready");
}

function resolution(route: Item, world: World): Verdict {
  const backends = (route["spec"].rules ?? []).flatMap((rule: Item) => rule["backendRefs"] ?? []);
  const missing = backends.find(
    (backend: Item) =>
      !living(world, "services").some(
        ({ metadata, spec }) =>
          metadata?.name === backend["name"] &&
          metadata?.namespace === route.metadata?.namespace &&
          spec.ports?.some(({ port }: { port: number }) => port === backend["port"]),
      ),
  );
  return missing
    ? bad("ResolvedRefs", "BackendNotFound", `there is no Service ${missing.name} with port ${missing.port}`)
    : good("ResolvedRefs");
}

/** On a listener's references, and then on itself. */
function verdictsOn(listener: Item, gateway: Item, world: World): Verdict[] {
  const home = gateway.metadata?.namespace;
  const references: Item[] = listener["tls"]?.certificateRefs ?? [];
  const fault = references.flatMap(({ name, namespace = home }): Verdict[] => {
    if (namespace !== home && !isGranted(name, namespace, home, world))
      return [bad("ResolvedRefs", "RefNotPermitted", `no ReferenceGrant for Secret ${namespace}/${name}`)];
    const there = living(world, "secrets").some(
      ({ metadata, type }) =>
        metadata?.name === name && metadata?.namespace === namespace && type === "kubernetes.io/tls",
    );
    return there
      ? []
      : [bad("ResolvedRefs", "InvalidCertificateRef", `there is no TLS Secret ${namespace}/${name}`)];
  })[0];
  return fault
    ? [fault, bad("Programmed", "Invalid", fault.message)]
    : [good("ResolvedRefs"), good("Programmed")];
}

function isGranted(name: string, namespace: string, home: string | undefined, world: World): boolean {
  return living(world, "referenceGrants").some(
    ({ metadata, spec }) =>
      metadata?.namespace === namespace &&
      spec.from.some((from: Item) => from["kind"] === "Gateway" && from["namespace"] === home) &&
      spec.to.some((to: Item) => to["kind"] === "Secret" && (to["name"] ?? name) === name),
  );
}

function admits({ protocol, allowedRoutes }: Item, gateway: Item, route: Item, world: World): boolean {
  if (protocol !== "HTTP" && protocol !== "HTTPS") return false;
  const { from, selector } = allowedRoutes.namespaces;
  const home = route.metadata?.namespace;
  if (from === "All") return true;
  if (from === "Same") return home === gateway.metadata?.namespace;
  const labels = living(world, "namespaces").find(({ metadata }) => metadata?.name === home)?.metadata
    ?.labels;
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels?.[key] === value);
}

function isServedBy(hostname: string | undefined, host: string): boolean {
  if (hostname === undefined) return true;
  return hostname.startsWith("*.") ? host.endsWith(hostname.slice(1)) : host === hostname;
}

/** Writes what the stand-in thinks of an object as it is now, unless the object shows it already. */
function telling(
  kind: KindName,
  item: Item,
  realistic: boolean,
  verdicts: readonly Verdict[],
  status: (conditions: object[]) => object,
): Intent[] {
  const { name, namespace = "", uid, generation } = item.metadata as Item & { generation?: number };
  const shown = JSON.stringify(item["status"] ?? {}, (key, value) =>
    key === "lastTransitionTime" ? undefined : value,
  );
  const conditions = (lastTransitionTime?: string) =>
    verdicts.map((verdict) => ({ lastTransitionTime, observedGeneration: generation, ...verdict }));
  const wanted = status(conditions());
  if (isShown(wanted, JSON.parse(shown))) return [];
  const summary = verdicts.map(({ status, reason }) => `${reason} ${status}`).join(", ");
  return [
    {
      key: `tell ${kind} ${namespace}/${name} ${uid} of generation ${generation}: ${summary}`,
      afterSeconds: delaySeconds("router", realistic),
      run: (api) => api.patchStatus(kind, item, status(conditions(new Date().toISOString()))),
    },
  ];
}

/** Whether everything that is wanted is there, in lists of the same length. */
function isShown(wanted: unknown, shown: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(shown) &&
      wanted.length === shown.length &&
      wanted.every((item, index) => isShown(item, shown[index]))
    );
  }
  if (wanted === null || typeof wanted !== "object") return wanted === undefined || wanted === shown;
  return Object.entries(wanted).every(([key, value]) => isShown(value, (shown as Item | undefined)?.[key]));
}

function ownGateways(world: World): Item[] {
  const classes = living(world, "gatewayClasses")
    .filter(({ spec }) => spec.controllerName === controllerName)
    .map(({ metadata }) => metadata?.name);
  return living(world, "gateways").filter(({ spec }) => classes.includes(spec.gatewayClassName));
}

function listenersOf(gateway: Item): Item[] {
  return gateway["spec"].listeners;
}

function living(world: World, kind: KindName): Item[] {
  return world.list(kind).filter(({ metadata }) => !metadata?.deletionTimestamp);
}
