/** OpenShift Routes: what says whether one leads anywhere. */
import type { JsonObject, ObjectStep, Settings, Step } from "../model/settings.ts";

/** The API group that a cluster with Routes serves. */
export const routeApi = "route.openshift.io/v1";

/** A live Route, as far as it is looked at here. */
export interface Route {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly host?: string;
    readonly tls?: unknown;
    readonly to?: { readonly name?: string };
  };
  readonly status?: { readonly ingress?: readonly RouteIngress[] };
}

interface RouteIngress {
  readonly host?: string;
  readonly routerName?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
}

/** Whether an object step makes a Route. */
export function isRoute(step: Step): step is ObjectStep {
  return step.type === "object" && step.manifest.kind === "Route" && step.manifest.apiVersion === routeApi;
}

/** The Route that leads to the Service of a Helm release; undefined when none is configured. */
export function routeTo(
  settings: Pick<Settings, "steps">,
  release: { readonly name: string; readonly namespace: string },
): ObjectStep | undefined {
  return settings.steps.filter(isRoute).find(({ enabled, manifest }) => {
    const to = (manifest["spec"] as JsonObject | undefined)?.["to"] as JsonObject | undefined;
    return enabled && to?.["name"] === release.name && manifest.metadata.namespace === release.namespace;
  });
}

/**
 * The host under which a router has admitted a Route; undefined while none has. After a change of host the status tells
 * of the former one for a while, which does not count.
 */
export function admittedHost({ spec, status }: Route): string | undefined {
  return status?.ingress?.find(
    ({ host, conditions }) =>
      (spec?.host === undefined || host === spec.host) &&
      conditions?.some(({ type, status }) => type === "Admitted" && status === "True"),
  )?.host;
}

/** Why no router serves a Route, in words; undefined when one does. */
export function routeTrouble(route: Route | undefined): string | undefined {
  if (!route) return "it does not exist";
  if (admittedHost(route) !== undefined) return undefined;
  const refusals = (route.status?.ingress ?? []).flatMap(({ host, routerName, conditions }) =>
    (conditions ?? [])
      .filter(({ type, status }) => type === "Admitted" && status === "False")
      .map(({ reason, message }) => {
        const said = [reason, message].filter(Boolean).join(": ") || "no reason given";
        return `router ${routerName ?? "(without a name)"} does not admit it at ${host ?? "(no host)"}: ${said}`;
      }),
  );
  return refusals.length > 0 ? refusals.join("; ") : "no router has looked at it yet";
}

/** URL of a live Route; a sentence instead when it leads nowhere. */
export function routeUrl(
  route: Route | undefined,
  { name, namespace }: { name: string; namespace: string },
): string {
  const host = route && admittedHost(route);
  if (host !== undefined) return `${route?.spec?.tls ? "https" : "http"}://${host}`;
  return `none: Route ${namespace}/${name}: ${routeTrouble(route)}`;
}
