/** Live objects of the Gateway API: what says whether a Gateway works, and whether one serves an HTTPRoute. */

/** A controller's word on an object, of the generation that it has looked at. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly generation?: number;
}

/** A live HTTPRoute, as far as it is looked at here. */
export interface HttpRoute {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly hostnames?: readonly string[];
    readonly parentRefs?: readonly ParentReference[];
    readonly rules?: readonly {
      readonly backendRefs?: readonly { readonly kind?: string; readonly name: string }[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef: ParentReference;
      readonly conditions?: readonly Condition[];
    }[];
  };
}

interface ParentReference {
  readonly kind?: string;
  readonly name: string;
  /** Undefined: the HTTPRoute's. */
  readonly namespace?: string;
  readonly sectionName?: string;
}

/** A live Gateway, as far as it is looked at here. */
export interface Gateway {
  readonly metadata: Metadata;
  readonly spec?: { readonly gatewayClassName?: string; readonly listeners?: readonly Listener[] };
  readonly status?: {
    readonly addresses?: readonly { readonly value: string }[];
    readonly conditions?: readonly Condition[];
    readonly listeners?: readonly { readonly name: string; readonly conditions?: readonly Condition[] }[];
  };
}

export interface Listener {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** Undefined: every host. */
  readonly hostname?: string;
  readonly tls?: {
    readonly certificateRefs?: readonly { readonly name: string; readonly namespace?: string }[];
  };
  readonly allowedRoutes?: {
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
    readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
  };
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Conditions of an HTTPRoute that together mean: a Gateway serves it, and it leads to its Service. */
export const servedConditions: readonly string[] = ["Accepted", "ResolvedRefs"];

/** Condition of a Gateway that means: it listens. */
export const listeningCondition = "Programmed";

/** Conditions that are good news when they are true. Others are news of another sort, such as that hosts overlap. */
const goodNews: readonly string[] = [...servedConditions, listeningCondition];

/** The Gateways that an HTTPRoute names. It may name other things, such as a Service in a service mesh. */
export function gatewayParents({ spec }: HttpRoute): readonly ParentReference[] {
  return (spec?.parentRefs ?? []).filter(({ kind = "Gateway" }) => kind === "Gateway");
}

/** What a Gateway is called in a sentence. @param home Namespace of the HTTPRoute that names it. */
function gatewayName({ name, namespace }: ParentReference, home: string | undefined): string {
  return `Gateway ${namespace ?? home}/${name}`;
}

/**
 * Why no Gateway serves an HTTPRoute, in the words of the Gateway's controller; undefined when one does. What a
 * controller said of an earlier generation does not count.
 */
export function httpRouteTrouble(route: HttpRoute | undefined): string | undefined {
  if (!route) return "it does not exist";
  const { metadata, status } = route;
  const parents = status?.parents ?? [];
  if (parents.some(({ conditions }) => hold(servedConditions, conditions, metadata))) return undefined;
  const refusals = parents.flatMap(({ parentRef, conditions }) =>
    refusalsIn(conditions, metadata).map(
      (words) => `${gatewayName(parentRef, metadata.namespace)}: ${words}`,
    ),
  );
  if (refusals.length > 0) return refusals.join("; ");
  const asked = gatewayParents(route)
    .map((parent) => gatewayName(parent, metadata.namespace))
    .join(", ");
  return parents.length === 0
    ? `the controller of ${asked} has not looked at it yet`
    : `the controller of ${asked} has not looked at its latest change yet`;
}

/** Why a Gateway does not listen, or one of its listeners does not, in its controller's words; undefined when all do. */
export function gatewayTrouble(gateway: Gateway | undefined): string | undefined {
  if (!gateway) return "it does not exist";
  const { metadata, spec, status } = gateway;
  const conditions = status?.conditions ?? [];
  const refusals = [
    ...refusalsIn(conditions, metadata),
    ...(status?.listeners ?? []).flatMap(({ name, conditions }) =>
      refusalsIn(conditions, metadata).map((words) => `listener ${name}: ${words}`),
    ),
  ];
  if (refusals.length > 0) return refusals.join("; ");
  if (hold([listeningCondition], conditions, metadata)) return undefined;
  // The API server itself makes every new Gateway's conditions Unknown.
  return conditions.every(({ status }) => status === "Unknown")
    ? `no controller has looked at it yet: is there one for GatewayClass ${spec?.gatewayClassName}?`
    : "its controller has not looked at its latest change yet";
}

/** Whether conditions are true of an object as it is now. */
function hold(
  wanted: readonly string[],
  conditions: readonly Condition[] = [],
  { generation }: Metadata,
): boolean {
  return wanted.every((type) =>
    conditions.some(
      (one) => one.type === type && one.status === "True" && one.observedGeneration === generation,
    ),
  );
}

function refusalsIn(conditions: readonly Condition[] = [], { generation }: Metadata): string[] {
  return conditions
    .filter(({ type, status }) => status === "False" && goodNews.includes(type))
    .filter(({ observedGeneration }) => observedGeneration === generation)
    .map(({ type, reason, message }) => {
      const words = [reason, message].filter(Boolean).join(": ") || "no reason given";
      return `${type} is False: ${words}`;
    });
}
