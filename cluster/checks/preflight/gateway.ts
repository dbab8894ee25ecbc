/** Checks that the cluster serves the Gateway API, and that each planned HTTPRoute has a Gateway that will take it. */
import { isGateway, isOwnGateway, isOwnHttpRoute } from "../../../configuration/exposure/http-routes.ts";
import type { Check } from "../../../model/check.ts";
import { markerAnnotation } from "../../../model/inventory.ts";
import type { ObjectStep, Settings } from "../../../model/settings.ts";
import { type Condition, type Gateway, gatewayParents, type HttpRoute } from "../../../plan/gateway-api.ts";
import type { KubeObject } from "../../client/api.ts";
import type { Certified } from "./certificates.ts";
import { checkListeners, type Parent } from "./gateway-listeners.ts";

/** A Gateway of our own, as far as the cluster has to be ready for it. */
export interface PlannedGateway extends Certified {
  readonly kind: "Gateway";
  readonly className: string;
}

/** What these checks look at; undefined what may not be read. */
export interface GatewaySurroundings {
  /** Whether version v1 of the Gateway API is served. */
  readonly gatewayApi?: boolean;
  readonly gatewayClasses?: readonly GatewayClass[];
  /** Those of the whole cluster. */
  readonly gateways?: readonly (Gateway & KubeObject)[];
  /** Labels of the namespaces that HTTPRoutes are in, by name. */
  readonly namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export interface GatewayClass extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** What is planned of the Gateway API. */
export interface Planned {
  /** Every Gateway that documents make, as `NAMESPACE/NAME`: HTTPRoutes to others are to existing ones. */
  readonly made: readonly string[];
  /** Of our own, as `routes`: what others are for is not known. */
  readonly gateways: readonly PlannedGateway[];
  readonly routes: readonly HttpRoute[];
}

/** What documents make of the Gateway API, and what of it is to be checked. */
export function plannedOf(settings: Settings): Planned {
  const made = enabled(settings, isGateway).map(
    ({ manifest: { metadata } }) => `${metadata.namespace ?? settings.namespace}/${metadata.name}`,
  );
  return { made, gateways: gatewaysOf(settings), routes: httpRoutesOf(settings) };
}

function gatewaysOf(settings: Settings): PlannedGateway[] {
  return enabled(settings, isOwnGateway).map(({ manifest: { metadata, spec } }) => {
    const namespace = metadata.namespace ?? settings.namespace;
    return {
      kind: "Gateway",
      name: metadata.name,
      namespace,
      className: String((spec as Gateway["spec"])?.gatewayClassName),
      annotations: (metadata["annotations"] ?? {}) as Record<string, string>,
      tlsSecrets: secretsOf(spec as Gateway["spec"], namespace),
    };
  });
}

/** The Secrets that a Gateway's listeners name, each once, as `NAMESPACE/NAME`. @param home The Gateway's namespace. */
export function secretsOf(spec: Gateway["spec"], home: string): string[] {
  const references = (spec?.listeners ?? []).flatMap(({ tls }) => tls?.certificateRefs ?? []);
  return [...new Set(references.map(({ name, namespace = home }) => `${namespace}/${name}`))];
}

/** The HTTPRoutes of our own, in the form in which the API server gives them. */
function httpRoutesOf(settings: Settings): HttpRoute[] {
  return enabled(settings, isOwnHttpRoute).map(({ manifest }) => manifest as unknown as HttpRoute);
}

function enabled(settings: Settings, isWanted: (step: ObjectStep) => boolean): ObjectStep[] {
  return settings.steps.filter(
    (step): step is ObjectStep => step.type === "object" && step.enabled && isWanted(step),
  );
}

/**
 * Whether Gateways will serve the HTTPRoutes. Without the Gateway API nothing else can be said.
 *
 * @param https Whether browsers are told https.
 */
export function checkGateways(
  { made, gateways, routes }: Planned,
  around: GatewaySurroundings,
  https: boolean,
): Check[] {
  if (gateways.length + routes.length === 0 || around.gatewayApi === undefined) return [];
  const api = checkApi(around.gatewayApi);
  if (api.status === "ERROR") return [api];
  const existing = parentsOf(routes).filter(({ key }) => !made.includes(key));
  return [
    api,
    ...[...new Set(gateways.map(({ className }) => className))].flatMap((className) =>
      checkClass(className, around),
    ),
    ...gateways.flatMap((gateway) => checkName(gateway, around)),
    ...existing.flatMap((parent) => checkExisting(parent, around, https)),
  ];
}

function checkApi(isServed: boolean): Check {
  return {
    check: "gateway",
    subject: "Gateway API",
    status: isServed ? "OK" : "ERROR",
    found: isServed ? "v1 is served" : "the cluster does not serve gateway.networking.k8s.io/v1",
    expected: "its kinds, version v1, for the HTTPRoutes of type gateway",
    next: isServed
      ? ""
      : "install a controller of the Gateway API with its CRDs (kubectl get crd httproutes.gateway.networking.k8s.io shows them), " +
        "or choose another type: pulumi config set krateo:type ingress",
  };
}

/** Whether a controller serves a class. */
function checkClass(className: string, { gatewayClasses }: GatewaySurroundings): Check[] {
  if (!gatewayClasses) return [];
  const base = {
    check: "gateway",
    subject: `GatewayClass ${className}`,
    expected: "a GatewayClass that its controller has accepted",
  };
  const found = gatewayClasses.find(({ metadata }) => metadata.name === className);
  if (!found) {
    const known = listed(gatewayClasses.map(({ metadata }) => metadata.name));
    const next = "install its controller, or name another class: pulumi config set krateo:gatewayClass CLASS";
    return [{ ...base, status: "ERROR", found: `does not exist; ${known}`, next }];
  }
  const trouble = classTrouble(found);
  return trouble === undefined
    ? [{ ...base, status: "OK", found: "accepted by its controller", next: "" }]
    : [{ ...base, status: "ERROR", found: trouble, next: `kubectl describe gatewayclass ${className}` }];
}

/** Why no Gateway can have a class; undefined when one can. */
export function classTrouble({ status }: GatewayClass): string | undefined {
  const accepted = status?.conditions?.find(({ type }) => type === "Accepted");
  if (accepted?.status === "True") return undefined;
  if (accepted?.status !== "False") return "no controller has accepted it: is its controller running?";
  return `its controller does not accept it: ${[accepted.reason, accepted.message].filter(Boolean).join(": ")}`;
}

/** A Gateway of the planned name that somebody else has made with another class: it serves others. */
function checkName(
  { name, namespace, className }: PlannedGateway,
  { gateways }: GatewaySurroundings,
): Check[] {
  const live = gateways?.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const liveClass = live?.spec?.gatewayClassName;
  if (!live || liveClass === className || live.metadata.annotations?.[markerAnnotation]) return [];
  return [
    {
      check: "gateway",
      subject: `Gateway ${namespace}/${name}`,
      status: "ERROR",
      found: `is there already, not made by this program, and of GatewayClass ${liveClass}`,
      expected: `none, or one of GatewayClass ${className}`,
      next: `use it as it is: pulumi config rm krateo:gatewayClass, then pulumi config set --path krateo:gateway.name ${name}; or delete it: kubectl delete gateway ${name} -n ${namespace}`,
    },
  ];
}

/** The Gateways that HTTPRoutes name, each with what is asked of it. */
function parentsOf(routes: readonly HttpRoute[]): Parent[] {
  const parents = new Map<string, Parent>();
  for (const route of routes) {
    const { metadata, spec } = route;
    for (const { name, namespace = metadata.namespace, sectionName } of gatewayParents(route)) {
      const key = `${namespace}/${name}`;
      const known = parents.get(key) ?? { key, asked: [] };
      const asked = {
        listener: sectionName,
        namespace: metadata.namespace ?? "",
        hosts: spec?.hostnames ?? [],
      };
      parents.set(key, { key, asked: [...known.asked, asked] });
    }
  }
  return [...parents.values()];
}

function checkExisting(parent: Parent, around: GatewaySurroundings, https: boolean): Check[] {
  const { gateways, gatewayClasses } = around;
  if (!gateways) return [];
  const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
  const live = gateways.find((one) => keyOf(one) === parent.key);
  const base = {
    check: "gateway",
    subject: `Gateway ${parent.key}`,
    status: "ERROR" as const,
    expected: "a Gateway that a controller serves",
  };
  const another =
    "name another one: pulumi config set --path krateo:gateway.name NAME, and krateo:gateway.namespace";
  if (!live) {
    const found = `does not exist; ${listed(gateways.map(keyOf))}`;
    return [{ ...base, found, next: `create it, or ${another}` }];
  }
  const className = live.spec?.gatewayClassName;
  const itsClass = gatewayClasses?.find(({ metadata }) => metadata.name === className);
  const trouble = itsClass ? classTrouble(itsClass) : "there is no such class";
  if (gatewayClasses && trouble !== undefined) {
    const found = `is of GatewayClass ${className}: ${trouble}`;
    return [{ ...base, found, next: `kubectl describe gatewayclass ${className}, or ${another}` }];
  }
  return checkListeners(live, parent, { https, namespaceLabels: around.namespaceLabels });
}

function listed(names: readonly string[]): string {
  return names.length > 0 ? `there are ${names.toSorted().join(", ")}` : "there is none";
}
